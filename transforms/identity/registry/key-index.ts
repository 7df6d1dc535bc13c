import { hash } from 'node:crypto';
import type { DatabaseHandle } from '../../../engine/index.ts';
import type { PersonId, RecordNo } from '../events.ts';
import type { Words } from './words.ts';

/**
 * Which records may be meant by a hash of 48 bits: of a person's id (which is the record's own key)
 * or of an identifier that a record carries beside. Hashes are as good as random, and to write each
 * when it comes would write a page for each. So those of new records wait in memory, and when too
 * many wait a whole slice of the index is written, to few pages. Nothing is lost with the memory:
 * the records themselves say what waits, since `record_sweep` says up to which record each slice is
 * written.
 */
export type KeyIndex = {
  /** What is found must be compared: different keys can have one hash. */
  find(hash: number, limit?: number): readonly RecordNo[];
  /** Of a record that is seen in this transaction. */
  add(hash: number, no: RecordNo): void;
  /** Of a record that was seen before. */
  addLate(hash: number, no: RecordNo): void;
  /** Reads what others have committed; the first call reads all that waits. */
  refresh(): void;
  /** After a lost transaction. */
  forget(): void;
};

export const keyIndexSchema = `
CREATE TABLE IF NOT EXISTS record_key(hash INT, record INT, PRIMARY KEY(hash, record))
  STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record_sweep(slice INTEGER PRIMARY KEY, indexed INT NOT NULL) STRICT;
`;

const slices = 64;
const sliceWidth = 2 ** 48 / slices;
/** Some 2 MB of memory, and as many rows for an opening registry to look through. */
const waitingMaxDefault = 16_384;

/** 48 bits of the person's id, which is a hash of the record's key already. */
export function personHash(person: PersonId): number {
  return Number.parseInt(person.slice(0, 8) + person.slice(9, 13), 16);
}

/** An identifier that is not the record's key, among all records that carry it. */
export function carriedHash(system: string, value: string): number {
  const digest = hash('sha1', `carried\u001f${system}\u001f${value}`, 'hex');
  return Number.parseInt(digest.slice(0, 12), 16);
}

/** For a fold, which asks for no key. */
export const noKeyIndex: KeyIndex = {
  find: () => [],
  add() {},
  addLate() {},
  refresh() {},
  forget() {},
};

type Slice = Map<number, RecordNo[]>;

export function openKeyIndex(
  db: DatabaseHandle,
  words: Words,
  waitingMax = waitingMaxDefault,
): KeyIndex {
  const sql = prepare(db);
  let waiting: Slice[] = [];
  let indexed: number[] = [];
  let count = 0;
  let turn = 0;
  /** The last record whose keys were looked at. */
  let last = 0;

  function reset(): void {
    waiting = Array.from({ length: slices }, () => new Map());
    indexed = new Array<number>(slices).fill(0);
    [count, turn, last] = [0, 0, 0];
  }

  function wait(key: number, no: RecordNo): void {
    const slice = waiting[sliceOf(key)]!;
    const records = slice.get(key);
    if (records === undefined) slice.set(key, [no]);
    else if (!records.includes(no)) records.push(no);
    else return;
    count += 1;
    last = Math.max(last, no);
  }

  function drop(slice: Slice, isDropped: (no: RecordNo) => boolean): void {
    for (const [key, records] of slice) {
      const left = records.filter((no) => !isDropped(no));
      count -= records.length - left.length;
      if (left.length === 0) slice.delete(key);
      else slice.set(key, left);
    }
  }

  /** Writes the next slice. */
  function sweep(): void {
    const slice = waiting[turn]!;
    for (const [key, records] of [...slice].sort(([one], [other]) => one - other))
      for (const no of records) sql.index.run(key, no);
    // Of the last record some keys may still come.
    sql.mark.run(turn, last - 1);
    indexed[turn] = last - 1;
    drop(slice, () => true);
    turn = (turn + 1) % slices;
  }

  function waitUnlessIndexed(key: number, no: RecordNo): void {
    if (no > indexed[sliceOf(key)]!) wait(key, no);
  }

  reset();
  return {
    find(key, limit) {
      const found = limit === undefined ? sql.findAll.all(key) : sql.find.all(key, limit);
      const waits = waiting[sliceOf(key)]!.get(key);
      return waits === undefined ? found : [...new Set([...found, ...waits])].slice(0, limit);
    },
    add(key, no) {
      wait(key, no);
      while (count > waitingMax) sweep();
    },
    addLate(key, no) {
      sql.index.run(key, no);
    },
    refresh() {
      for (const { slice, indexed: through } of sql.marks.all()) {
        if (indexed[slice] === through) continue;
        indexed[slice] = through;
        drop(waiting[slice]!, (no) => no <= through);
      }
      const from = Math.max(last, Math.min(...indexed));
      for (const { no, key } of sql.keysAfter.iterate(from)) waitUnlessIndexed(key, no);
      for (const { no, system, value } of sql.carriedAfter.iterate(from))
        waitUnlessIndexed(carriedHash(words.text(system), value), no);
      last = Math.max(last, sql.last.get()!.no);
    },
    forget: reset,
  };
}

const sliceOf = (key: number) => Math.floor(key / sliceWidth);

/** SQL: keys of records that the index should have and has not. */
export const missingKeysSql = `SELECT count(*) AS missing FROM record
  WHERE no <= coalesce((SELECT indexed FROM record_sweep WHERE slice = key / ${sliceWidth}), 0)
    AND NOT EXISTS (SELECT 1 FROM record_key WHERE hash = key AND record_key.record = no)`;

function prepare(db: DatabaseHandle) {
  return {
    // A bound LIMIT costs five times the search itself.
    findAll: db
      .prepare('SELECT record FROM record_key WHERE hash = ? ORDER BY record')
      .pluck() as unknown as { all(hash: number): number[] },
    find: db
      .prepare('SELECT record FROM record_key WHERE hash = ? ORDER BY record LIMIT ?')
      .pluck() as unknown as { all(hash: number, limit: number): number[] },
    index: db.prepare<[number, number]>('INSERT OR IGNORE INTO record_key VALUES(?, ?)'),
    mark: db.prepare<[number, number]>(
      `INSERT INTO record_sweep(slice, indexed) VALUES(?, ?)
        ON CONFLICT DO UPDATE SET indexed = excluded.indexed`,
    ),
    marks: db.prepare<[], { slice: number; indexed: number }>('SELECT * FROM record_sweep'),
    keysAfter: db.prepare<[number], { no: number; key: number }>(
      'SELECT no, key FROM record WHERE no > ? ORDER BY no',
    ),
    carriedAfter: db.prepare<[number], { no: number; system: number; value: string }>(
      `SELECT no, identifier.system, identifier.value FROM identifier
        JOIN record ON record.no = identifier.record
        WHERE identifier.record > ?
          AND NOT (identifier.system = record.system AND identifier.value = record.value)`,
    ),
    last: db.prepare<[], { no: number }>('SELECT coalesce(max(no), 0) AS no FROM record'),
  };
}
