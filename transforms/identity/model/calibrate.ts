import type { IdentityModel } from './artefact.ts';

/** A pair whose answer is known: by a review, or because somebody made it up. */
export type JudgedPair = {
  /** Bits, with the prior, as `score` gives them. */
  readonly weight: number;
  readonly isMatch: boolean;
};

type Curve = IdentityModel['calibration'];

const rounds = 50;
/** How much the curve is held to slope 1 and intercept 0: a few answers bend nothing. */
const hold = 50;
const weightMax = 40;

/**
 * Platt's calibration (Platt 1999): the logistic curve from weight to probability that fits judged
 * pairs best, by Newton's method with the step halved until it helps. Comparisons that depend on
 * each other make raw weights too sure; the slope takes that back. With no pairs, the weight is
 * taken at its word.
 */
export function calibrate(pairs: readonly JudgedPair[]): Curve {
  let curve: Curve = { slope: 1, intercept: 0 };
  let loss = lossOf(pairs, curve);
  for (let round = 0; round < rounds; round += 1) {
    const step = newtonStep(pairs, curve);
    let length = 1;
    let next = curve;
    let nextLoss = loss;
    for (; length > 1e-6; length /= 2) {
      next = {
        slope: Math.max(0.05, curve.slope + length * step.slope),
        intercept: curve.intercept + length * step.intercept,
      };
      nextLoss = lossOf(pairs, next);
      if (nextLoss < loss) break;
    }
    if (!(loss - nextLoss > 1e-9 * loss)) break;
    curve = next;
    loss = nextLoss;
  }
  return curve;
}

const argumentOf = (weight: number): number =>
  Math.max(-weightMax, Math.min(weightMax, weight)) * Math.LN2;

function lossOf(pairs: readonly JudgedPair[], { slope, intercept }: Curve): number {
  let loss = (hold * ((slope - 1) ** 2 + intercept ** 2)) / 2;
  for (const { weight, isMatch } of pairs) {
    const odds = intercept + slope * argumentOf(weight);
    loss += Math.log1p(Math.exp(-Math.abs(odds))) + (odds > 0 === isMatch ? 0 : Math.abs(odds));
  }
  return loss;
}

function newtonStep(pairs: readonly JudgedPair[], { slope, intercept }: Curve): Curve {
  let [g0, g1] = [-hold * intercept, -hold * (slope - 1)];
  let [h00, h01, h11] = [hold, 0, hold];
  for (const { weight, isMatch } of pairs) {
    const x = argumentOf(weight);
    const p = 1 / (1 + Math.exp(-(intercept + slope * x)));
    const error = (isMatch ? 1 : 0) - p;
    const spread = p * (1 - p);
    g0 += error;
    g1 += error * x;
    h00 += spread;
    h01 += spread * x;
    h11 += spread * x * x;
  }
  const determinant = h00 * h11 - h01 * h01;
  return {
    intercept: (h11 * g0 - h01 * g1) / determinant,
    slope: (h00 * g1 - h01 * g0) / determinant,
  };
}
