import type { VerdictReason } from '../assessment.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { assessPair } from './assess.ts';
import type { AssessmentContext } from './evidence.ts';
import { judgePair } from './judge-pair.ts';
import type { AssessedPair, Candidate, Decision, Judgement, Member, Subject } from './judgement.ts';
import type { PairScorer } from './scorer.ts';

/**
 * Decides who a subject is, as the policy says: no candidate, one, or several. Pure; the order of
 * the candidates and of their members does not matter.
 */
export function decide(
  policy: IdentityPolicy,
  scorer: PairScorer,
  subject: Subject,
  candidates: readonly Candidate[],
  context: AssessmentContext = {},
): Decision {
  const assess = (a: Member, b: Member): AssessedPair => ({
    a: a.record,
    b: b.record,
    assessment: assessPair(policy, scorer, a.prepared, b.prepared, context),
  });
  const judged = candidates
    .filter(({ members }) => members.length > 0)
    .map((candidate) => judgeCandidate(policy, assess, subject, candidate))
    .toSorted(byWeight);
  const linkable = judged.filter(({ verdict }) => verdict === 'auto');
  if (linkable.length > 1) return linkToNeither(judged);
  const [only] = linkable;
  if (only === undefined) return withoutLink(judged);
  return leads(policy, only, judged) ? linkTo(only, judged) : linkToNeither(judged);
}

/** One candidate, as if there were no other. */
function judgeCandidate(
  policy: IdentityPolicy,
  assess: (a: Member, b: Member) => AssessedPair,
  subject: Subject,
  candidate: Candidate,
): Judgement {
  const { person, members, isBarred } = candidate;
  const own = members.map((member) => assess(subject.record, member)).toSorted(byPairWeight);
  const best = own[0]!;
  const alone = judgePair(policy, best.assessment);
  const strong = own.filter((pair) => judgePair(policy, pair.assessment).verdict === 'auto');
  if (alone.verdict === 'distinct') return { person, ...alone, best, strong };

  const size = 1 + subject.companions.length + members.length;
  const reasons: VerdictReason[] = alone.verdict === 'auto' ? [] : [...alone.reasons];
  if (isBarred) reasons.push('do-not-link');
  if (size > policy.clusterCap) reasons.push('cluster-cap');
  // A cluster beyond the cap is not looked through: the work for one decision stays bounded.
  else {
    const others = subject.companions.flatMap((companion) =>
      members.map((member) => assess(companion, member)),
    );
    if (![...own.slice(1), ...others].every((pair) => passes(policy, pair))) {
      reasons.push('member-disagrees');
    }
  }
  if (reasons.length > 0) return { person, verdict: 'review', reasons, best, strong };
  return { person, ...alone, best, strong };
}

const passes = (policy: IdentityPolicy, { assessment }: AssessedPair): boolean =>
  assessment.p >= policy.thresholds.member && assessment.vetoes.length === 0;

/** Every other person counts for the margin, also one that a veto keeps away: a twin misspelt. */
const leads = (policy: IdentityPolicy, best: Judgement, judged: readonly Judgement[]): boolean =>
  judged.every(
    (other) => other === best || weightLead(best, other) >= policy.thresholds.marginBits,
  );

const weightLead = (a: Judgement, b: Judgement): number =>
  a.best.assessment.weight - b.best.assessment.weight;

function linkTo(link: Judgement, judged: readonly Judgement[]): Decision {
  return { verdict: 'auto', link, reviews: reviewsOf(judged) };
}

/** Too close to call: what could have been linked goes to a person, with the reason. */
function linkToNeither(judged: readonly Judgement[]): Decision {
  const asked = judged.map(
    (one): Judgement =>
      one.verdict === 'auto' ? { ...one, verdict: 'review', reasons: ['margin'] } : one,
  );
  return { verdict: 'review', reviews: reviewsOf(asked) };
}

function withoutLink(judged: readonly Judgement[]): Decision {
  const reviews = reviewsOf(judged);
  return { verdict: reviews.length > 0 ? 'review' : 'distinct', reviews };
}

const reviewsOf = (judged: readonly Judgement[]): Judgement[] =>
  judged.filter(({ verdict }) => verdict === 'review');

const byWeight = (a: Judgement, b: Judgement): number =>
  byPairWeight(a.best, b.best) || compareText(a.person, b.person);

const byPairWeight = (x: AssessedPair, y: AssessedPair): number =>
  y.assessment.weight - x.assessment.weight || x.b - y.b;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
