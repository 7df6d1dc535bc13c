import type { DatabaseHandle } from '../../../engine/index.ts';
import { identityRefusal } from '../errors.ts';
import type { Cause, IdentityEvent, PersonId, RecordNo, StoredEvent } from '../events.ts';
import type { PersonRecord } from '../record.ts';
import { apply, type State } from './fold.ts';
import {
  type EventRow,
  eventTypes,
  fromRow,
  type KeyIndex,
  openEdges,
  openKeyIndex,
  openRecords,
  openReviews,
  openWords,
  type RecordState,
  toRow,
  type Words,
} from './tables/index.ts';

/** When and why: the time of the message or of the order, never the wall clock. */
export type Occasion = { readonly atUs: number; readonly cause: Cause };

/** What keeps two records apart whatever the score; the ids of the vetoes that fire. */
export type Judge = (a: PersonRecord, b: PersonRecord) => readonly { readonly id: string }[];

export type RegistryOptions = {
  /** Most records that one person may have. */
  readonly clusterMax: number;
  /** Absent: no veto is known, as for a reader. */
  readonly judge?: Judge;
  /** A share of automatic links that stewards judge without seeing the decision. */
  readonly audit?: { readonly share: number; readonly seed: string };
  /** Keys that wait in memory to be indexed; for tests. */
  readonly keysWaitingMax?: number;
  /** Hashes that reviews opened here carry. */
  readonly model?: string;
  readonly policy?: string;
};

/** The event log with the state that it folds into: what every part of the registry works on. */
export type Log = State & {
  readonly db: DatabaseHandle;
  readonly words: Words;
  readonly keys: KeyIndex;
  readonly options: RegistryOptions;
  /** Number of the last event. */
  readonly last: number;
  append(event: IdentityEvent, on: Occasion): number;
  nextRecord(): RecordNo;
  event(seq: number): StoredEvent | undefined;
  /** Throws `identity-unknown-record`. */
  record(no: RecordNo): RecordState;
  personOf(no: RecordNo): PersonId;
  membersOf(no: RecordNo): readonly RecordNo[];
  /**
   * At the start of a transaction: what another connection has committed makes memory doubtful.
   * Says what that was; undefined when there was no commit.
   */
  begun(): Changes | undefined;
  forget(): void;
};

/** Records of which others say something else now; undefined: it may be any. */
export type Changes = { readonly records: readonly RecordNo[] | undefined };

export function openLog(db: DatabaseHandle, options: RegistryOptions): Log {
  const words = openWords(db);
  const keys = openKeyIndex(db, words, options.keysWaitingMax);
  const state: State = {
    records: openRecords(db, words, keys),
    edges: openEdges(db),
    reviews: openReviews(db),
  };
  const sql = prepare(db);
  let version: unknown;
  let last = 0;
  let lastRecord = 0;

  function record(no: RecordNo): RecordState {
    const found = state.records.get(no);
    if (found === undefined) throw identityRefusal('identity-unknown-record');
    return found;
  }

  function forget(): void {
    words.forget();
    state.records.forget();
    keys.forget();
    last = 0;
    catchUp();
  }

  /** Drops what others have written about since; a change of the graph may concern anybody. */
  function catchUp(): Changes {
    const touched: RecordNo[] = [];
    const records: RecordNo[] | undefined = last === 0 ? undefined : [];
    let isAny = last === 0;
    if (!isAny)
      for (const { type, a } of sql.after.iterate(last)) {
        if (!aloneTypes.has(type)) isAny = true;
        else if (a !== null) touched.push(a);
        if (type === changedType && a !== null) records?.push(a);
      }
    state.records.stale(isAny ? undefined : touched);
    last = sql.last.get()!.seq;
    lastRecord = sql.lastRecord.get()!.no;
    keys.refresh();
    return { records };
  }

  return {
    ...{ db, words, keys, options, ...state, record, forget },
    get last() {
      return last;
    },
    append(event, on) {
      const stored = { ...event, seq: last + 1, ...on };
      const row = toRow(stored, words);
      const { seq, type, at_us, a, b, message, generation, cause, body } = row;
      sql.add.run(seq, type, at_us, a, b, message, generation, cause, body);
      last = seq;
      apply(state, stored);
      return seq;
    },
    nextRecord() {
      lastRecord += 1;
      return lastRecord;
    },
    event(seq) {
      const row = sql.event.get(seq);
      return row && fromRow(row, words);
    },
    personOf: (no) => record(record(no).anchor).ownPerson,
    membersOf: (no) => state.records.members(record(no).anchor),
    begun() {
      const now = sql.dataVersion.get();
      if (now === version) return undefined;
      version = now;
      return catchUp();
    },
  };
}

const changedType = eventTypes.indexOf('changed');

/** Events that concern the record `a` alone, or no record's state at all. */
const aloneTypes: ReadonlySet<number> = new Set(
  (
    ['seen', 'changed', 'scored', 'queued', 'reviewed', 'do-not-link', 'policy-changed'] as const
  ).map((type) => eventTypes.indexOf(type)),
);

function prepare(db: DatabaseHandle) {
  return {
    dataVersion: db.prepare<[], number>('PRAGMA data_version').pluck(),
    last: db.prepare<[], { seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM event'),
    lastRecord: db.prepare<[], { no: number }>('SELECT coalesce(max(no), 0) AS no FROM record'),
    after: db.prepare<[number], { type: number; a: number | null }>(
      'SELECT type, a FROM event WHERE seq > ?',
    ),
    event: db.prepare<[number], EventRow>('SELECT * FROM event WHERE seq = ?'),
    add: db.prepare(
      `INSERT INTO event(seq, type, at_us, a, b, message, generation, cause, body)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
