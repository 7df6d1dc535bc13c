import type { Json } from '../knowledge.ts';
import { declined } from './issue.ts';
import { listOf, objectOf, valueIn } from './json.ts';

/** The parameters of an operation, by name. */
export type Asked = {
  all(name: string): readonly Json[];
  has(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean | undefined;
  whole(name: string): number | undefined;
  value(name: string): Json | undefined;
  resource(name: string): Json | undefined;
  resources(name: string): readonly Json[];
};

/** Reads a Parameters resource. Throws a refusal (400) when a value has another type. */
export function askedBy(parameters: Json): Asked {
  if (parameters.resourceType !== 'Parameters')
    throw declined(400, 'invalid', 'the body is not a Parameters resource');
  const list = listOf(parameters.parameter);
  const all = (name: string) => list.filter((one) => one.name === name);
  const texts = (name: string) =>
    all(name).map((one) => {
      const value = valueIn(one);
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      throw declined(400, 'invalid', `the parameter ${name} is no text`);
    });
  return {
    all,
    texts,
    has: (name) => all(name).length > 0,
    text: (name) => texts(name)[0],
    flag(name) {
      const [text] = texts(name);
      if (text === undefined || text === 'true' || text === 'false')
        return text === undefined ? undefined : text === 'true';
      throw declined(400, 'invalid', `the parameter ${name} is not a boolean`);
    },
    whole(name) {
      const [text] = texts(name);
      if (text === undefined) return undefined;
      if (/^\d{1,9}$/.test(text)) return Number(text);
      throw declined(400, 'invalid', `the parameter ${name} is not a whole number`);
    },
    value: (name) => objectOf(valueIn(all(name)[0])),
    resource: (name) => objectOf(all(name)[0]?.resource),
    resources: (name) =>
      all(name).flatMap(({ resource }) => {
        const one = objectOf(resource);
        return one === undefined ? [] : [one];
      }),
  };
}

/** What a URL asks, as Parameters: every value is a text. */
export function parametersOfQuery(query: URLSearchParams): Json {
  const parameter = [...query].map(([name, valueString]) => ({ name, valueString }));
  return { resourceType: 'Parameters', parameter };
}

/** An answer as Parameters. */
export const answerOf = (parameter: readonly Json[]): Json => ({
  resourceType: 'Parameters',
  parameter,
});
