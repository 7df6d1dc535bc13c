import { type ComparisonName, comparisonNames } from '../assessment.ts';
import { comparisonLevels, nullLevel } from '../compare/index.ts';
import type { Patterns } from './patterns.ts';

/** One probability a level, for each comparison in the order of `comparisonNames`. */
export type LevelTable = readonly Float64Array[];

export const emptyTable = (): Float64Array[] =>
  comparisonNames.map((name) => new Float64Array(comparisonLevels[name].length));

export type SessionFit = {
  /** Share of the session's pairs that are one person. */
  readonly lambda: number;
  /** Expected number of matching pairs by level; zero in the comparisons that were blocked on. */
  readonly matched: LevelTable;
};

const roundsMax = 200;
const settledBy = 1e-7;

/**
 * Expectation maximisation over the pairs of one block rule (Dempster, Laird and Rubin 1977, with u
 * fixed as in Fellegi-Sunter practice): finds how often matching pairs have each level. What was
 * blocked on says nothing there and is left out. `prior` counts keep rare levels from 0.
 */
export function fitSession(
  patterns: Patterns,
  blocked: readonly ComparisonName[],
  u: LevelTable,
  start: LevelTable,
  strength: number,
): SessionFit {
  const used = comparisonNames.map((name) => !blocked.includes(name));
  let m = start;
  let lambda = 0.1;
  let matched = emptyTable();
  for (let round = 0; round < roundsMax; round += 1) {
    const expected = expectation(patterns, used, m, u, lambda);
    matched = expected.matched;
    const next = Math.min(Math.max(expected.matches / Math.max(patterns.pairs, 1), 1e-9), 1 - 1e-9);
    m = smoothed(matched, start, strength);
    const isSettled = Math.abs(next - lambda) < settledBy * Math.max(lambda, 1e-6);
    lambda = next;
    if (isSettled) break;
  }
  return { lambda, matched };
}

function expectation(
  patterns: Patterns,
  used: readonly boolean[],
  m: LevelTable,
  u: LevelTable,
  lambda: number,
) {
  const matched = emptyTable();
  let matches = 0;
  for (const [no, levels] of patterns.levels.entries()) {
    const count = patterns.counts[no]! * posterior(levels, used, m, u, lambda);
    matches += count;
    for (let at = 0; at < levels.length; at += 1) {
      const level = levels[at]!;
      if (used[at] && level !== nullLevel) matched[at]![level]! += count;
    }
  }
  return { matched, matches };
}

/** Probability that a pair with these levels is one person. */
export function posterior(
  levels: Int8Array,
  used: readonly boolean[],
  m: LevelTable,
  u: LevelTable,
  lambda: number,
): number {
  let odds = lambda / (1 - lambda);
  for (let at = 0; at < levels.length; at += 1) {
    const level = levels[at]!;
    if (used[at] && level !== nullLevel) odds *= m[at]![level]! / u[at]![level]!;
  }
  return odds / (1 + odds);
}

/** Relative frequencies of counts, with the prior worth `strength` further observations. */
export function smoothed(counts: LevelTable, prior: LevelTable, strength: number): LevelTable {
  return counts.map((levels, at) => {
    const sum = levels.reduce((all, count) => all + count, 0);
    return levels.map((count, no) => (count + strength * prior[at]![no]!) / (sum + strength));
  });
}
