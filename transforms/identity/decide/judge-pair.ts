import type { Assessment, Verdict, VerdictReason, Veto } from '../assessment.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { isEnoughEvidence } from './evidence.ts';

export type PairVerdict = { readonly verdict: Verdict; readonly reasons: readonly VerdictReason[] };

/** What would be done with two records if there were no others. */
export function judgePair(policy: IdentityPolicy, assessment: Assessment): PairVerdict {
  const { high, low } = policy.thresholds;
  const { p, vetoes, agreeing } = assessment;
  // Not `p < low`: a score that is no number links nothing.
  if (!(p >= low)) return { verdict: 'distinct', reasons: ['below-low-threshold'] };
  // With one number between them it is a number that two persons use, or the record of neither.
  const isNumbered = agreeing.includes('identifier');
  if (!isNumbered && contradictions(vetoes) > 1)
    return { verdict: 'distinct', reasons: ['vetoed'] };
  const reasons: VerdictReason[] = [];
  if (!(p >= high)) reasons.push('between-thresholds');
  if (vetoes.length > 0) reasons.push('vetoed');
  if (!isEnoughEvidence(policy, agreeing)) reasons.push('evidence-groups');
  if (reasons.length > 0) return { verdict: 'review', reasons };
  return { verdict: 'auto', reasons: ['above-high-threshold'] };
}

/**
 * Facts of one person alone. Where two of them contradict, the score comes from a shared home,
 * phone and surname: spouses and siblings, more of them than stewards could ever look at.
 */
const personal = new Set([
  'strong-identifier-conflict',
  'given-name-conflict',
  'birth-date-conflict',
]);

const contradictions = (vetoes: readonly Veto[]): number =>
  vetoes.reduce((count, { id }) => count + (personal.has(id) ? 1 : 0), 0);
