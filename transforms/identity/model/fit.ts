import { type ComparisonName, comparisonNames } from '../assessment.ts';
import {
  compare,
  comparisonLevels,
  comparisonVersion,
  newLevels,
  type Prepared,
} from '../compare/index.ts';
import { normalisationVersion } from '../record.ts';
import { type Frequencies, type IdentityModel, type ModelLevels, sealModel } from './artefact.ts';
import { emptyTable, fitSession, type LevelTable, posterior, smoothed } from './em.ts';
import { countFrequencies } from './frequencies.ts';
import { type Patterns, patternCounter } from './patterns.ts';
import { randomOf } from './random.ts';
import { runSession, type Session, sessionRules } from './sessions.ts';

export type FitOptions = {
  /** Where the records are from, for the artefact. */
  readonly source: string;
  readonly seed: number;
  /** What is taken where the data say little: the fewer matching pairs, the more of it. */
  readonly base: IdentityModel;
  /** Position of the first record of the second file, or the number of records. */
  readonly secondFrom: number;
  readonly window?: { readonly from: string; readonly to: string };
};

/** Matching pairs that the base model is worth as evidence on m, random pairs on u. */
const baseMatches = 20;
const baseRandomPairs = 2_000;
const randomPairsMax = 1_000_000;
/** A session with fewer pairs tells nothing. */
const sessionPairsMin = 10;
const rounds = 4;

const everything: readonly boolean[] = comparisonNames.map(() => true);

/**
 * Fits a model to records nobody has labelled: u by random pairs, m by expectation maximisation in
 * a session for each block rule that the records allow, in turns. Deterministic for the order of
 * the records and the seed. A few records give nearly the base model.
 */
export function fitModel(people: readonly Prepared[], options: FitOptions): IdentityModel {
  const { base, seed, secondFrom } = options;
  const random = randomPairs(people, secondFrom, seed);
  const sessions = sessionRules
    .map((rule) => runSession(rule, people, secondFrom, seed))
    .filter(({ patterns }) => patterns.pairs >= sessionPairsMin);
  const baseM = tableOf(base.levels, 'm');
  const baseU = tableOf(base.levels, 'u');
  let m = baseM;
  let u = baseU;
  let prior = base.prior;
  for (let round = 0; round < rounds; round += 1) {
    u = smoothed(unmatched(random, m, u, prior), baseU, baseRandomPairs);
    const fits = sessions.map((session) => ({
      session,
      fit: fitSession(session.patterns, session.rule.blocked, u, m, baseMatches),
    }));
    const matched = emptyTable();
    for (const { fit } of fits) addTo(matched, fit.matched);
    m = smoothed(matched, baseM, baseMatches);
    prior = priorOf(fits, m, people.length, secondFrom, base.prior);
  }
  return sealModel({
    format: 'plexus-identity-model',
    normalisation: normalisationVersion,
    comparison: comparisonVersion,
    window: {
      source: options.source,
      records: people.length,
      pairs: random.pairs + sessions.reduce((sum, { patterns }) => sum + patterns.pairs, 0),
      ...options.window,
    },
    seed,
    prior,
    levels: levelsOf(m, u),
    frequencies: countFrequencies(people, base.frequencies),
    calibration: base.calibration,
  });
}

/** Levels of pairs taken at random; of all pairs where these are few. */
function randomPairs(people: readonly Prepared[], secondFrom: number, seed: number): Patterns {
  const counter = patternCounter();
  const levels = newLevels();
  const count = (a: number, b: number) => {
    compare(people[a]!, people[b]!, levels);
    counter.add(levels);
  };
  const isAcross = secondFrom < people.length;
  const [first, from] = isAcross ? [secondFrom, secondFrom] : [people.length, 0];
  if (allPairs(people.length, secondFrom) <= randomPairsMax) {
    for (let a = 0; a < first; a += 1)
      for (let b = Math.max(from, a + 1); b < people.length; b += 1) count(a, b);
    return counter.patterns();
  }
  const random = randomOf(seed);
  for (let no = 0; no < randomPairsMax; no += 1) {
    const a = Math.floor(random() * first);
    const b = from + Math.floor(random() * (people.length - from));
    if (a !== b) count(a, b);
  }
  return counter.patterns();
}

const allPairs = (records: number, secondFrom: number): number =>
  secondFrom < records ? secondFrom * (records - secondFrom) : (records * (records - 1)) / 2;

/** Levels of the random pairs, without the share of them that is one person. */
function unmatched(random: Patterns, m: LevelTable, u: LevelTable, prior: number): LevelTable {
  const counts = emptyTable();
  for (const [no, levels] of random.levels.entries()) {
    const count = random.counts[no]! * (1 - posterior(levels, everything, m, u, prior));
    for (let at = 0; at < levels.length; at += 1)
      if (levels[at]! >= 0) counts[at]![levels[at]!]! += count;
  }
  return counts;
}

/**
 * How many pairs are one person: those found in each session, divided by the share of all matching
 * pairs that its rule finds; the median over the sessions.
 */
function priorOf(
  fits: readonly { session: Session; fit: { lambda: number } }[],
  m: LevelTable,
  records: number,
  secondFrom: number,
  fallback: number,
): number {
  const estimates = fits
    .filter(({ session }) => session.rule.isExact)
    .map(({ session, fit }) => {
      const found = (fit.lambda * session.patterns.pairs) / session.sampled;
      const agree = session.rule.blocked.reduce(
        (share, name) => share * m[comparisonNames.indexOf(name)]![0]!,
        session.known ** 2,
      );
      return found / Math.max(agree, 0.01);
    })
    .toSorted((x, y) => x - y);
  const median = estimates[Math.floor((estimates.length - 1) / 2)];
  if (median === undefined) return fallback;
  return Math.min(Math.max(median, 0.5) / Math.max(allPairs(records, secondFrom), 1), 0.2);
}

function addTo(sum: Float64Array[], more: LevelTable): void {
  for (const [at, levels] of more.entries())
    for (const [no, count] of levels.entries()) sum[at]![no]! += count;
}

function tableOf(levels: ModelLevels, side: 'm' | 'u'): LevelTable {
  return comparisonNames.map((name) => Float64Array.from(levels[name], (one) => one[side]));
}

function levelsOf(m: LevelTable, u: LevelTable): ModelLevels {
  const one = (name: ComparisonName, at: number) =>
    comparisonLevels[name].map((level, no) => ({ level, m: m[at]![no]!, u: u[at]![no]! }));
  return Object.fromEntries(
    comparisonNames.map((name, at) => [name, one(name, at)]),
  ) as ModelLevels;
}

export type { Frequencies };
