import type { Choice } from '../../knowledge.ts';
import { propertyText } from '../../memory/index.ts';
import type { Described, View } from '../concept-view.ts';
import { issue, refusedBy } from '../issue.ts';
import { linearRegex } from '../linear-regex.ts';
import type { Filter } from './components.ts';

/** Whether a concept stays; it knows the code system that the filter is for. */
export type Sieve = (concept: Described) => boolean;

type Maker = (view: View, value: string) => Sieve | undefined;

/** Filters on the concept itself (https://hl7.org/fhir/R5/valueset-filter-operator.html). */
const onConcept: Readonly<Record<string, Maker>> = {
  '=': (view, value) => same(view, value),
  'is-a': (view, value) => (one) => same(view, value)(one) || isBelow(view, value, one),
  'descendent-of': (view, value) => (one) => isBelow(view, value, one),
  'is-not-a': (view, value) => (one) => !same(view, value)(one) && !isBelow(view, value, one),
  generalizes: (view, value) => (one) =>
    same(view, value)(one) || view.system.subsumes(one.code, value),
  'child-of': (view, value) => (one) => includes(view.system.parents(one.code), keyIn(view, value)),
  'descendent-leaf': (view, value) => (one) =>
    isBelow(view, value, one) && isEmpty(view.system.children(one.code)),
  in: (view, value) => oneOf(listOf(value), (one) => [keyIn(view, one.code)], view),
  'not-in': (view, value) => not(oneOf(listOf(value), (one) => [keyIn(view, one.code)], view)),
  regex: (_, value) => regex(value, (one) => [one.code]),
  exists: (_, value) => () => value === 'true',
};

const onProperty = (property: string): Readonly<Record<string, Maker>> => {
  const values = (one: Described) => valuesOf(one, property);
  return {
    '=': (_, value) => (one) => values(one).includes(value),
    in: (_, value) => (one) => values(one).some((each) => listOf(value).includes(each)),
    'not-in': (_, value) => (one) => !values(one).some((each) => listOf(value).includes(each)),
    regex: (_, value) => regex(value, values),
    exists: (_, value) => (one) => values(one).length > 0 === (value === 'true'),
  };
};

/** The sieve of a filter. Throws a refusal when the code system cannot be asked so. */
export function sieveOf(view: View, { property, op, value }: Filter): Sieve {
  const isConcept = property === 'concept' || property === 'code';
  const hierarchy = property === 'parent' && op === '=' ? onConcept['child-of'] : undefined;
  const makers = isConcept ? onConcept : onProperty(property);
  const made = (hierarchy ?? (Object.hasOwn(makers, op) ? makers[op] : undefined))?.(view, value);
  if (made !== undefined) return made;
  throw refusedBy(
    422,
    issue(
      { severity: 'error', type: 'not-supported', tx: 'vs-invalid' },
      'FILTER_NOT_UNDERSTOOD',
      ...([view.system.url, property, op, value] as const),
    ),
  );
}

/** Concepts among which all are that a filter leaves, if an index can name them. */
export function candidatesOf(view: View, { property, op, value }: Filter): Choice | undefined {
  const isConcept = property === 'concept' || property === 'code';
  if (isConcept && op === '=') return { by: 'code', codes: [value] };
  if (isConcept && op === 'in') return { by: 'code', codes: [...new Set(listOf(value))] };
  if (isConcept && op === 'is-a') return { by: 'ancestor', code: value, isSelf: true };
  if (isConcept && (op === 'descendent-of' || op === 'descendent-leaf'))
    return { by: 'ancestor', code: value, isSelf: false };
  if ((isConcept && op === 'child-of') || (property === 'parent' && op === '='))
    return { by: 'parent', code: value };
  // A supplement may add properties that no index of the code system has; some are no properties.
  const isIndexed = view.supplements.length === 0 && !derived.has(property);
  return !isConcept && op === '=' && isIndexed ? { by: 'property', property, value } : undefined;
}

const derived = new Set(['display', 'definition', 'inactive']);

function valuesOf(one: Described, property: string): readonly string[] {
  const written = one.properties.filter(({ code }) => code === property).map(propertyText);
  if (written.length > 0) return written;
  if (property === 'display') return one.display === undefined ? [] : [one.display];
  if (property === 'definition') return one.definition === undefined ? [] : [one.definition];
  if (property === 'inactive') return [String(one.isInactive)];
  return [];
}

/** The code as the code system writes it. */
const keyIn = (view: View, code: string) => view.system.concept(code)?.code ?? code;

const same = (view: View, value: string): Sieve => {
  const wanted = keyIn(view, value);
  return ({ code }) => code === wanted;
};

const isBelow = (view: View, value: string, { code }: Described) =>
  view.system.subsumes(value, code);

const not =
  (sieve: Sieve): Sieve =>
  (one) =>
    !sieve(one);

function oneOf(
  codes: readonly string[],
  of: (one: Described) => readonly string[],
  view: View,
): Sieve {
  const wanted = new Set(codes.map((code) => keyIn(view, code)));
  return (one) => of(one).some((each) => wanted.has(each));
}

function regex(pattern: string, of: (one: Described) => readonly string[]): Sieve | undefined {
  const compiled = linearRegex(pattern);
  return compiled && ((one) => of(one).some((each) => compiled.matches(each)));
}

const listOf = (value: string) => value.split(',').map((one) => one.trim());

function includes(all: Iterable<string>, wanted: string): boolean {
  for (const one of all) if (one === wanted) return true;
  return false;
}

const isEmpty = (all: Iterable<string>) => {
  for (const _ of all) return false;
  return true;
};
