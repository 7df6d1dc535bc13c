import { hostname } from 'node:os';
import { type DatabaseHandle, PlexusError } from '../../../engine/index.ts';
import { dropRelease } from '../store/index.ts';

/** An import that did not stir for so long has died. */
const silentUsMax = 30 * 60 * 1_000_000;

/** Imports of this process, by file and number. */
const running = new Set<string>();
const nameOf = (db: DatabaseHandle, id: number) => `${db.name} ${id}`;

type ImportRow = { id: number; pid: number; host: string; touched_us: number };

/**
 * Begins an import: one at a time. What an import left that died in the middle is swept away; it
 * was seen by nobody. Throws PlexusError `import-running` while another one lives.
 */
export function beginImport(db: DatabaseHandle, nowUs: number): number {
  // Asked before there is a transaction: one that lives holds the file for seconds at a time.
  demandNone(db, nowUs);
  return db
    .transaction(() => {
      demandNone(db, nowUs);
      db.exec('DELETE FROM import');
      sweep(db);
      const made = db
        .prepare('INSERT INTO import(pid, host, touched_us) VALUES (?, ?, ?)')
        .run(process.pid, hostname(), nowUs);
      const id = Number(made.lastInsertRowid);
      running.add(nameOf(db, id));
      return id;
    })
    .immediate();
}

function demandNone(db: DatabaseHandle, nowUs: number): void {
  for (const row of db.prepare('SELECT * FROM import').all() as ImportRow[])
    if (isAlive(db, row, nowUs)) {
      const message = `another import (process ${row.pid}) is writing this store`;
      throw new PlexusError('import-running', message);
    }
}

function isAlive(db: DatabaseHandle, row: ImportRow, nowUs: number): boolean {
  const { id, pid, host, touched_us } = row;
  // In a container every start has the same number.
  if (host === hostname() && pid === process.pid) return running.has(nameOf(db, id));
  if (nowUs - touched_us > silentUsMax) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Drops every release that is still being written. */
function sweep(db: DatabaseHandle): void {
  const left = db.prepare(`SELECT id FROM release WHERE state = 'importing'`).pluck().all();
  for (const id of left as number[]) dropRelease(db, id);
}

/** Ends an import, with what it did not publish. */
export function endImport(db: DatabaseHandle, id: number): void {
  running.delete(nameOf(db, id));
  db.transaction(() => {
    sweep(db);
    db.prepare('DELETE FROM import WHERE id = ?').run(id);
  }).immediate();
}

export function touchImport(db: DatabaseHandle, id: number, nowUs: number): void {
  db.prepare('UPDATE import SET touched_us = ? WHERE id = ?').run(nowUs, id);
}
