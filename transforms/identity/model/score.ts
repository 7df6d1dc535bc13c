import { type ComparisonName, comparisonNames, type WeightBar } from '../assessment.ts';
import {
  compare,
  comparisonLevels,
  levelSetsBetween,
  newLevelSets,
  newLevels,
  nullLevel,
  type Prepared,
  type Sketched,
} from '../compare/index.ts';
import type { Frequencies, IdentityModel } from './artefact.ts';
import { householdComparisons } from './em.ts';
import { heard } from './patterns.ts';

export type Score = {
  /** Calibrated probability that both are one person, 0..1. */
  readonly p: number;
  /** Sum of the bars and the prior, in bits. */
  readonly weight: number;
};

/** Scores pairs under one model. Pure but for a scratch vector; not shared between threads. */
export type Scorer = {
  readonly model: IdentityModel;
  score(a: Prepared, b: Prepared): Score;
  /** The waterfall of a score, one bar a comparison in the order of `comparisonNames`. */
  bars(a: Prepared, b: Prepared): readonly WeightBar[];
  /** The prior in bits, where the waterfall starts. */
  readonly priorWeight: number;
  /** A probability that `score` never exceeds for the records of these sketches. */
  ceiling(a: Sketched, b: Sketched): number;
  /** As `score`, of levels that were compared already. */
  scoreLevels(a: Prepared, b: Prepared, levels: Int8Array): Score;
};

/**
 * A common value that agrees says less, a rare one more; but a value seen once may be a typing
 * error, so nothing counts as rarer than this.
 */
const rarest = 2e-5;

/** More than sums in another order differ by. */
const roundingBits = 1e-6;

export function scorerOf(model: IdentityModel): Scorer {
  const weights = comparisonNames.map((name) =>
    Float64Array.from(model.levels[name], ({ m, u }) => Math.log2(m / u)),
  );
  const householdWeights = comparisonNames.map((name) =>
    Float64Array.from(model.levels[name], ({ h, u }) => Math.log2(h / u)),
  );
  const rarity = raritiesOf(model);
  const strangers = 1 - model.prior - model.householdPrior;
  const priorWeight = Math.log2(model.prior / strangers);
  const householdPriorWeight = Math.log2(model.householdPrior / strangers);
  const { slope, intercept } = model.calibration;
  const scratch = newLevels();
  const sets = newLevelSets();

  const weigh = (no: number, level: number, a: Prepared, b: Prepared): number => {
    if (heard(no, level) === nullLevel) return 0;
    const weight = weights[no]?.[level] ?? 0;
    return level === 0 ? weight + rarity(no, a, b) : weight;
  };

  /** Bits taken off: how much likelier than strangers two members of one household are. */
  const householdBits = (levels: Int8Array, a: Prepared, b: Prepared): number => {
    let weight = householdPriorWeight;
    for (let no = 0; no < levels.length; no += 1) {
      const level = levels[no] ?? nullLevel;
      if (heard(no, level) === nullLevel) continue;
      weight += householdWeights[no]?.[level] ?? 0;
      if (no === at.family && level === 0) weight += rarity(no, a, b);
    }
    // Where nothing is known of what a household shares, nothing is taken off.
    return oneOrMore(weight) - oneOrMore(householdPriorWeight);
  };

  const calibrated = (weight: number): number =>
    1 / (1 + Math.exp(-(intercept + slope * weight * Math.LN2)));

  const scoreLevels = (a: Prepared, b: Prepared, levels: Int8Array): Score => {
    let weight = priorWeight - householdBits(levels, a, b);
    for (let no = 0; no < levels.length; no += 1)
      weight += weigh(no, levels[no] ?? nullLevel, a, b);
    return { weight, p: calibrated(weight) };
  };

  /** Each comparison at the level that says most for one person, and least for one household. */
  const ceiling = (a: Sketched, b: Sketched): number => {
    levelSetsBetween(a, b, sets);
    let weight = priorWeight;
    let household = householdPriorWeight;
    for (let no = 0; no < sets.length; no += 1) {
      const set = sets[no]!;
      let [most, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let level = nullLevel; set >> (level + 1) !== 0; level += 1) {
        if (((set >> (level + 1)) & 1) === 0) continue;
        const bits = level === 0 ? rarity(no, a, b) : 0;
        const isSilent = heard(no, level) === nullLevel;
        most = Math.max(most, isSilent ? 0 : (weights[no]?.[level] ?? 0) + bits);
        const shared = (householdWeights[no]?.[level] ?? 0) + (no === at.family ? bits : 0);
        least = Math.min(least, isSilent ? 0 : shared);
      }
      weight += most;
      household += least;
    }
    weight -= oneOrMore(household) - oneOrMore(householdPriorWeight);
    return calibrated(weight + roundingBits);
  };

  return {
    model,
    priorWeight,
    ceiling,
    scoreLevels,
    score(a, b) {
      compare(a, b, scratch);
      return scoreLevels(a, b, scratch);
    },
    bars(a, b) {
      compare(a, b, scratch);
      const shared = householdBits(scratch, a, b);
      const bars = comparisonNames.map((comparison, no): WeightBar => {
        const level = scratch[no] ?? nullLevel;
        const name = level === nullLevel ? 'null' : levelName(comparison, level);
        return { comparison, level: name, weight: weigh(no, level, a, b) };
      });
      return withoutHousehold(bars, shared);
    },
  };
}

/** log2(1 + 2^bits) */
const oneOrMore = (bits: number): number => (bits > 50 ? bits : Math.log2(1 + 2 ** bits));

/** What is shared says only that it is one household: its bits come off the bar that says most. */
function withoutHousehold(bars: readonly WeightBar[], bits: number): readonly WeightBar[] {
  const [most] = bars
    .filter(
      ({ comparison, level }) => householdComparisons.includes(comparison) && level !== 'null',
    )
    .toSorted((x, y) => y.weight - x.weight);
  return bars.map((bar) => (bar === most ? { ...bar, weight: bar.weight - bits } : bar));
}

const levelName = (comparison: ComparisonName, level: number): string =>
  comparisonLevels[comparison][level] ?? 'null';

const at = Object.fromEntries(comparisonNames.map((name, no) => [name, no])) as Record<
  ComparisonName,
  number
>;

/** Bits that the frequency of the value adds to the weight of level `exact`, or takes off it. */
function raritiesOf({ levels, frequencies }: IdentityModel) {
  const tables = {
    given: tableOf(frequencies.given, levels.given[0]?.u),
    family: tableOf(frequencies.family, levels.family[0]?.u),
    birthDate: tableOf(frequencies.birthDate, levels.birthDate[0]?.u),
  };
  return (comparison: number, a: Named, b: Named): number => {
    switch (comparison) {
      case at.given:
        return commonest(tables.given, 'given', a, b);
      case at.family:
        return commonest(tables.family, 'family', a, b);
      case at.birthDate:
        return tables.birthDate(a.birth);
      default:
        return 0;
    }
  };
}

type Named = Pick<Prepared, 'names' | 'birth'>;

/** Of the values that both have, the most common one: the least that their agreement can say. */
function commonest(
  table: (value: string) => number,
  part: 'given' | 'family',
  { names: a }: Named,
  { names: b }: Named,
): number {
  let bits = Number.POSITIVE_INFINITY;
  for (const name of a) {
    const value = name[part]?.text;
    if (value === undefined) continue;
    for (const other of b) if (other[part]?.text === value) bits = Math.min(bits, table(value));
  }
  return Number.isFinite(bits) ? bits : 0;
}

function tableOf(listed: Frequencies['given'], u = 1): (value: string) => number {
  const bits = new Map(
    Object.entries(listed).map(([value, share]) => [value, Math.log2(u / Math.max(share, rarest))]),
  );
  const shares = Object.values(listed);
  // What is not listed is rarer than everything that is.
  const least = shares.length === 0 ? u : Math.max(rarest, Math.min(...shares) / 2);
  const unlisted = Math.log2(u / Math.min(least, u));
  return (value) => bits.get(value) ?? unlisted;
}
