import type { DatabaseHandle } from '../../../engine/index.ts';
import type { RefusalCode } from '../errors.ts';
import type {
  EdgeKind,
  IdentityEvent,
  Pair,
  PersonId,
  RecordNo,
  Sighting,
  StoredEvent,
} from '../events.ts';
import type { Survivorship } from '../policy/index.ts';
import {
  type Decisions,
  detach,
  doNotLink,
  type Link,
  type LinkResult,
  link,
  type Merge,
  merge,
  mergeRefusal,
  openDecisions,
  type Parting,
  queue,
  type ReviewCase,
  type Reviewed,
  type ReviewOrder,
  type ReviewRequest,
  review,
  reviewCase,
  separate,
  type Unmerged,
  unmerge,
  vetoedPairs,
} from './acts/index.ts';
import {
  type AuditRate,
  auditRate,
  type Explanation,
  explain,
  type GoldenRecord,
  goldenRecord,
  history,
  type LabelledPair,
  labelledPairs,
} from './asking/index.ts';
import { type Log, type Occasion, openLog, type RegistryOptions } from './log.ts';
import {
  type Crosswalk,
  type Edge,
  makeTables,
  openCrosswalk,
  personIdOf,
  type RecordState,
  type ReviewCount,
  type ReviewState,
  type SourceIdentifier,
} from './tables/index.ts';

/** What a source files a person under, and what it says of them. */
export type SeenRecord = Sighting & { readonly system: string; readonly value: string };

/**
 * The graph of persons, as the stage and the stewards use it; every call happens inside one
 * transaction, and writes its events and the state together. After a rollback, `forget`.
 */
export type IdentityRegistry = Decisions & {
  readonly crosswalk: Crosswalk;
  /**
   * At the start of a transaction. Returns the records of which another connection has said
   * something else since; undefined: it may be any.
   */
  begun(): readonly RecordNo[] | undefined;
  forget(): void;

  recordOf(system: string, value: string): RecordNo | undefined;
  /** Throws `identity-unknown-record`. */
  record(no: RecordNo): RecordState;
  sighting(no: RecordNo): Sighting;
  /** Every identifier that a source ever gave this record. */
  identifiers(no: RecordNo): readonly SourceIdentifier[];
  /** Records under this identifier or carrying it, at any time; the one filed under it first. */
  carriers(system: string, value: string, limit: number): readonly RecordNo[];
  /** Whoever has given a number to anybody. */
  authorities(): readonly string[];
  personOf(no: RecordNo): PersonId;
  /** All records of the person that this record belongs to. */
  membersOf(no: RecordNo): readonly RecordNo[];
  /** The person that this id names now, also after it was absorbed; undefined: no such id. */
  resolve(person: PersonId): PersonId | undefined;
  /** The record that a person's id is anchored to. */
  anchored(person: PersonId): RecordNo | undefined;
  edgesOf(no: RecordNo): readonly Edge[];
  mayNotLink(a: RecordNo, b: RecordNo): boolean;
  event(seq: number): StoredEvent | undefined;
  /** The person as all its records know it together. */
  golden(no: RecordNo, policy: Survivorship): GoldenRecord;
  history(person: PersonId): readonly StoredEvent[];
  explain(a: RecordNo, b: RecordNo): Explanation;
  /** Open reviews, oldest first; `after` is the number of the last one of the page before. */
  openReviews(page: { readonly after: number; readonly limit: number }): readonly ReviewState[];
  reviewCounts(): readonly ReviewCount[];
  reviewCase(review: number): ReviewCase;
  labelledPairs(): Generator<LabelledPair>;
  auditRate(): AuditRate;

  see(seen: SeenRecord, on: Occasion): RecordNo;
  change(no: RecordNo, sighting: Sighting, on: Occasion): void;
  scored(event: Omit<Extract<IdentityEvent, { type: 'scored' }>, 'type'>, on: Occasion): void;
  policyChanged(policy: string, model: string, on: Occasion): void;
  link(links: readonly Link[], kind: Exclude<EdgeKind, 'order'>, on: Occasion): LinkResult;
  /**
   * Sees to it that two records are of two persons, each with the records that the strongest
   * evidence gives to it. Single edges are never taken away: the two might stay joined by others.
   */
  separate(a: RecordNo, b: RecordNo, reason: string, on: Occasion): void;
  /** Takes a record out of its person, away from everybody else. */
  detach(no: RecordNo, reason: string, on: Occasion): void;
  /** For ever: separates the two first where they are of one person. */
  doNotLink(a: RecordNo, b: RecordNo, reason: string, on: Occasion): Unmerged | undefined;
  /** Puts something before a steward; undefined when the same is open already. */
  queue(request: ReviewRequest, on: Occasion): number | undefined;
  review(order: ReviewOrder, on: Occasion): Reviewed;
  vetoedPairs(a: RecordNo, b: RecordNo): readonly Pair[];
  mergeRefusal(a: RecordNo, b: RecordNo, on: Occasion): RefusalCode | undefined;
  merge(a: RecordNo, b: RecordNo, kind: 'source' | 'order', on: Occasion): Merge;
  unmerge(parting: Parting, on: Occasion, options?: { readonly undo?: boolean }): Unmerged;
};

/**
 * Makes the tables where they are not there yet. On a read-only handle it only answers; call
 * `begun` inside a transaction before a question, as a writer does.
 */
export function openRegistry(db: DatabaseHandle, options: RegistryOptions): IdentityRegistry {
  if (!db.readonly) makeTables(db);
  const log = openLog(db, options);
  const crosswalk = openCrosswalk(db, log.keys);
  const decisions = openDecisions(log);
  const { decided, decide, since } = decisions;
  const begun = () => {
    const changes = log.begun();
    if (changes === undefined) return [];
    decisions.refresh();
    return changes.records;
  };
  begun();
  return {
    ...{ crosswalk, decided, decide, since, begun },
    ...reading(log),
    ...writing(log, decisions),
    forget() {
      log.forget();
      crosswalk.forget();
      decisions.refresh();
    },
  };
}

function reading(log: Log) {
  const { records, edges, reviews } = log;
  return {
    recordOf: records.recordOf,
    record: log.record,
    sighting: (no: RecordNo) => records.sighting(log.record(no)),
    identifiers: records.identifiers,
    carriers: records.carriers,
    authorities: log.words.authorities,
    personOf: log.personOf,
    membersOf: log.membersOf,
    resolve(person: PersonId) {
      const no = records.anchored(person);
      return no === undefined ? undefined : log.personOf(no);
    },
    anchored: records.anchored,
    edgesOf: edges.of,
    mayNotLink: edges.isForbidden,
    event: log.event,
    golden: (no: RecordNo, policy: Survivorship) => goldenRecord(log, no, policy),
    history: (person: PersonId) => history(log, person),
    explain: (a: RecordNo, b: RecordNo) => explain(log, a, b),
    openReviews: reviews.open,
    reviewCounts: reviews.count,
    reviewCase: (no: number) => reviewCase(log, no),
    labelledPairs: () => labelledPairs(log),
    auditRate: () => auditRate(log),
  };
}

function writing(log: Log, decisions: Decisions) {
  type Writing = Pick<
    IdentityRegistry,
    | ('see' | 'change' | 'scored' | 'policyChanged' | 'link' | 'separate' | 'detach')
    | ('queue' | 'review' | 'doNotLink' | 'vetoedPairs' | 'mergeRefusal' | 'merge' | 'unmerge')
  >;
  const written: Writing = {
    see(seen, on) {
      const { system, value } = seen;
      const [record, person] = [log.nextRecord(), personIdOf(system, value)];
      log.append({ type: 'seen', record, person, ...seen }, on);
      return record;
    },
    change(record, sighting, on) {
      log.append({ type: 'changed', record: log.record(record).no, ...sighting }, on);
    },
    scored(event, on) {
      log.append({ type: 'scored', ...event }, on);
    },
    policyChanged(policy, model, on) {
      log.append({ type: 'policy-changed', policy, model }, on);
    },
    link: (links, kind, on) => link(log, links, kind, on),
    separate: (a, b, reason, on) => separate(log, a, b, reason, on),
    detach: (no, reason, on) => detach(log, no, reason, on),
    doNotLink: (a, b, reason, on) => doNotLink(log, decisions, a, b, reason, on),
    queue: (request, on) => queue(log, request, on),
    review: (order, on) => review(log, decisions, order, on),
    vetoedPairs: (a, b) => vetoedPairs(log, a, b),
    mergeRefusal: (a, b, on) => mergeRefusal(log, a, b, on),
    merge: (a, b, kind, on) => merge(log, a, b, kind, on),
    unmerge: (parting, on, options) => unmerge(log, decisions, parting, on, options),
  };
  return written;
}
