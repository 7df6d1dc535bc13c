import { type ComparisonName, comparisonNames, type WeightBar } from '../assessment.ts';
import {
  compare,
  comparisonLevels,
  newLevels,
  nullLevel,
  type Prepared,
} from '../compare/index.ts';
import type { Frequencies, IdentityModel } from './artefact.ts';
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
  /** As `score`, of levels that were compared already. */
  scoreLevels(a: Prepared, b: Prepared, levels: Int8Array): Score;
};

/**
 * A common value that agrees says less, a rare one more; but a value seen once may be a typing
 * error, so nothing counts as rarer than this.
 */
const rarest = 2e-5;

export function scorerOf(model: IdentityModel): Scorer {
  const weights = comparisonNames.map((name) =>
    Float64Array.from(model.levels[name], ({ m, u }) => Math.log2(m / u)),
  );
  const rarity = raritiesOf(model);
  const priorWeight = Math.log2(model.prior / (1 - model.prior));
  const { slope, intercept } = model.calibration;
  const scratch = newLevels();

  const weigh = (at: number, level: number, a: Prepared, b: Prepared): number => {
    if (heard(at, level) === nullLevel) return 0;
    const weight = weights[at]?.[level] ?? 0;
    return level === 0 ? weight + rarity(at, a, b) : weight;
  };

  const scoreLevels = (a: Prepared, b: Prepared, levels: Int8Array): Score => {
    let weight = priorWeight;
    for (let at = 0; at < levels.length; at += 1)
      weight += weigh(at, levels[at] ?? nullLevel, a, b);
    return { weight, p: 1 / (1 + Math.exp(-(intercept + slope * weight * Math.LN2))) };
  };

  return {
    model,
    priorWeight,
    scoreLevels,
    score(a, b) {
      compare(a, b, scratch);
      return scoreLevels(a, b, scratch);
    },
    bars(a, b) {
      compare(a, b, scratch);
      return comparisonNames.map((comparison, at) => {
        const level = scratch[at] ?? nullLevel;
        const name = level === nullLevel ? 'null' : levelName(comparison, level);
        return { comparison, level: name, weight: weigh(at, level, a, b) };
      });
    },
  };
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
  return (comparison: number, a: Prepared, b: Prepared): number => {
    switch (comparison) {
      case at.given:
        return commonest(tables.given, wordsOf(a, 'given'), wordsOf(b, 'given'));
      case at.family:
        return commonest(tables.family, wordsOf(a, 'family'), wordsOf(b, 'family'));
      case at.birthDate:
        return tables.birthDate(a.birth);
      default:
        return 0;
    }
  };
}

function wordsOf({ names }: Prepared, part: 'given' | 'family'): readonly (string | undefined)[] {
  return names.map((name) => name[part]?.text);
}

/** Of the values that both have, the most common one: the least that their agreement can say. */
function commonest(
  table: (value: string) => number,
  a: readonly (string | undefined)[],
  b: readonly (string | undefined)[],
): number {
  let bits = Number.POSITIVE_INFINITY;
  for (const value of a)
    if (value !== undefined && b.includes(value)) bits = Math.min(bits, table(value));
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
