import type { Verdict, VerdictReason, Veto } from '../assessment.ts';
import {
  type AssessmentContext,
  type Candidate,
  type Decision,
  decide,
  type Judgement,
  type PairScorer,
  type Subject,
} from '../decide/index.ts';
import type { PersonId, RecordNo } from '../events.ts';
import type { IdentityPolicy } from './policy.ts';

/** What decides: the numbers of a policy and the scores of its model. */
export type Ruling = { readonly policy: IdentityPolicy; readonly scorer: PairScorer };

/** A question that was put to a policy: who is this record? */
export type Question = {
  readonly subject: Subject;
  readonly candidates: readonly Candidate[];
  readonly context?: AssessmentContext;
};

/** One record and one person about whom two policies do not say the same. */
export type Disagreement = {
  readonly record: RecordNo;
  readonly person: PersonId;
  readonly from: Verdict;
  readonly to: Verdict;
  /** Why, says the second. */
  readonly reasons: readonly VerdictReason[];
  /** Vetoes on the best pair under either; none are looked for where it is distinct. */
  readonly vetoesBefore: readonly Veto[];
  readonly vetoesAfter: readonly Veto[];
  /** Probability of the best pair under either; absent where it is distinct. */
  readonly pBefore?: number;
  readonly pAfter?: number;
};

export const answer = ({ policy, scorer }: Ruling, question: Question): Decision =>
  decide(policy, scorer, question.subject, question.candidates, question.context);

/** How many pairs of records an answer may have to score: what a question costs. */
export function pairsOf({ subject, candidates }: Question): number {
  const members = candidates.reduce((sum, candidate) => sum + candidate.members.length, 0);
  return members * (1 + subject.companions.length);
}

/** Where `after` says another thing of a person than `before`, in the order of the candidates. */
export function disagreements(
  { subject, candidates }: Question,
  before: Decision,
  after: Decision,
): Disagreement[] {
  return candidates.flatMap(({ person }): Disagreement[] => {
    const [was, is] = [judgementOn(before, person), judgementOn(after, person)];
    const [from, to] = [was?.verdict ?? 'distinct', is?.verdict ?? 'distinct'];
    if (from === to) return [];
    const reasons = is?.reasons ?? ['below-low-threshold'];
    const vetoesBefore = was?.best.assessment.vetoes ?? [];
    const vetoesAfter = is?.best.assessment.vetoes ?? [];
    const { record } = subject.record;
    const found = { record, person, from, to, reasons, vetoesBefore, vetoesAfter };
    const probabilities = {
      ...(was === undefined ? {} : { pBefore: was.best.assessment.p }),
      ...(is === undefined ? {} : { pAfter: is.best.assessment.p }),
    };
    return [{ ...found, ...probabilities }];
  });
}

function judgementOn({ link, reviews }: Decision, person: PersonId): Judgement | undefined {
  return link?.person === person ? link : reviews.find((one) => one.person === person);
}
