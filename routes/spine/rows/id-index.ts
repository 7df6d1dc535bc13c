import type { DatabaseHandle } from '../../../engine/index.ts';
import { hexDigit, packId, unpackId } from './schema.ts';

/**
 * Which number the resource of a type and id has. Ids are as good as random, and to write each into
 * an index when it comes would write a page for each. So new ones wait in memory, in slices by
 * their place in the index, and when too many wait a whole slice is written, to few pages. Nothing
 * is lost with the memory: `resource` itself is the record of what waits, since `sweep` says up to
 * which number each slice is in the index.
 */
export type IdIndex = {
  /** The resource's number; undefined when there is none. */
  find(typeNo: number, id: string): number | undefined;
  /** Of a resource that `find` did not find, whose row is written in this transaction. */
  add(typeNo: number, id: string, no: number): void;
  /** Reads what others have committed; the first call reads what waits. */
  refresh(): void;
  /** Inside the transaction, before its commit. */
  committing(): void;
  /** The last number given. */
  readonly last: number;
};

export const idIndexSchema = `
CREATE TABLE IF NOT EXISTS resource_id(id ANY, type INT, no INT NOT NULL,
  PRIMARY KEY(id, type)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sweep(slice INTEGER PRIMARY KEY, indexed INT NOT NULL) STRICT;
`;

const slices = 64;
/**
 * Some 3 MB of memory, and as many rows for an opening writer or a reader's miss to look through.
 */
const waitingMaxDefault = 16_384;

/** SQL: every resource up to this number is in the index. */
export const indexedSql = `SELECT CASE count(*) WHEN ${slices} THEN min(indexed) ELSE 0 END
  FROM sweep`;

type Waiting = {
  readonly typeNo: number;
  readonly id: string;
  readonly no: number;
  /** Of another type with the same id. */
  readonly next: Waiting | undefined;
};

export function openIdIndex(db: DatabaseHandle, waitingMax = waitingMaxDefault): IdIndex {
  const sql = prepare(db);
  const waiting = Array.from({ length: slices }, () => new Map<string, Waiting>());
  const indexed = new Array<number>(slices).fill(0);
  let count = 0;
  let slice = 0;
  let last = 0;

  function wait(typeNo: number, id: string, no: number): void {
    const ofSlice = waiting[sliceOf(id)]!;
    ofSlice.set(id, { typeNo, id, no, next: ofSlice.get(id) });
    count += 1;
    last = Math.max(last, no);
  }

  /** Writes the next slice to the index. */
  function sweep(): void {
    const entries = [...entriesOf(waiting[slice]!)].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const { id, typeNo, no } of entries) sql.index.run(packId(id), typeNo, no);
    sql.mark.run(slice, last);
    indexed[slice] = last;
    waiting[slice]!.clear();
    count -= entries.length;
    slice = (slice + 1) % slices;
  }

  /** Drops what somebody else has swept. */
  function dropIndexed(no: number): void {
    const entries = [...entriesOf(waiting[no]!)];
    waiting[no]!.clear();
    count -= entries.length;
    for (const one of entries.reverse())
      if (one.no > indexed[no]!) wait(one.typeNo, one.id, one.no);
  }

  return {
    find(typeNo, id) {
      let one = waiting[sliceOf(id)]!.get(id);
      while (one !== undefined && one.typeNo !== typeNo) one = one.next;
      return one === undefined ? sql.find.get(packId(id), typeNo)?.no : one.no;
    },
    add: wait,
    refresh() {
      for (const { slice: no, indexed: upTo } of sql.marks.all()) {
        if (indexed[no] === upTo) continue;
        indexed[no] = upTo;
        dropIndexed(no);
      }
      const from = Math.max(last, Math.min(...indexed));
      for (const row of sql.after.iterate(from)) {
        const id = unpackId(row.id);
        if (row.no > indexed[sliceOf(id)]!) wait(row.type, id, row.no);
      }
      last = Math.max(last, sql.last.get()!.no);
    },
    committing() {
      while (count > waitingMax) sweep();
    },
    get last() {
      return last;
    },
  };
}

function* entriesOf(ofSlice: ReadonlyMap<string, Waiting>): Generator<Waiting> {
  for (const first of ofSlice.values())
    for (let one: Waiting | undefined = first; one !== undefined; one = one.next) yield one;
}

/** Neighbours in the index are in one slice; ids that are no UUIDs are few, or come in order. */
function sliceOf(id: string): number {
  const high = hexDigit(id.charCodeAt(0));
  const low = hexDigit(id.charCodeAt(1));
  return high < 0 || low < 0 ? id.charCodeAt(id.length - 1) % slices : (high * 16 + low) >> 2;
}

function prepare(db: DatabaseHandle) {
  return {
    find: db.prepare<[Buffer | string, number], { no: number }>(
      'SELECT no FROM resource_id WHERE id = ? AND type = ?',
    ),
    index: db.prepare<[Buffer | string, number, number]>(
      'INSERT INTO resource_id(id, type, no) VALUES(?, ?, ?)',
    ),
    mark: db.prepare<[number, number]>(
      `INSERT INTO sweep(slice, indexed) VALUES(?, ?)
        ON CONFLICT DO UPDATE SET indexed = excluded.indexed`,
    ),
    marks: db.prepare<[], { slice: number; indexed: number }>('SELECT slice, indexed FROM sweep'),
    after: db.prepare<[number], { no: number; type: number; id: Buffer | string }>(
      'SELECT no, type, id FROM resource WHERE no > ? ORDER BY no',
    ),
    last: db.prepare<[], { no: number }>('SELECT coalesce(max(no), 0) AS no FROM resource'),
  };
}
