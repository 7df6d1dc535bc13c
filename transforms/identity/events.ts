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

/**
 * What happened, in order; the graph is the fold of these and nothing else. `a` and `b` are records;
 * when a link joins two persons, the person of `a` survives.
 */
export type IdentityEvent =
  | {
      readonly type: 'seen';
      readonly record: RecordNo;
      readonly system: string;
      readonly value: string;
      readonly person: PersonId;
      readonly attributes: PersonRecord;
    }
  | { readonly type: 'changed'; readonly record: RecordNo; readonly attributes: PersonRecord }
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
      readonly type: 'unlinked';
      readonly a: RecordNo;
      readonly b: RecordNo;
      readonly reason: string;
    }
  | {
      readonly type: 'reviewed';
      readonly review: number;
      readonly outcome: 'same' | 'different' | 'cannot-tell' | 'data-error';
    }
  | {
      readonly type: 'merged';
      readonly survivor: PersonId;
      readonly absorbed: PersonId;
      readonly a: RecordNo;
      readonly b: RecordNo;
      readonly kind: EdgeKind;
    }
  | {
      readonly type: 'unmerged';
      readonly merge: number;
      readonly survivor: PersonId;
      readonly restored: PersonId;
      readonly cut: readonly (readonly [RecordNo, RecordNo])[];
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
