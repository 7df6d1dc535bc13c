import type { Assessment } from './assessment.ts';
import type { PersonRecord } from './record.ts';

/** A source's file on a person, numbered in the order of first sight. */
export type RecordNo = number;

/** Enterprise id: a uuid, anchored to the record that the person was first known by. */
export type PersonId = string;

/** Who or what an event is due to: a message, a steward, or a policy run. */
export type Cause =
  | { readonly kind: 'message'; readonly message: number; readonly generation: number }
  | {
      readonly kind: 'steward';
      readonly by: string;
      readonly reason: string;
      readonly second?: string;
    }
  | { readonly kind: 'system'; readonly reason: string };

/** Why two records are linked. An edge is active until an event takes it away. */
export type EdgeKind =
  /** Score, margin, groups and vetoes allowed it. */
  | 'auto'
  /** A steward said "same". */
  | 'review'
  /** The source merged two of its own records (A40 and its like). */
  | 'source'
  /** A steward's merge of two persons. */
  | 'order';

/** Two records. */
export type Pair = readonly [RecordNo, RecordNo];

/** What one source says of a person, as it is kept with `seen` and `changed`. */
export type Sighting = {
  readonly attributes: PersonRecord;
  /** The caller's: equal when nothing changed. A whole number below 2^53. */
  readonly fingerprint: number;
  /** Version of the normalisation that made the attributes. */
  readonly normalisation: number;
  /** Where it comes from; golden records trust facilities differently. */
  readonly facility: string;
};

/** Why two records, or one, are put before a steward. */
export const reviewKinds = [
  /** Between the thresholds, or too little evidence. */
  'match',
  /** A veto fired where the score was high, or against a member of the own cluster. */
  'veto',
  /** One identifier, and another person than before. */
  'overlay',
  /** Several strong candidates: linked to none. */
  'two-candidates',
  /** The source merged two records, and a veto or a rule keeps their persons apart. */
  'merge-vetoed',
  /** A blind sample of automatic links. */
  'audit',
] as const;
export type ReviewKind = (typeof reviewKinds)[number];

export const reviewOutcomes = ['same', 'different', 'cannot-tell', 'data-error'] as const;
export type ReviewOutcome = (typeof reviewOutcomes)[number];

/**
 * What happened, in order; the graph is the fold of these and nothing else. `a` and `b` are
 * records; when a link joins two persons, the person of `a` survives.
 */
export type IdentityEvent =
  | ({
      readonly type: 'seen';
      readonly record: RecordNo;
      readonly system: string;
      readonly value: string;
      /** The person that is anchored to this record. */
      readonly person: PersonId;
    } & Sighting)
  | ({ readonly type: 'changed'; readonly record: RecordNo } & Sighting)
  | {
      readonly type: 'scored';
      readonly a: RecordNo;
      readonly b: RecordNo;
      readonly assessment: Assessment;
      readonly verdict: string;
      readonly model: string;
      readonly policy: string;
    }
  | {
      readonly type: 'linked';
      readonly a: RecordNo;
      readonly b: RecordNo;
      readonly kind: EdgeKind;
      readonly weight: number;
    }
  | {
      /** Takes away every edge between the two. */
      readonly type: 'unlinked';
      readonly a: RecordNo;
      readonly b: RecordNo;
      readonly reason: string;
    }
  | {
      /** Opens a review, whose number is this event's. */
      readonly type: 'queued';
      readonly kind: ReviewKind;
      readonly a: RecordNo;
      /** Absent where one record is doubted (`overlay`). */
      readonly b?: RecordNo;
      /** Of `two-candidates`: all of them, `b` the first. */
      readonly candidates: readonly RecordNo[];
      readonly assessment?: Assessment;
      /** Stable codes of why this was not decided by itself. */
      readonly reasons: readonly string[];
      readonly model: string;
      readonly policy: string;
    }
  | {
      readonly type: 'reviewed';
      readonly review: number;
      readonly a: RecordNo;
      /** Whom the outcome is about; absent: nobody, or each of several candidates. */
      readonly b?: RecordNo;
      readonly outcome: ReviewOutcome;
    }
  | {
      readonly type: 'merged';
      readonly survivor: PersonId;
      readonly absorbed: PersonId;
      readonly a: RecordNo;
      readonly b: RecordNo;
      readonly kind: EdgeKind;
      /** Who belonged to either person then. */
      readonly sides: readonly [readonly RecordNo[], readonly RecordNo[]];
    }
  | {
      readonly type: 'unmerged';
      /** Number of the `merged` event; absent when records were split off a person. */
      readonly merge?: number;
      readonly survivor: PersonId;
      readonly restored: PersonId;
      readonly a: RecordNo;
      readonly b: RecordNo;
      /** Edges taken away. */
      readonly cut: readonly Pair[];
      /** Do-not-link edges written; none when the merge is undone. */
      readonly apart: readonly Pair[];
    }
  | {
      readonly type: 'do-not-link';
      readonly a: RecordNo;
      readonly b: RecordNo;
      readonly reason: string;
    }
  | { readonly type: 'policy-changed'; readonly policy: string; readonly model: string };

/** An event as stored: numbered without gaps, with the time of its cause (never the wall clock). */
export type StoredEvent = IdentityEvent & {
  readonly seq: number;
  readonly atUs: number;
  readonly cause: Cause;
};
