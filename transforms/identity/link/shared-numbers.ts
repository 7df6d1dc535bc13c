import { comparisonNames } from '../assessment.ts';
import {
  compare,
  comparisonLevels,
  newLevels,
  nullLevel,
  type Prepared,
} from '../compare/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';

/** From this share of contradicting pairs on, a number is a family's, not a person's. */
const contradictingMax = 1 / 3;
/** What is taken before anything is seen: a few pairs say little. */
const assumed = { pairs: 5, contradicting: 1 };
/** Records with one number that are compared with each other; a placeholder has thousands. */
const carriersMax = 20;

const givenAt = comparisonNames.indexOf('given');
const birthAt = comparisonNames.indexOf('birthDate');
const otherGiven = ['jaro-winkler-75', 'different'].map((level) =>
  (comparisonLevels.given as readonly string[]).indexOf(level),
);
const otherBirth = (comparisonLevels.birthDate as readonly string[]).indexOf('different');

/**
 * The policy for files whose numbers have no type: whether such a number is one person's alone or a
 * family uses it together is seen in the records that carry the same one. It is a family's where
 * over a third of these have other given names or birth dates; and where both differ more often
 * than they would by chance, for mistakes in the two are made independently, and two people differ
 * in both. The agreement of such a number says no more than that of a typed family number does.
 */
export function policyFor(people: readonly Prepared[], policy: IdentityPolicy): IdentityPolicy {
  const { identifiers } = policy;
  if (identifiers.familyTypes.includes('') || !isFamilyUse(people)) return policy;
  const familyTypes = [...identifiers.familyTypes, ''];
  return { ...policy, identifiers: { ...identifiers, familyTypes } };
}

function isFamilyUse(people: readonly Prepared[]): boolean {
  const { pairs, givens, births, both } = contradictions(people);
  const contradicting = givens + births - both + assumed.contradicting;
  if (contradicting > contradictingMax * (pairs + assumed.pairs)) return true;
  const byChance = pairs === 0 ? 0 : (givens * births) / pairs;
  // Twice what chance gives, and three standard deviations more.
  return both > 2 * byChance + 3 * Math.sqrt(byChance + 1);
}

/** Of pairs that carry one number: how many have other given names, birth dates, and both. */
function contradictions(people: readonly Prepared[]) {
  const count = { pairs: 0, givens: 0, births: 0, both: 0 };
  const levels = newLevels();
  for (const carriers of carriersOf(people)) {
    for (const [at, a] of carriers.entries()) {
      for (const b of carriers.slice(at + 1)) {
        compare(people[a]!, people[b]!, levels);
        const [given, birth] = [levels[givenAt] ?? nullLevel, levels[birthAt] ?? nullLevel];
        if (given === nullLevel || birth === nullLevel) continue;
        const [isOtherGiven, isOtherBirth] = [otherGiven.includes(given), birth === otherBirth];
        count.pairs += 1;
        if (isOtherGiven) count.givens += 1;
        if (isOtherBirth) count.births += 1;
        if (isOtherGiven && isOtherBirth) count.both += 1;
      }
    }
  }
  return count;
}

/** Positions of the records of each number without a type that several have. */
function carriersOf(people: readonly Prepared[]): number[][] {
  const byNumber = new Map<string, number[]>();
  for (const [at, { record, identifiers }] of people.entries()) {
    if (record.identifiers.every(({ type }) => type !== undefined)) continue;
    for (const { system, value } of identifiers) {
      const key = `${system} ${value}`;
      const carriers = byNumber.get(key);
      if (carriers === undefined) byNumber.set(key, [at]);
      else if (carriers.length < carriersMax) carriers.push(at);
    }
  }
  return [...byNumber.values()].filter(({ length }) => length > 1);
}
