import { hash } from 'node:crypto';
import type { DatabaseHandle } from '../../../../engine/index.ts';
import { createTableKeys } from '../../block/index.ts';
import type { PersonId, RecordNo } from '../../events.ts';
import type { Words } from './words.ts';

/**
 * Which records may be meant by a hash of 48 bits: of a person's id (which is the record's own
 * key), of an identifier that a record carries beside, or of a Patient resource. Hashes are as good
 * as random, and to write each when it comes would write a page for each. So those of new records
 * wait in memory, and when too many wait a whole slice of the index is written, to few pages.
 * Nothing is lost with the memory: the records themselves say what waits, since `record_sweep` says
 * up to which record each slice is written.
 *
 * Who is new is looked for in vain: filters say of most hashes that the table has none such,
 * without reading it. What is written at once stands in `record_late` too, so that the filters of
 * other connections learn of it.
 */
export type KeyIndex = {
  /** What is found must be compared: different keys can have one hash. */
  find(hash: number, limit?: number): readonly RecordNo[];
  /** Of a record that is first seen in this transaction. */
  add(hash: number, no: RecordNo): void;
  /** Of a record that was seen before. */
  addLate(hash: number, no: RecordNo): void;
  /** What is no key of this record any more need not be compared again. */
  remove(hash: number, no: RecordNo): void;
  /** Reads what others have committed; the first call reads all that waits. */
  refresh(): void;
  /** After a lost transaction. */
  forget(): void;
};

export const keyIndexSchema = `
CREATE TABLE IF NOT EXISTS record_key(hash INT, record INT, PRIMARY KEY(hash, record))
  STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record_sweep(slice INTEGER PRIMARY KEY, indexed INT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS record_late(no INTEGER PRIMARY KEY, hash INT NOT NULL) STRICT;
`;

const slices = 64;
const sliceWidth = 2 ** 48 / slices;
/** Some 5 MB of memory, and a third as many records for an opening registry to look through. */
const waitingMaxDefault = 65_536;
/** Who has not read along for longer reads the index itself again. */
const lateRowsMax = 10_000;

/** 48 bits of the person's id, which is a hash of the record's key already. */
export function personHash(person: PersonId): number {
  return Number.parseInt(person.slice(0, 8) + person.slice(9, 13), 16);
}

/** The last 48 bits of a resource's id: where ids count up, it is these that differ. */
export function resourceHash(resource: string): number {
  return Number.parseInt(resource.slice(24), 16);
}

/** As `resourceHash`, of the bytes of the id. */
export const resourceHashOf = (bytes: Buffer): number => bytes.readUIntBE(10, 6);

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
  remove() {},
  refresh() {},
  forget() {},
};

/** Nearly every key is one record's: no list is made for it. */
type Slice = Map<number, RecordNo | readonly RecordNo[]>;

const listOf = (records: RecordNo | readonly RecordNo[]): readonly RecordNo[] =>
  typeof records === 'number' ? [records] : records;

const sliceOf = (key: number) => Math.floor(key / sliceWidth);

export function openKeyIndex(
  db: DatabaseHandle,
  words: Words,
  waitingMax = waitingMaxDefault,
): KeyIndex {
  const sql = prepare(db);
  const inTable = createTableKeys(slices, sliceOf);
  let waiting: Slice[] = [];
  let indexed: number[] = [];
  let count = 0;
  let turn = 0;
  /** The last record whose keys were looked at. */
  let last = 0;
  /** The last key written at once that is known here; undefined before the first is looked for. */
  let late: number | undefined;

  function reset(): void {
    waiting = Array.from({ length: slices }, () => new Map());
    indexed = new Array<number>(slices).fill(0);
    [count, turn, last, late] = [0, 0, 0, undefined];
  }

  function wait(key: number, no: RecordNo): void {
    const slice = waiting[sliceOf(key)]!;
    const records = slice.get(key);
    if (records === undefined) slice.set(key, no);
    else if (!listOf(records).includes(no)) slice.set(key, [...listOf(records), no]);
    else return;
    count += 1;
    last = Math.max(last, no);
  }

  function drop(slice: Slice, isDropped: (no: RecordNo) => boolean): void {
    for (const [key, waits] of slice) {
      const records = listOf(waits);
      const left = records.filter((no) => !isDropped(no));
      if (left.length === records.length) continue;
      inTable.add(key);
      count -= records.length - left.length;
      if (left.length === 0) slice.delete(key);
      else slice.set(key, left);
    }
  }

  /** Writes the next slice. */
  function sweep(): void {
    const slice = waiting[turn]!;
    for (const [key, records] of [...slice].sort(([one], [other]) => one - other))
      for (const no of listOf(records)) sql.index.run(key, no);
    // Of the last record some keys may still come.
    sql.mark.run(turn, last - 1);
    indexed[turn] = last - 1;
    drop(slice, () => true);
    // Its pages have just been at hand.
    if (inTable.isDue(turn))
      inTable.read(turn, sql.keysOf.all(turn * sliceWidth, (turn + 1) * sliceWidth));
    turn = (turn + 1) % slices;
    if (late !== undefined) sql.dropLate.run(late - lateRowsMax);
  }

  function waitUnlessIndexed(key: number, no: RecordNo): void {
    if (no > indexed[sliceOf(key)]!) wait(key, no);
    else inTable.add(key);
  }

  function addLate(key: number, no: RecordNo): void {
    if (sql.index.run(key, no).changes === 0) return;
    inTable.add(key);
    late = Number(sql.addLate.run(key).lastInsertRowid);
  }

  /** What others have written at once since. */
  function refreshLate(): void {
    if (late === undefined) {
      late = sql.lastLate.get()!;
      if (last === 0 && late === 0 && sql.last.get()!.no === 0) inTable.empty();
      else inTable.forget();
      return;
    }
    const before = late;
    for (const { no, hash: key } of sql.late.iterate(before)) {
      if (late === before && no > before + 1) inTable.forget();
      late = no;
      inTable.add(key);
    }
  }

  reset();
  return {
    find(key, limit) {
      const waiters = waiting[sliceOf(key)]!.get(key);
      const waits = waiters === undefined ? undefined : listOf(waiters);
      if (!inTable.mayHave(key)) return waits?.slice(0, limit) ?? nobody;
      const found = limit === undefined ? sql.findAll.all(key) : sql.find.all(key, limit);
      return waits === undefined ? found : [...new Set([...found, ...waits])].slice(0, limit);
    },
    add(key, no) {
      // Where a slice was written between two keys of one record, what comes after goes at once.
      if (no <= indexed[sliceOf(key)]!) addLate(key, no);
      else wait(key, no);
      while (count > waitingMax) sweep();
    },
    addLate,
    remove(key, no) {
      const slice = waiting[sliceOf(key)]!;
      const waits = listOf(slice.get(key) ?? nobody);
      const left = waits.filter((other) => other !== no);
      if (left.length === waits.length) sql.remove.run(key, no);
      else {
        count -= 1;
        if (left.length === 0) slice.delete(key);
        else slice.set(key, left);
      }
    },
    refresh() {
      refreshLate();
      for (const { slice, indexed: through } of sql.marks.all()) {
        if (indexed[slice] === through) continue;
        indexed[slice] = through;
        drop(waiting[slice]!, (no) => no <= through);
      }
      const ofAll = Math.min(...indexed);
      // What all slices hold already is read by nobody.
      if (ofAll > last) inTable.forget();
      const from = Math.max(last, ofAll);
      for (const { no, key } of sql.keysAfter.iterate(from)) waitUnlessIndexed(key, no);
      for (const { no, system, value } of sql.carriedAfter.iterate(from))
        waitUnlessIndexed(carriedHash(words.text(system), value), no);
      for (const { record: no, resource } of sql.patientsAfter.iterate(from))
        waitUnlessIndexed(resourceHashOf(resource), no);
      last = Math.max(last, sql.last.get()!.no);
    },
    forget: reset,
  };
}

const nobody: readonly RecordNo[] = [];

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
    remove: db.prepare<[number, number]>('DELETE FROM record_key WHERE hash = ? AND record = ?'),
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
    patientsAfter: db.prepare<[number], { record: number; resource: Buffer }>(
      'SELECT record, resource FROM patient_of WHERE record > ?',
    ),
    keysOf: db
      .prepare('SELECT hash FROM record_key WHERE hash >= ? AND hash < ?')
      .pluck() as unknown as { all(from: number, to: number): number[] },
    addLate: db.prepare<[number]>('INSERT INTO record_late(hash) VALUES(?)'),
    late: db.prepare<[number], { no: number; hash: number }>(
      'SELECT no, hash FROM record_late WHERE no > ? ORDER BY no',
    ),
    lastLate: db.prepare<[], number>('SELECT coalesce(max(no), 0) FROM record_late').pluck(),
    dropLate: db.prepare<[number]>('DELETE FROM record_late WHERE no <= ?'),
    last: db.prepare<[], { no: number }>('SELECT coalesce(max(no), 0) AS no FROM record'),
  };
}
