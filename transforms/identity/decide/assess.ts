import type { Assessment, Veto } from '../assessment.ts';
import type { Prepared } from '../compare/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { type AssessmentContext, agreeingGroups } from './evidence.ts';
import { type Pair, relatePair } from './pair.ts';
import type { PairScorer } from './scorer.ts';
import { vetoesOf } from './vetoes.ts';

type RelatedAssessment = { readonly assessment: Assessment; readonly pair: Pair };

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
  const score = scorer.score(a, b);
  const { p, weight } = score;
  if (p < policy.thresholds.low) return { p, weight, bars: [], vetoes: [], agreeing: [] };
  return explain(policy, scorer, a, b, context, score).assessment;
}

/** As `assessPair`, with how the two records stand to each other. */
export function assessRelated(
  policy: IdentityPolicy,
  scorer: PairScorer,
  a: Prepared,
  b: Prepared,
  context: AssessmentContext,
): RelatedAssessment {
  return explain(policy, scorer, a, b, context, scorer.score(a, b));
}

/** As `assessPair`, in full whatever the score: for who asks why two records were not linked. */
export function explainPair(
  policy: IdentityPolicy,
  scorer: PairScorer,
  a: Prepared,
  b: Prepared,
  context: AssessmentContext = {},
): Assessment {
  return explain(policy, scorer, a, b, context, scorer.score(a, b)).assessment;
}

function explain(
  policy: IdentityPolicy,
  scorer: PairScorer,
  a: Prepared,
  b: Prepared,
  context: AssessmentContext,
  { p, weight }: ReturnType<PairScorer['score']>,
): RelatedAssessment {
  const pair = relatePair(policy, a, b, context.isName);
  const assessment = {
    ...{ p, weight },
    bars: scorer.bars(a, b),
    vetoes: vetoesOf(policy, pair),
    agreeing: agreeingGroups(pair, context),
  };
  return { assessment, pair };
}

/** The vetoes alone, without a score: is this pair still allowed in one cluster? */
export function vetoesBetween(policy: IdentityPolicy, a: Prepared, b: Prepared): readonly Veto[] {
  return vetoesOf(policy, relatePair(policy, a, b));
}
