import type { WeightBar } from '../assessment.ts';
import type { PersonRecord } from '../record.ts';

/** A record with whatever its comparison prepared once. */
export type Prepared = { readonly record: PersonRecord };

/** A fitted model's answer on two records. Pure and symmetric. */
export type PairScorer = {
  /** `p` is the calibrated probability, 0..1; `weight` the sum of all bars and the prior, in bits. */
  score(a: Prepared, b: Prepared): { readonly p: number; readonly weight: number };
  /** The waterfall behind the score. */
  bars(a: Prepared, b: Prepared): readonly WeightBar[];
};
