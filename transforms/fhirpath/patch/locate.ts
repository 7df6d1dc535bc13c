import type { Scope } from '../code.ts';
import { compileExpr } from '../compile.ts';
import { invalid } from '../faults.ts';
import { typesNamed } from '../functions/index.ts';
import { isOfType, type Member, type Model, type PathType } from '../model.ts';
import { isJsonObject, makeNode, nothing, type PathNode, resourceNode } from '../node.ts';
import { type Expr, type TypeName, typeNameOf } from '../syntax.ts';

export type Json = Record<string, unknown>;

/** A value and where in the JSON it stands; the resource itself has no owner. */
export type Located = {
  readonly type: PathType;
  readonly value: unknown;
  readonly at:
    | {
        readonly parent: Located;
        readonly owner: Json;
        readonly key: string;
        /** Absent where the element is no list. */
        readonly index?: number;
        /** The name without the type of a choice: `value`. */
        readonly name: string;
      }
    | undefined;
};

type Call = Extract<Expr, { kind: 'call' }>;

/** What a criterion may call: nothing that runs for long on a sender's word, or asks others. */
const harmless = new Set(
  (
    'where exists empty not first last count ofType as is startsWith endsWith contains lower ' +
    'upper toString length extension hasValue'
  ).split(' '),
);

/**
 * The places that a path means (https://hl7.org/fhir/R4/fhirpatch.html: "a restricted FHIRPath"):
 * members, indexes, `where`, `first`, `last`, `single`, `ofType`, `as` and `extension`. Throws a
 * fault for any other path.
 */
export function locate(expr: Expr, resource: Json, model: Model): readonly Located[] {
  const node = resourceNode(model, resource);
  const root: Located = { type: node.type, value: resource, at: undefined };
  return places(expr, root, model);
}

function places(expr: Expr, root: Located, model: Model): readonly Located[] {
  switch (expr.kind) {
    case 'this':
      return [root];
    case 'member': {
      if (expr.input !== undefined)
        return places(expr.input, root, model).flatMap((one) => membersOf(one, expr.name, model));
      const type = /^[A-Z]/.test(expr.name) ? model.type(expr.name) : undefined;
      if (type === undefined) return membersOf(root, expr.name, model);
      return isOfType(root.type, type) ? [root] : [];
    }
    case 'item': {
      const index = expr.index.kind === 'literal' ? Number(expr.index.text) : Number.NaN;
      if (!Number.isInteger(index)) throw tooElaborate();
      const found = places(expr.input, root, model)[index];
      return found === undefined ? [] : [found];
    }
    case 'type':
      if (expr.operator === 'is') throw tooElaborate();
      return ofType(places(expr.operand, root, model), expr.type, model, expr.at);
    case 'call':
      return called(expr, root, model);
    default:
      throw tooElaborate();
  }
}

function called(call: Call, root: Located, model: Model): readonly Located[] {
  const input = call.input === undefined ? [root] : places(call.input, root, model);
  const [first] = call.args;
  switch (call.name) {
    case 'where':
      if (first === undefined) throw tooElaborate();
      return filtered(input, first, model);
    case 'first':
      return input.slice(0, 1);
    case 'last':
      return input.slice(-1);
    case 'single':
      if (input.length > 1) throw invalid('The path means several values where one is needed.');
      return input;
    case 'ofType':
    case 'as': {
      const named = typeNameOf(first);
      if (named === undefined) throw tooElaborate();
      return ofType(input, named, model, call.at);
    }
    case 'extension': {
      const url = first?.kind === 'literal' ? first.text : undefined;
      return input
        .flatMap((one) => membersOf(one, 'extension', model))
        .filter(({ value }) => isJsonObject(value) && value.url === url);
    }
    default:
      throw tooElaborate();
  }
}

function filtered(input: readonly Located[], criterion: Expr, model: Model): readonly Located[] {
  requireHarmless(criterion);
  const { truth } = compileExpr(criterion, model);
  return input.filter((one, index) => {
    const node = nodeOf(one);
    const scope: Scope = { env: {}, model, context: node, index, total: nothing, now: undefined };
    return truth(node, scope) === true;
  });
}

function requireHarmless(expr: Expr): void {
  const parts = Object.values(expr).flatMap((one: unknown) => (Array.isArray(one) ? one : [one]));
  if (expr.kind === 'call' && !harmless.has(expr.name)) throw tooElaborate();
  for (const part of parts)
    if (typeof part === 'object' && part !== null && 'kind' in part) requireHarmless(part as Expr);
}

function ofType(
  input: readonly Located[],
  named: TypeName,
  model: Model,
  at: Call['at'],
): readonly Located[] {
  const types = typesNamed(named, model, at);
  return input.filter(({ type }) => types.some((wanted) => isOfType(type, wanted)));
}

/** The values of one element; of a primitive without its extensions. */
function membersOf(parent: Located, name: string, model: Model): readonly Located[] {
  const member = memberOf(parent, name);
  const owner = parent.value;
  if (member === undefined || !isJsonObject(owner)) return [];
  return member.slots.flatMap(({ key, type }): Located[] => {
    const value = owner[key];
    if (value === undefined || value === null) return [];
    const at = { parent, owner: owner as Json, key, name };
    if (!Array.isArray(value)) return [{ type: typed(type, value, model), value, at }];
    return value.map((one: unknown, index) => {
      return { type: typed(type, one, model), value: one, at: { ...at, index } };
    });
  });
}

/** What is contained says itself of which type it is. */
function typed(type: PathType, value: unknown, model: Model): PathType {
  const named = type.isResource && isJsonObject(value) ? value.resourceType : undefined;
  return (typeof named === 'string' ? model.type(named) : undefined) ?? type;
}

export const memberOf = ({ type }: Located, name: string): Member | undefined =>
  type.members.get(name);

const nodeOf = ({ type, value, at }: Located): PathNode => {
  const extras = at?.owner[`_${at.key}`];
  const extra = at?.index === undefined ? extras : (extras as unknown[] | undefined)?.[at.index];
  return makeNode(type, value, extra);
};

const tooElaborate = (): Error =>
  invalid('A path of a patch is made of elements, indexes, `where` and their like alone.');
