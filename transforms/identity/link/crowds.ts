import { hash52 } from '../block/index.ts';
import type { Prepared, PreparedAddress } from '../compare/index.ts';
import type { AssessmentContext } from '../decide/index.ts';

/** More given names than this at one address or phone are no household: a dormitory, a prison. */
const householdNamesMax = 8;

/** Addresses and contacts of more people than a household has, by hash. */
export type Crowds = {
  contextOf(a: Prepared, b: Prepared): AssessmentContext;
};

export function findCrowds(people: readonly Prepared[]): Crowds {
  const places = crowdsOf(people, placesOf);
  const contacts = crowdsOf(people, contactsOf);
  const isIn = (crowds: ReadonlySet<number>, hashes: readonly number[]) =>
    crowds.size > 0 && hashes.some((hash) => crowds.has(hash));
  return {
    contextOf: (a, b) => ({
      isPlaceCrowded: isIn(places, placesOf(a)) || isIn(places, placesOf(b)),
      isContactCrowded: isIn(contacts, contactsOf(a)) || isIn(contacts, contactsOf(b)),
    }),
  };
}

const placesOf = ({ addresses }: Prepared): number[] => addresses.flatMap(placeOf);

function placeOf({ line, numbers, bigrams, postalCode, city }: PreparedAddress): number[] {
  return line === '' ? [] : [hash52(`${numbers}|${bigrams}|${postalCode || city}`)];
}

const contactsOf = ({ record }: Prepared): number[] =>
  [...record.phones, ...record.emails].map(hash52);

/** Two passes, so that given names are only kept for values that many records have. */
function crowdsOf(
  people: readonly Prepared[],
  hashesOf: (prepared: Prepared) => readonly number[],
): ReadonlySet<number> {
  const counts = new Map<number, number>();
  for (const prepared of people)
    for (const hash of hashesOf(prepared)) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  const names = new Map<number, Set<string>>();
  for (const [hash, count] of counts) if (count > householdNamesMax) names.set(hash, new Set());
  if (names.size === 0) return new Set();
  for (const prepared of people) {
    const given = prepared.names[0]?.given?.sound;
    if (given === undefined) continue;
    for (const hash of hashesOf(prepared)) names.get(hash)?.add(given);
  }
  const crowded = [...names].filter(([, given]) => given.size > householdNamesMax);
  return new Set(crowded.map(([hash]) => hash));
}
