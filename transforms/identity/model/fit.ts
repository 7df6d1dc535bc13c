import { type ComparisonName, comparisonNames } from '../assessment.ts';
import {
  compare,
  comparisonLevels,
  comparisonVersion,
  newLevels,
  type Prepared,
} from '../compare/index.ts';
import { normalisationVersion } from '../record.ts';
import { type IdentityModel, type LabelWindow, type ModelLevels, sealModel } from './artefact.ts';
import {
  type Classes,
  emptyTable,
  fitSession,
  householdOf,
  type LevelTable,
  posterior,
  type Shares,
  smoothed,
} from './em.ts';
import { countFrequencies } from './frequencies.ts';
import { type Label, type Patterns, patternCounter } from './patterns.ts';
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
  /** What stewards said; see `fitSession` for how it enters. */
  readonly labels?: readonly PairLabel[];
  /** How many answers there were, and when, for the artefact. */
  readonly labelWindow?: LabelWindow;
};

/** Two positions among the records, and whether they are one person. */
export type PairLabel = { readonly a: number; readonly b: number; readonly isSame: boolean };

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
  const labelOf = labelsByPair(options.labels ?? []);
  const sessions = sessionRules
    .map((rule) => runSession(rule, people, secondFrom, seed, labelOf))
    .filter(({ patterns }) => patterns.pairs >= sessionPairsMin);
  const start: Classes = {
    m: tableOf(base.levels, 'm'),
    h: tableOf(base.levels, 'h'),
    u: tableOf(base.levels, 'u'),
  };
  let classes = start;
  let shares: Shares = { match: base.prior, household: base.householdPrior };
  for (let round = 0; round < rounds; round += 1) {
    const u = smoothed(unmatched(random, classes, shares), start.u, baseRandomPairs);
    const before = { ...classes, u, h: householdOf(classes.h, u) };
    const fits = sessions.map((session) => ({
      session,
      fit: fitSession(
        session.patterns,
        session.rule.blocked,
        before,
        baseMatches,
        householdRatio(session, before, shares),
      ),
    }));
    const matched = emptyTable();
    const related = emptyTable();
    for (const { fit } of fits) {
      addTo(matched, fit.matched);
      addTo(related, fit.related);
    }
    const m = smoothed(matched, start.m, baseMatches);
    const h = householdOf(smoothed(related, start.h, baseMatches), u);
    classes = { m, h, u };
    shares = sharesOf(fits, classes, people.length, secondFrom, base);
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
      ...(options.labelWindow === undefined ? {} : { labels: options.labelWindow }),
    },
    seed,
    prior: shares.match,
    householdPrior: shares.household,
    levels: levelsOf(classes),
    frequencies: countFrequencies(people, base.frequencies),
    // The prior was found in these very records; how much comparisons depend on each other was not.
    calibration: { slope: base.calibration.slope, intercept: 0 },
  });
}

const span = 2 ** 26;

function labelsByPair(labels: readonly PairLabel[]) {
  const known = new Map<number, Label>();
  for (const { a, b, isSame } of labels)
    known.set(Math.min(a, b) * span + Math.max(a, b), isSame ? 'same' : 'different');
  return (a: number, b: number): Label => known.get(a * span + b) ?? 'none';
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

/** Levels of the random pairs, without the share of them that is one person or one household. */
function unmatched(random: Patterns, classes: Classes, shares: Shares): LevelTable {
  const counts = emptyTable();
  for (const [no, levels] of random.levels.entries()) {
    const { match, household } = posterior(levels, everything, classes, shares);
    const count = random.counts[no]! * (1 - match - household);
    for (let at = 0; at < levels.length; at += 1)
      if (levels[at]! >= 0) counts[at]![levels[at]!]! += count;
  }
  return counts;
}

/**
 * How many pairs of a household there must be in a block to one of strangers. Left free, they would
 * take in matches that differ in much, also where a household hardly ever meets: on one birth date.
 */
function householdRatio({ rule }: Session, { h, u }: Classes, shares: Shares): number | undefined {
  if (!rule.isExact || rule.isOfHousehold) return undefined;
  return rule.blocked.reduce(
    (ratio, name) => {
      const at = comparisonNames.indexOf(name);
      return (ratio * h[at]![0]!) / u[at]![0]!;
    },
    shares.household / (1 - shares.household - shares.match),
  );
}

type Fits = readonly { session: Session; fit: { shares: Shares } }[];

/**
 * How many pairs are one person, and one household: those found in each session, divided by the
 * share of all such pairs that its rule finds; the median over the sessions.
 */
function sharesOf(
  fits: Fits,
  { m, h }: Classes,
  records: number,
  secondFrom: number,
  base: IdentityModel,
): Shares {
  const all = Math.max(allPairs(records, secondFrom), 1);
  const estimate = (side: keyof Shares, table: LevelTable, isFit: (one: Session) => boolean) => {
    const estimates = fits
      .filter(({ session }) => isFit(session))
      .map(({ session: { patterns, sampled, known, rule }, fit }) => {
        const found = (fit.shares[side] * patterns.pairs) / sampled;
        const agree = rule.blocked.reduce(
          (share, name) => share * table[comparisonNames.indexOf(name)]![0]!,
          known ** 2,
        );
        return found / Math.max(agree, 0.01);
      })
      .toSorted((x, y) => x - y);
    return estimates[Math.floor((estimates.length - 1) / 2)];
  };
  const matches = estimate('match', m, ({ rule }) => rule.isExact);
  const households = estimate('household', h, ({ rule }) => rule.isOfHousehold);
  const share = (count: number | undefined, fallback: number) =>
    count === undefined ? fallback : Math.min(Math.max(count, 0.5) / all, 0.2);
  return {
    match: share(matches, base.prior),
    household: share(households, base.householdPrior),
  };
}

function addTo(sum: Float64Array[], more: LevelTable): void {
  for (const [at, levels] of more.entries())
    for (const [no, count] of levels.entries()) sum[at]![no]! += count;
}

function tableOf(levels: ModelLevels, side: 'm' | 'h' | 'u'): LevelTable {
  return comparisonNames.map((name) => Float64Array.from(levels[name], (one) => one[side]));
}

function levelsOf({ m, h, u }: Classes): ModelLevels {
  const one = (name: ComparisonName, at: number) =>
    comparisonLevels[name].map((level, no) => ({
      level,
      m: m[at]![no]!,
      u: u[at]![no]!,
      h: h[at]![no]!,
    }));
  return Object.fromEntries(
    comparisonNames.map((name, at) => [name, one(name, at)]),
  ) as ModelLevels;
}
