// Facts of a bundle, and whether another bundle states them too.
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import type { FactDefinition } from './fact-definitions.ts';

export type Fact = {
  readonly name: string;
  /** Thing that the value is of; '' where the value alone is the fact. */
  readonly by: string;
  readonly value: string;
};

export type Judged = Fact & {
  readonly holds: boolean;
  /** What our bundle states in its place. */
  readonly got: readonly string[];
};

type Query = (of: unknown) => unknown[];
type Compiled = {
  readonly definition: FactDefinition;
  readonly each: Query;
  readonly by: Query;
  readonly value: Query;
  readonly ours: Query;
};

const compile = (expression: string): Query =>
  fhirpath.compile(expression, r4, { async: false }) as Query;

/** Definitions made ready; `side` of `factsOf` says whose bundle is asked. */
export type Facts = readonly Compiled[];

export const compileFacts = (definitions: readonly FactDefinition[]): Facts =>
  definitions.map((definition) => {
    const { each, by = "''", value, ours = value } = definition;
    const [things, keys, values, own] = [each, by, value, ours].map(compile);
    return { definition, each: things!, by: keys!, value: values!, ours: own! };
  });

/** Facts of a bundle, each once, in the order of their definitions. */
export function factsOf(queries: Facts, bundle: fhir4.Bundle, side: 'value' | 'ours'): Fact[] {
  const facts = new Map<string, Fact>();
  for (const query of queries) {
    const { name } = query.definition;
    for (const thing of query.each(bundle)) {
      const keys = query.by(thing).map(textOf);
      for (const value of query[side](thing).map(textOf))
        for (const by of keys.length > 0 ? keys : [''])
          if (value !== '') facts.set(`${name}|${by}|${value}`, { name, by, value });
    }
  }
  return [...facts.values()];
}

const textOf = (value: unknown): string => String(value).replace(/\s+/g, ' ').trim();

/** Each fact of the expected bundle, with what ours says of it. */
export function judge(
  queries: Facts,
  expected: fhir4.Bundle,
  ours: fhir4.Bundle | undefined,
): Judged[] {
  const stated = ours ? factsOf(queries, ours, 'ours') : [];
  return factsOf(queries, expected, 'value').map((fact) => {
    const same = stated.filter(({ name, by }) => name === fact.name && by === fact.by);
    const definition = queries.find((query) => query.definition.name === fact.name)?.definition;
    const holds = same.some(({ value }) =>
      definition?.as === 'time' ? isSameTime(value, fact.value) : value === fact.value,
    );
    const got = (same.length > 0 ? same : stated.filter(({ name }) => name === fact.name)).map(
      ({ by, value }) => (by === fact.by ? value : `${by} = ${value}`),
    );
    return { ...fact, holds, got };
  });
}

/**
 * Where a message names no offset, the other converter takes that of its own machine, and Plexus
 * the sender's; so the wall clock that the message states is enough, as far as both tell it.
 */
function isSameTime(ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  const here = wallClock(ours);
  const there = wallClock(theirs);
  const length = Math.min(here.length, there.length);
  if (length >= 4 && here.slice(0, length) === there.slice(0, length)) return true;
  return ours.includes('T') && theirs.includes('T') && Date.parse(ours) === Date.parse(theirs);
}

const wallClock = (time: string): string =>
  time.replace(/(Z|[+-]\d{2}:\d{2})$/, '').replace(/\.0+$/, '');
