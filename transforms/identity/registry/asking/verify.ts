import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DatabaseHandle, openDatabase } from '../../../../engine/index.ts';
import { apply, type State } from '../fold.ts';
import {
  type EventRow,
  fromRow,
  missingKeysSql,
  noKeyIndex,
  openEdges,
  openRecords,
  openReviews,
  openWords,
  registrySchema,
  stateTables,
} from '../tables/index.ts';

export type Verification = {
  readonly events: number;
  readonly records: number;
  readonly persons: number;
  /** Empty when the state is the fold of the events; names tables and row numbers, no values. */
  readonly findings: readonly string[];
};

const findingsMax = 20;

/**
 * Folds the events of a registry from the first one into a scratch file beside it, and compares
 * every row of the state. Throws what `openDatabase` throws.
 */
export function verifyRegistry(file: string, key: Buffer): Verification {
  const db = openDatabase(file, { key, readonly: true });
  const folder = mkdtempSync(join(dirname(file), 'verify-'));
  const scratchKey = randomBytes(32);
  const scratch = openDatabase(join(folder, 'fold.db'), { key: scratchKey, cacheKiB: 64 * 1024 });
  try {
    // One snapshot, however long it takes and whoever writes meanwhile.
    db.exec('BEGIN');
    scratch.pragma('synchronous = OFF');
    scratch.exec(registrySchema);
    scratch.exec('BEGIN');
    const findings: string[] = [];
    const events = foldInto(scratch, db, findings);
    for (const table of Object.keys(stateTables)) findings.push(...differences(table, db, scratch));
    const { missing } = db.prepare<[], { missing: number }>(missingKeysSql).get()!;
    if (missing > 0) findings.push(`record_key: ${missing} records cannot be found`);
    return { events, ...counts(db), findings: findings.slice(0, findingsMax) };
  } finally {
    scratch.close();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every row of the state as text, for tests: two states are equal when their texts are. */
export function stateText(db: DatabaseHandle): string {
  return Object.entries(stateTables)
    .map(([table, order]) => `${table}\n${rowsText(db, table, order)}`)
    .join('\n');
}

function foldInto(scratch: DatabaseHandle, db: DatabaseHandle, findings: string[]): number {
  const addWord = scratch.prepare('INSERT INTO word(no, text) VALUES(?, ?)');
  for (const row of db.prepare('SELECT no, text FROM word').raw().iterate())
    addWord.run(...(row as [number, string]));
  const words = openWords(scratch);
  const state: State = {
    records: openRecords(scratch, words, noKeyIndex),
    edges: openEdges(scratch),
    reviews: openReviews(scratch),
  };
  let events = 0;
  for (const row of db.prepare<[], EventRow>('SELECT * FROM event ORDER BY seq').iterate()) {
    events += 1;
    if (row.seq !== events && findings.length === 0)
      findings.push(`event ${events} is missing: the next is ${row.seq}`);
    apply(state, fromRow(row, words));
  }
  return events;
}

function differences(table: string, db: DatabaseHandle, scratch: DatabaseHandle): string[] {
  const order = stateTables[table as keyof typeof stateTables];
  const found: string[] = [];
  const stored = rows(db, table, order);
  const folded = rows(scratch, table, order);
  let [one, other] = [stored.next(), folded.next()];
  for (let place = 1; !(one.done && other.done); place += 1) {
    if (JSON.stringify(one.value) !== JSON.stringify(other.value)) {
      const what = one.done ? 'is missing' : other.done ? 'comes from no event' : 'differs';
      found.push(`${table}: row ${place} ${what}`);
      if (found.length >= findingsMax) break;
    }
    [one, other] = [stored.next(), folded.next()];
  }
  stored.return?.();
  folded.return?.();
  return found;
}

function rows(db: DatabaseHandle, table: string, order: string): Iterator<unknown, undefined> {
  return db.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).raw().iterate() as Iterator<
    unknown,
    undefined
  >;
}

function rowsText(db: DatabaseHandle, table: string, order: string): string {
  const all = db.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).raw().all();
  return all.map((row) => JSON.stringify(row)).join('\n');
}

function counts(db: DatabaseHandle): { readonly records: number; readonly persons: number } {
  const row = db
    .prepare<[], { records: number; linked: number; persons: number }>(
      `SELECT (SELECT count(*) FROM record) AS records, count(*) AS linked,
        count(DISTINCT anchor) AS persons FROM membership`,
    )
    .get()!;
  return { records: row.records, persons: row.records - row.linked + row.persons };
}
