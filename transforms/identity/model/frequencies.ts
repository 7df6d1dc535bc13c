import type { Prepared } from '../compare/index.ts';
import type { Frequencies } from './artefact.ts';

/** Values listed in a table, at most; the rest is taken as rarer than the rarest listed one. */
const listedMax = 1_500;
/** A value that fewer records have may be anybody's typing error; it counts as unlisted. */
const listedFrom = 3;
/** Records that the base table is worth. */
const baseRecords = 500;

/** How common names and birth dates are among these records, with the base tables for the rest. */
export function countFrequencies(people: readonly Prepared[], base: Frequencies): Frequencies {
  const given = new Map<string, number>();
  const family = new Map<string, number>();
  const birthDate = new Map<string, number>();
  for (const { names, birth } of people) {
    count(given, names[0]?.given?.text);
    count(family, names[0]?.family?.text);
    count(birthDate, birth.length === 8 ? birth : undefined);
  }
  return {
    given: sharesOf(given, base.given),
    family: sharesOf(family, base.family),
    birthDate: sharesOf(birthDate, base.birthDate),
    place: base.place,
  };
}

function count(counts: Map<string, number>, value: string | undefined): void {
  if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
}

function sharesOf(counts: Map<string, number>, base: Frequencies['given']): Frequencies['given'] {
  const all = baseRecords + counts.values().reduce((sum, number) => sum + number, 0);
  const common = [...counts].filter(([, number]) => number >= listedFrom).map(([value]) => value);
  const shares = [...new Set([...common, ...Object.keys(base)])].map(
    (value) =>
      [value, ((counts.get(value) ?? 0) + baseRecords * (base[value] ?? 0)) / all] as const,
  );
  const listed = shares
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, listedMax)
    .map(([value, share]) => [value, Number(share.toPrecision(4))] as const);
  return Object.fromEntries(listed.filter(([, share]) => share > 0 && share < 1));
}
