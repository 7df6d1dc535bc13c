import type { Assessment } from '../../assessment.ts';
import { identityRefusal } from '../../errors.ts';
import type {
  IdentityEvent,
  PersonId,
  RecordNo,
  ReviewKind,
  ReviewOutcome,
  Sighting,
  StoredEvent,
} from '../../events.ts';
import type { Log, Occasion } from '../log.ts';
import type { ReviewState, SourceIdentifier } from '../tables/index.ts';
import type { Decisions } from './decisions.ts';
import { hasSecond, vetoedPairs } from './joining.ts';
import { detach, doNotLink, type Unmerged } from './parting.ts';

/** What is put before a steward. */
export type ReviewRequest = Omit<
  Extract<IdentityEvent, { type: 'queued' }>,
  'type' | 'model' | 'policy'
>;

/**
 * Opens a review and gives its number; undefined when the same one is open already, whichever of
 * the two records was named first.
 */
export function queue(log: Log, request: ReviewRequest, on: Occasion): number | undefined {
  const { kind, a, b } = request;
  const { model = '', policy = '' } = log.options;
  const isOpen =
    log.reviews.findOpen(kind, a, b) ?? (b === undefined ? b : log.reviews.findOpen(kind, b, a));
  if (isOpen !== undefined) return undefined;
  return log.append({ type: 'queued', ...request, model, policy }, on);
}

/** A steward's word on a review. */
export type ReviewOrder = {
  readonly review: number;
  readonly outcome: ReviewOutcome;
  /** Of several candidates, the one that the outcome is about. */
  readonly chosen?: RecordNo;
};

export type Reviewed = {
  /** The person of the record in question afterwards. */
  readonly person: PersonId;
  /** What "different" took apart: records that had been linked. */
  readonly parted: readonly Unmerged[];
};

/**
 * "Same" links the two persons; "different" keeps the two records apart for ever; the others only
 * close the review. Of an overlay, "different" takes the record out of its person. Throws
 * `identity-unknown-review`, `identity-review-closed`, `identity-review-choice`,
 * `identity-second-person`, `identity-do-not-link` and `identity-cluster-cap`; then nothing was
 * written.
 */
export function review(
  log: Log,
  decisions: Decisions,
  { review: no, outcome, chosen }: ReviewOrder,
  on: Occasion,
): Reviewed {
  const { state, queued } = find(log, no);
  if (state.outcome !== undefined) throw identityRefusal('identity-review-closed');
  const several = queued.kind === 'two-candidates';
  if (chosen !== undefined && chosen !== queued.b && !queued.candidates.includes(chosen))
    throw identityRefusal('identity-review-choice');
  if (several && outcome === 'same' && chosen === undefined)
    throw identityRefusal('identity-review-choice');
  const { a } = queued;
  const b = chosen ?? queued.b;
  const isSame = outcome === 'same' && b !== undefined && queued.kind !== 'audit';
  if (isSame) refuseSame(log, queued, b, on);
  const about = b === undefined || (several && chosen === undefined) ? {} : { b };
  log.append({ type: 'reviewed', review: no, a, ...about, outcome }, on);
  if (isSame) joinSame(log, queued, b, on);
  const parted = outcome === 'different' ? keepApart(log, decisions, queued, chosen, on) : [];
  return { person: log.personOf(a), parted };
}

type Queued = Extract<StoredEvent, { type: 'queued' }>;

function find(log: Log, no: number): { readonly state: ReviewState; readonly queued: Queued } {
  const state = log.reviews.get(no);
  const queued = log.event(no);
  if (state === undefined || queued?.type !== 'queued')
    throw identityRefusal('identity-unknown-review');
  return { state, queued };
}

/** Does "same" need two stewards: did a veto fire then, or does one now between the persons? */
function needsSecond(log: Log, queued: Queued, b: RecordNo | undefined): boolean {
  return (
    (queued.assessment?.vetoes.length ?? 0) > 0 ||
    queued.kind === 'veto' ||
    queued.kind === 'merge-vetoed' ||
    (b !== undefined && vetoedPairs(log, queued.a, b).length > 0)
  );
}

function refuseSame(log: Log, queued: Queued, b: RecordNo, { cause }: Occasion): void {
  if (needsSecond(log, queued, b) && !(cause.kind === 'steward' && hasSecond(cause)))
    throw identityRefusal('identity-second-person');
  const all = new Set([...log.membersOf(queued.a), ...log.membersOf(b)]);
  if (log.edges.forbiddenAmong(all)) throw identityRefusal('identity-do-not-link');
  if (all.size > log.options.clusterMax) throw identityRefusal('identity-cluster-cap');
}

/** The older person survives, except where a source has said which of its records does. */
function joinSame(log: Log, queued: Queued, other: RecordNo, on: Occasion): void {
  const { kind, assessment } = queued;
  const isTurned =
    kind !== 'merge-vetoed' && log.record(other).anchor < log.record(queued.a).anchor;
  const [a, b] = isTurned ? [other, queued.a] : [queued.a, other];
  const vetoed = vetoedPairs(log, a, b);
  const weight = assessment?.weight ?? 0;
  log.append({ type: 'linked', a, b, kind: 'review', weight }, on);
  for (const [one, two] of vetoed)
    if (one !== a || two !== b)
      log.append({ type: 'linked', a: one, b: two, kind: 'review', weight: 0 }, on);
}

function keepApart(
  log: Log,
  decisions: Decisions,
  queued: Queued,
  chosen: RecordNo | undefined,
  on: Occasion,
): readonly Unmerged[] {
  const { a, b, candidates } = queued;
  if (b === undefined) {
    detach(log, a, 'overlay', on);
    return [];
  }
  const others = chosen === undefined ? new Set([b, ...candidates]) : new Set([chosen]);
  return [...others].flatMap(
    (other) => doNotLink(log, decisions, a, other, 'reviewed as different', on) ?? [],
  );
}

/** A review as a steward sees it, side by side. */
export type ReviewCase = {
  readonly review: number;
  /** A blind sample looks like any other pair. */
  readonly kind: Exclude<ReviewKind, 'audit'>;
  readonly openedUs: number;
  readonly outcome: ReviewOutcome | undefined;
  /** The record in question first, then whom it may be. */
  readonly sides: readonly ReviewSide[];
  /** The waterfall; absent where nothing was scored. */
  readonly assessment: Assessment | undefined;
  readonly reasons: readonly string[];
  /** "Same" needs a second, other steward. */
  readonly needsSecond: boolean;
  /** The two have become one person since. */
  readonly isMoot: boolean;
};

export type ReviewSide = {
  readonly record: RecordNo;
  readonly system: string;
  readonly value: string;
  readonly person: PersonId;
  readonly sighting: Sighting;
  readonly identifiers: readonly SourceIdentifier[];
};

/** Throws `identity-unknown-review`. */
export function reviewCase(log: Log, no: number): ReviewCase {
  const { state, queued } = find(log, no);
  const { kind, a, b, candidates, assessment, reasons } = queued;
  const isBlind = kind === 'audit';
  const others = b === undefined ? [] : [...new Set([b, ...candidates])];
  return {
    ...{ review: no, kind: isBlind ? 'match' : kind, openedUs: state.openedUs, assessment },
    outcome: state.outcome,
    sides: [a, ...others].map((record) => sideOf(log, record, isBlind)),
    reasons: isBlind ? [] : reasons,
    needsSecond: needsSecond(log, queued, b),
    isMoot: !isBlind && b !== undefined && log.personOf(a) === log.personOf(b),
  };
}

/** In a blind sample each record stands for itself: that they are linked is the decision. */
function sideOf(log: Log, no: RecordNo, isBlind: boolean): ReviewSide {
  const { system, value, ownPerson } = log.record(no);
  return {
    ...{ record: no, system, value },
    person: isBlind ? ownPerson : log.personOf(no),
    sighting: log.records.sighting(log.record(no)),
    identifiers: log.records.identifiers(no),
  };
}
