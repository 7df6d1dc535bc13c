import type { Assessment, Verdict, VerdictReason } from '../assessment.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { isEnoughEvidence } from './evidence.ts';

export type PairVerdict = { readonly verdict: Verdict; readonly reasons: readonly VerdictReason[] };

/** What would be done with two records if there were no others. */
export function judgePair(policy: IdentityPolicy, assessment: Assessment): PairVerdict {
  const { high, low } = policy.thresholds;
  const { p, vetoes, agreeing } = assessment;
  // Not `p < low`: a score that is no number links nothing.
  if (!(p >= low)) return { verdict: 'distinct', reasons: ['below-low-threshold'] };
  const reasons: VerdictReason[] = [];
  if (!(p >= high)) reasons.push('between-thresholds');
  if (vetoes.length > 0) reasons.push('vetoed');
  if (!isEnoughEvidence(policy, agreeing)) reasons.push('evidence-groups');
  if (reasons.length > 0) return { verdict: 'review', reasons };
  return { verdict: 'auto', reasons: ['above-high-threshold'] };
}
