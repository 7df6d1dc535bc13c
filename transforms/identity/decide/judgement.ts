import type { Assessment, Verdict, VerdictReason } from '../assessment.ts';
import type { Prepared } from '../compare/index.ts';
import type { PersonId, RecordNo } from '../events.ts';

/** A record in a cluster. */
export type Member = { readonly record: RecordNo; readonly prepared: Prepared };

/**
 * What is to be decided: a record, and with it the other records that are already linked to it;
 * a link joins them all, so all of them must pass.
 */
export type Subject = {
  readonly record: Member;
  readonly companions: readonly Member[];
};

/** A person whom the subject may be. */
export type Candidate = {
  readonly person: PersonId;
  readonly members: readonly Member[];
  /** True when a do-not-link pair stands between the subject's cluster and this one. */
  readonly isBarred: boolean;
};

/** How two records were assessed; `a` is the subject's, `b` the candidate's. */
export type AssessedPair = {
  readonly a: RecordNo;
  readonly b: RecordNo;
  readonly assessment: Assessment;
};

/** What is done about one candidate, and why. */
export type Judgement = {
  readonly person: PersonId;
  readonly verdict: Verdict;
  readonly reasons: readonly VerdictReason[];
  /** The pair with the highest weight. */
  readonly best: AssessedPair;
  /** Every pair between the two clusters that reaches the high threshold by itself. */
  readonly strong: readonly AssessedPair[];
};

/** The decision on a subject: at most one link; the reviews in descending order of weight. */
export type Decision = {
  readonly verdict: Verdict;
  readonly link?: Judgement;
  readonly reviews: readonly Judgement[];
};
