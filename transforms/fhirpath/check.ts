import { invalid } from './faults.ts';
import { typesNamed } from './functions/index.ts';
import { isOfType, type Model, type PathType, unknownType } from './model.ts';
import type { Expr } from './syntax.ts';
import { typeNameOf } from './syntax.ts';

/** The types that an expression may give; undefined where they cannot be told beforehand. */
type Types = readonly PathType[] | undefined;

type Call = Extract<Expr, { kind: 'call' }>;

/** Functions that give what they are given, or a part of it. */
const keeping = new Set(
  'where first last tail skip take single distinct trace sort exclude intersect'.split(' '),
);

/**
 * Throws where a path names an element that its type does not have, as `Patient.nam` or
 * `Observation.valueQuantity`: such a path gives nothing for ever, which nobody means.
 */
export function checkPaths(expr: Expr, contextType: PathType, model: Model): void {
  typesOf(expr, [contextType], model);
}

function typesOf(expr: Expr, focus: Types, model: Model): Types {
  switch (expr.kind) {
    case 'this':
      return focus;
    case 'member':
      return expr.input === undefined
        ? rootTypes(expr, focus, model)
        : memberTypes(expr, typesOf(expr.input, focus, model));
    case 'item':
      typesOf(expr.index, focus, model);
      return typesOf(expr.input, focus, model);
    case 'negation':
      return typesOf(expr.operand, focus, model);
    case 'type': {
      const operand = typesOf(expr.operand, focus, model);
      if (expr.operator === 'is') return undefined;
      return narrow(operand, typesNamed(expr.type, model, expr.at));
    }
    case 'binary': {
      const left = typesOf(expr.left, focus, model);
      const right = typesOf(expr.right, focus, model);
      if (expr.operator !== '|' || left === undefined || right === undefined) return undefined;
      return [...left, ...right];
    }
    case 'call':
      return callTypes(expr, focus, model);
    default:
      return undefined;
  }
}

type Named = Extract<Expr, { kind: 'member' }>;

function rootTypes(expr: Named, focus: Types, model: Model): Types {
  const type = /^[A-Z]/.test(expr.name) ? model.type(expr.name) : undefined;
  if (type === undefined) return memberTypes(expr, focus);
  if (focus === undefined || focus.some((one) => isOfType(type, one))) return [type];
  if (focus.some((one) => isOfType(one, type))) return focus;
  throw invalid(`${namesOf(focus)} is no ${expr.name}.`, expr.at);
}

function memberTypes({ name, at }: Named, owners: Types): Types {
  if (owners === undefined || owners.length === 0) return undefined;
  if (owners.some((owner) => owner === unknownType || isAbstract(owner))) return undefined;
  const members = owners.flatMap((owner) => owner.members.get(name) ?? []);
  if (members.length === 0) throw invalid(`${namesOf(owners)} has no element ${name}.`, at);
  return [...new Set(members.flatMap(({ slots }) => slots.map(({ type }) => type)))];
}

/** Of these a resource or an element of any kind may stand. */
const isAbstract = ({ name }: PathType): boolean =>
  ['Resource', 'DomainResource', 'Element', 'BackboneElement'].includes(name);

const namesOf = (types: readonly PathType[]): string => types.map(({ name }) => name).join(' or ');

const narrow = (types: Types, wanted: readonly PathType[]): Types => {
  const met = types?.filter((type) => wanted.some((one) => isOfType(type, one)));
  return met === undefined || met.length === 0 ? wanted : met;
};

function callTypes(call: Call, focus: Types, model: Model): Types {
  const input = call.input === undefined ? focus : typesOf(call.input, focus, model);
  const { name, args } = call;
  if (name === 'as' || name === 'ofType' || name === 'is') {
    const named = typeNameOf(args[0]);
    if (name === 'is' || named === undefined) return undefined;
    return narrow(input, typesNamed(named, model, call.at));
  }
  const within = overItems.has(name) ? input : focus;
  // What repeat and aggregate hand on is not of the input's type any more.
  const given = args.map((arg) => typesOf(arg, name === 'repeat' ? undefined : within, model));
  if (keeping.has(name)) return input;
  if (name === 'select') return given[0];
  if (name === 'extension') return model.type('Extension') && [model.type('Extension')!];
  if (name === 'combine' || name === 'union')
    return input === undefined || given[0] === undefined ? undefined : [...input, ...given[0]];
  if (name === 'iif' && given[1] !== undefined && args.length === 2) return given[1];
  return undefined;
}

/** Functions whose argument is evaluated on each item. */
const overItems = new Set('where select all exists repeat aggregate sort trace iif'.split(' '));
