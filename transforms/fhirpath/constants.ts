import { type Code, constantCode, fromList, fromOne, type Scope } from './code.ts';
import { failed } from './faults.ts';
import { systemTypes } from './model.ts';
import {
  booleanNode,
  type Items,
  isJsonObject,
  isNumber,
  makeNode,
  nothing,
  type PathNode,
  resourceNode,
  stringNode,
} from './node.ts';

/** What FHIR R4 names for all expressions (FHIRPath page of the standard, "Variables"). */
const known: Readonly<Record<string, string>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
};

/** `%name`. */
export function constant(name: string): Code {
  const url = knownUrl(name);
  if (url !== undefined) return constantCode([stringNode(url)]);
  switch (name) {
    case 'context':
      return fromOne((_, { context, env }) => env.context ?? context);
    case 'resource':
      return fromOne((_, scope) => resourceOf(scope));
    case 'rootResource':
      return fromOne((_, scope) => scope.env.rootResource ?? resourceOf(scope));
    default:
      return fromList((_, scope) => variable(name, scope));
  }
}

function knownUrl(name: string): string | undefined {
  if (name.startsWith('vs-')) return `http://hl7.org/fhir/ValueSet/${name.slice(3)}`;
  if (name.startsWith('ext-')) return `http://hl7.org/fhir/StructureDefinition/${name.slice(4)}`;
  return known[name];
}

function resourceOf({ env, context }: Scope): PathNode | undefined {
  return env.resource ?? (context.type.isResource ? context : undefined);
}

function variable(name: string, { env, model }: Scope): Items {
  const { variables } = env;
  if (variables === undefined || !Object.hasOwn(variables, name))
    throw failed(`The expression names %${name}, which is not given.`);
  const value = variables[name];
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0) return nothing;
  return values.flatMap((one) => variableNode(one, model) ?? []);
}

function variableNode(value: unknown, model: Scope['model']): PathNode | undefined {
  if (value === undefined || value === null) return undefined;
  if (isPathNode(value)) return value;
  if (typeof value === 'string') return stringNode(value);
  if (typeof value === 'boolean') return booleanNode(value);
  if (isNumber(value))
    return makeNode(Number.isInteger(value) ? systemTypes.Integer : systemTypes.Decimal, value);
  return resourceNode(model, value);
}

const isPathNode = (value: unknown): value is PathNode =>
  isJsonObject(value) && isJsonObject(value.type) && 'extra' in value && 'members' in value.type;
