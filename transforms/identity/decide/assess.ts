import type { Assessment, Veto } from '../assessment.ts';
import type { Prepared } from '../compare/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { type AssessmentContext, agreeingGroups } from './evidence.ts';
import { relatePair } from './pair.ts';
import type { PairScorer } from './scorer.ts';
import { vetoesOf } from './vetoes.ts';

/**
 * Everything known of whether two records are one person. Below the low threshold nobody will
 * look at it, so there the bars, vetoes and groups are left out.
 */
export function assessPair(
  policy: IdentityPolicy,
  scorer: PairScorer,
  a: Prepared,
  b: Prepared,
  context: AssessmentContext = {},
): Assessment {
  const { p, weight } = scorer.score(a, b);
  if (p < policy.thresholds.low) return { p, weight, bars: [], vetoes: [], agreeing: [] };
  return explainPair(policy, scorer, a, b, context);
}

/** As `assessPair`, in full whatever the score: for who asks why two records were not linked. */
export function explainPair(
  policy: IdentityPolicy,
  scorer: PairScorer,
  a: Prepared,
  b: Prepared,
  context: AssessmentContext = {},
): Assessment {
  const pair = relatePair(policy, a, b);
  return {
    ...scorer.score(a, b),
    bars: scorer.bars(a, b),
    vetoes: vetoesOf(policy, pair),
    agreeing: agreeingGroups(pair, context),
  };
}

/** The vetoes alone, without a score: is this pair still allowed in one cluster? */
export function vetoesBetween(policy: IdentityPolicy, a: Prepared, b: Prepared): readonly Veto[] {
  return vetoesOf(policy, relatePair(policy, a, b));
}
