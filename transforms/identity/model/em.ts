import { type ComparisonName, comparisonNames } from '../assessment.ts';
import { comparisonLevels, nullLevel } from '../compare/index.ts';
import type { Label, Patterns } from './patterns.ts';

/** One probability a level, for each comparison in the order of `comparisonNames`. */
export type LevelTable = readonly Float64Array[];

export const emptyTable = (): Float64Array[] =>
  comparisonNames.map((name) => new Float64Array(comparisonLevels[name].length));

/** What levels are expected of pairs that are one person, of one household, or strangers. */
export type Classes = {
  readonly m: LevelTable;
  readonly h: LevelTable;
  readonly u: LevelTable;
};

/** Share of pairs that are one person, and that are two persons of one household. */
export type Shares = { readonly match: number; readonly household: number };

export type SessionFit = {
  readonly shares: Shares;
  /** Expected number of matching pairs by level; zero in the comparisons that were blocked on. */
  readonly matched: LevelTable;
  /** The same of pairs of one household. */
  readonly related: LevelTable;
};

/** What a household has in common; all else tells its members apart as it does strangers. */
export const householdComparisons: readonly ComparisonName[] = [
  'family',
  'address',
  'phone',
  'email',
];

const roundsMax = 200;
const settledBy = 1e-7;

/**
 * Expectation maximisation over the pairs of one block rule (Dempster, Laird and Rubin 1977, with u
 * fixed as in Fellegi-Sunter practice): finds how often matching pairs have each level. Households
 * are a class of their own, or they would be taken for matches: they agree on as much. What was
 * blocked on says nothing there and is left out. `strength` further pairs as `start` has them keep
 * rare levels from 0.
 *
 * Pairs that stewards judged stay where they are among all others, with their answer in place of a
 * guess. They are no sample of all matches, but of the doubtful ones, chosen by their levels; that
 * choice may be ignored as long as no pair counts more often than it occurs (Rubin 1976).
 */
export function fitSession(
  patterns: Patterns,
  blocked: readonly ComparisonName[],
  start: Classes,
  strength: number,
  /** How many households a stranger; found out when absent. */
  householdRatio?: number,
): SessionFit {
  const used = comparisonNames.map((name) => !blocked.includes(name));
  let classes = start;
  let shares: Shares = { match: 0.1, household: 0.02 };
  let expected = expectation(patterns, used, classes, shares);
  for (let round = 0; round < roundsMax; round += 1) {
    const match = share(expected.matches, patterns.pairs);
    const household =
      householdRatio === undefined
        ? share(expected.households, patterns.pairs)
        : ((1 - match) * householdRatio) / (1 + householdRatio);
    const next: Shares = { match, household };
    const m = smoothed(expected.matched, start.m, strength);
    const h = householdOf(smoothed(expected.related, start.h, strength), start.u);
    classes = { ...start, m, h };
    const isSettled =
      Math.abs(next.match - shares.match) < settledBy * Math.max(shares.match, 1e-6);
    shares = next;
    expected = expectation(patterns, used, classes, shares);
    if (isSettled) break;
  }
  return { shares, matched: expected.matched, related: expected.related };
}

/** Names and dates of a household's members differ as those of strangers do. */
export const householdOf = (h: LevelTable, u: LevelTable): LevelTable =>
  comparisonNames.map((name, at) => (householdComparisons.includes(name) ? h[at]! : u[at]!));

const share = (count: number, pairs: number): number =>
  Math.min(Math.max(count / Math.max(pairs, 1), 1e-9), 0.999);

function expectation(
  patterns: Patterns,
  used: readonly boolean[],
  classes: Classes,
  shares: Shares,
) {
  const matched = emptyTable();
  const related = emptyTable();
  let matches = 0;
  let households = 0;
  for (const [no, levels] of patterns.levels.entries()) {
    const count = patterns.counts[no]!;
    const guess = posterior(levels, used, classes, shares);
    const { match, household } = answered(guess, patterns.labels[no]!);
    matches += count * match;
    households += count * household;
    for (let at = 0; at < levels.length; at += 1) {
      const level = levels[at]!;
      if (!used[at] || level === nullLevel) continue;
      matched[at]![level]! += count * match;
      related[at]![level]! += count * household;
    }
  }
  return { matched, related, matches, households };
}

/** How often stewards err, as far as anybody knows. */
const errorShare = 0.05;

/**
 * What is to be thought of a pair after a steward's answer: what the levels say no longer counts,
 * for the answer is wanted where these mislead, as of twins.
 */
export function answered({ match, household }: Shares, label: Label): Shares {
  if (label === 'none') return { match, household };
  const isOne = label === 'same' ? 1 - errorShare : errorShare;
  return { match: isOne, household: ((1 - isOne) * household) / Math.max(1 - match, 1e-9) };
}

/** Probability that a pair with these levels is one person, or two of one household. */
export function posterior(
  levels: Int8Array,
  used: readonly boolean[],
  { m, h, u }: Classes,
  shares: Shares,
): Shares {
  const strangers = Math.max(1 - shares.match - shares.household, 1e-9);
  let match = shares.match / strangers;
  let household = shares.household / strangers;
  for (let at = 0; at < levels.length; at += 1) {
    const level = levels[at]!;
    if (!used[at] || level === nullLevel) continue;
    match *= m[at]![level]! / u[at]![level]!;
    household *= h[at]![level]! / u[at]![level]!;
  }
  const all = 1 + match + household;
  return { match: match / all, household: household / all };
}

/** Relative frequencies of counts, with the prior worth `strength` further observations. */
export function smoothed(counts: LevelTable, prior: LevelTable, strength: number): LevelTable {
  return counts.map((levels, at) => {
    const sum = levels.reduce((all, count) => all + count, 0);
    return levels.map((count, no) => (count + strength * prior[at]![no]!) / (sum + strength));
  });
}
