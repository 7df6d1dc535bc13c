import type { WeightBar } from '../assessment.ts';
import type { Prepared, Sketched } from '../compare/index.ts';

/** What a decision needs of a scorer: a fitted model's, or in tests one that lies. */
export type PairScorer = {
  /** `p` is the calibrated probability, 0..1; `weight` the sum of bars and prior, in bits. */
  score(a: Prepared, b: Prepared): { readonly p: number; readonly weight: number };
  /** The waterfall behind the score. */
  bars(a: Prepared, b: Prepared): readonly WeightBar[];
  /** A probability that `score` never exceeds for the records of these sketches. */
  ceiling?(a: Sketched, b: Sketched): number;
};
