import type { Json, Knowledge } from '../../../../transforms/terminology/knowledge.ts';
import { memoryKnowledge } from '../../../../transforms/terminology/memory/index.ts';
import {
  createClosureTables,
  operations,
} from '../../../../transforms/terminology/operations/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON that a test reads by hand
export type Any = any;

export const colours = 'http://colours.example/CodeSystem/colours';

/** A small hierarchy: red has two shades, one of them has one; grey is retired. */
export const colourSystem: Json = {
  resourceType: 'CodeSystem',
  id: 'colours',
  url: colours,
  version: '1.0.0',
  status: 'active',
  language: 'en',
  caseSensitive: true,
  content: 'complete',
  property: [{ code: 'warm', uri: 'http://colours.example/warm', type: 'boolean' }],
  concept: [
    {
      code: 'red',
      display: 'Red',
      designation: [{ language: 'de', value: 'Rot' }],
      property: [{ code: 'warm', valueBoolean: true }],
      concept: [
        {
          code: 'crimson',
          display: 'Crimson',
          property: [{ code: 'warm', valueBoolean: true }],
          concept: [{ code: 'cardinal', display: 'Cardinal' }],
        },
        { code: 'ruby', display: 'Ruby' },
      ],
    },
    { code: 'blue', display: 'Blue', property: [{ code: 'warm', valueBoolean: false }] },
    { code: 'grey', display: 'Grey', property: [{ code: 'status', valueCode: 'retired' }] },
  ],
};

/** Asks an operation in R5's shapes. */
export function ask(
  name: string,
  parameter: readonly Json[],
  knowledge: Knowledge = memoryKnowledge([colourSystem]),
  closures = createClosureTables(),
): Any {
  const around = { knowledge, nowMs: 0, closures, owner: 'test' };
  return operations[name]!({ resourceType: 'Parameters', parameter }, around);
}

export const valueSet = (compose: Json, more: Json = {}): Json => ({
  ...{ resourceType: 'ValueSet', url: 'http://colours.example/ValueSet/v', version: '1' },
  ...{ status: 'active', compose },
  ...more,
});

export const given = (resource: Json): Json => ({ name: 'valueSet', resource });

/** The codes of an expansion, those within others too. */
export function codesOf(answer: Any): string[] {
  const walk = (contains: Any[] = []): string[] =>
    contains.flatMap((one) => [one.code, ...walk(one.contains)]);
  return walk(answer.expansion.contains);
}

/** A part of an answer by its name. */
export function part(answer: Any, name: string): Any {
  const found = answer.parameter.find((one: Any) => one.name === name);
  if (found === undefined) return undefined;
  const key = Object.keys(found).find((one) => one !== 'name');
  return key === undefined ? undefined : found[key];
}
