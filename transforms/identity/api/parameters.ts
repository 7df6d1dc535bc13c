import { readJsonBody } from '../../../engine/index.ts';
import { type Json, type Named, namedBy } from '../desk/index.ts';
import { refused } from './outcome.ts';

/** A FHIR Parameters resource, by the names of its parameters. */
export type Given = {
  all(name: string): readonly Json[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
  whole(name: string): number | undefined;
  resource(name: string): Json | undefined;
  /** Who is meant: a reference or an id, an identifier, or `system|value`. */
  named(...names: readonly string[]): Named;
  namedOrNot(...names: readonly string[]): Named | undefined;
  namedAll(name: string): readonly Named[];
};

/** Reads a JSON body. Throws `media-type` and `parameter-invalid`. */
export async function readJson(request: Request): Promise<Json> {
  const body = await readJsonBody(request);
  if ('value' in body) return body.value;
  throw refused(body.fault === 'media-type' ? 'media-type' : 'parameter-invalid', body.text);
}

/** A Parameters body. Throws `media-type` and `parameter-invalid`. */
export async function readParameters(request: Request): Promise<Given> {
  return givenBy(await readJson(request));
}

export function givenBy(body: Json): Given {
  if (body.resourceType !== 'Parameters') throw fail('the body is not a Parameters resource');
  const list = Array.isArray(body.parameter) ? body.parameter : [];
  const parameters = list.map((one) => objectOf(one) ?? fail('a parameter is not an object'));
  const all = (name: string) => parameters.filter((one) => one.name === name);
  const first = (name: string): Json | undefined => {
    const found = all(name);
    if (found.length > 1) throw fail(`the parameter ${name} is given more than once`);
    return found[0];
  };
  const namedOrNot = (...names: readonly string[]) => {
    const found = names.map(first).filter((one) => one !== undefined);
    if (found.length > 1) throw fail(`give only one of ${names.join(', ')}`);
    return found[0] === undefined ? undefined : namedIn(found[0]);
  };
  return {
    ...{ all, namedOrNot, namedAll: (name) => all(name).map(namedIn) },
    text: (name) => textIn(first(name)),
    resource: (name) => objectOf(first(name)?.resource),
    flag(name) {
      const value = valueIn(first(name));
      if (value === undefined || typeof value === 'boolean') return value === true;
      throw fail(`the parameter ${name} is not a boolean`);
    },
    whole(name) {
      const value = valueIn(first(name));
      if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0))
        return value as number | undefined;
      throw fail(`the parameter ${name} is not a whole number`);
    },
    named(...names) {
      const found = namedOrNot(...names);
      if (found !== undefined) return found;
      throw refused('parameter-missing', `say who is meant: ${names.join(' or ')}`);
    },
  };
}

const fail = (message: string): never => {
  throw refused('parameter-invalid', message);
};

/** The one `value[x]` of a parameter. */
function valueIn(parameter: Json | undefined): unknown {
  const name = Object.keys(parameter ?? {}).find((key) => key.startsWith('value'));
  return name === undefined ? undefined : parameter?.[name];
}

function textIn(parameter: Json | undefined): string | undefined {
  const value = valueIn(parameter);
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= textMax) return value;
  return fail(`the parameter ${String(parameter?.name)} is no text of 1 to ${textMax} characters`);
}

const textMax = 1_000;

function namedIn(parameter: Json): Named {
  const value = valueIn(parameter);
  const object = objectOf(value);
  const named =
    typeof value === 'string'
      ? namedBy(value)
      : typeof object?.reference === 'string'
        ? namedBy(object.reference)
        : namedByIdentifier(objectOf(object?.identifier) ?? object);
  return named ?? fail(`the parameter ${String(parameter.name)} names nobody`);
}

function namedByIdentifier(identifier: Json | undefined): Named | undefined {
  const { system, value } = identifier ?? {};
  if (typeof system !== 'string' || typeof value !== 'string') return undefined;
  return system === '' || value === '' ? undefined : { system, value };
}

export const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;

export type Part = { readonly name: string; readonly [value: string]: unknown };

export const parametersOf = (parameter: readonly Part[]): Json => ({
  resourceType: 'Parameters',
  ...(parameter.length === 0 ? {} : { parameter }),
});
