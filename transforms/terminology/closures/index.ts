import { join } from 'node:path';
import {
  type DatabaseHandle,
  exitCodes,
  openDatabase,
  PlexusError,
  reasonOf,
} from '../../../engine/index.ts';
import type { ClosureEntry, ClosureTable, ClosureTables } from '../operations/index.ts';

export const closureFile = (dataDir: string): string => join(dataDir, 'closures.db');

/** Raised when the tables change; a file of another layout is refused. */
const layout = 1;

/**
 * `closure`: a table by its owner and name; `used`, counted up, says which was asked longest ago.
 * `code`: what is in it. `entry`: which code subsumes which, since which version of the table.
 */
const schema = `
CREATE TABLE closure(key TEXT PRIMARY KEY, version INT NOT NULL, used INT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE code(key TEXT, system TEXT, code TEXT, PRIMARY KEY(key, system, code))
  STRICT, WITHOUT ROWID;
CREATE TABLE entry(key TEXT, n INT, system TEXT NOT NULL, source TEXT NOT NULL,
  target TEXT NOT NULL, version INT NOT NULL, PRIMARY KEY(key, n)) STRICT, WITHOUT ROWID;
`;

/** Tables that are kept; the one that was asked longest ago makes room. */
const tablesMax = 200;

/**
 * Closure tables in a file of the data folder: who began one goes on with it after a restart. The
 * file is made for the first of them. Throws PlexusError `closures-unavailable` where it cannot be
 * read or written.
 */
export function storedClosures(
  { dataDir, key }: { readonly dataDir: string; readonly key: Buffer },
  most = tablesMax,
): ClosureTables & { close(): void } {
  let opened: { db: DatabaseHandle; sql: ReturnType<typeof statements> } | undefined;
  const within = <T>(work: (sql: ReturnType<typeof statements>) => T): T => {
    try {
      if (opened === undefined) {
        const db = openClosures(closureFile(dataDir), key);
        opened = { db, sql: statements(db) };
      }
      const { db, sql } = opened;
      return db.transaction(() => work(sql)).immediate();
    } catch (cause) {
      if (cause instanceof PlexusError) throw cause;
      const message = `the closure tables cannot be kept: ${reasonOf(cause)}`;
      throw new PlexusError('closures-unavailable', message, { exit: exitCodes.io, cause });
    }
  };
  return {
    begin: (name) =>
      within((sql) => {
        drop(sql, name);
        sql.begin.run(name);
        for (const old of sql.oldest.all(most) as string[]) drop(sql, old);
      }),
    find: (name) => within((sql) => read(sql, name)),
    add: (name, { version, codes, entries }) =>
      within((sql) => {
        sql.turn.run(version, name);
        for (const { system, code } of codes) sql.addCode.run(name, system, code);
        for (const { system, source, target } of entries)
          sql.addEntry.run({ name, system, source, target, version });
      }),
    close() {
      opened?.db.close();
      opened = undefined;
    },
  };
}

function openClosures(file: string, key: Buffer): DatabaseHandle {
  const db = openDatabase(file, { key });
  try {
    const found = () => Number(db.pragma('user_version', { simple: true }));
    if (found() === 0)
      db.transaction(() => {
        db.exec(schema);
        db.pragma(`user_version = ${layout}`);
      }).immediate();
    if (found() === layout) return db;
    const message = `${file} has layout ${found()}; this version reads layout ${layout}`;
    throw new PlexusError('closures-layout', message, { exit: exitCodes.io });
  } catch (error) {
    db.close();
    throw error;
  }
}

type Statements = ReturnType<typeof statements>;

function drop(sql: Statements, name: string): void {
  for (const statement of [sql.dropEntries, sql.dropCodes, sql.drop]) statement.run(name);
}

function read(sql: Statements, name: string): ClosureTable | undefined {
  const version = sql.version.get(name) as number | undefined;
  if (version === undefined) return undefined;
  sql.use.run(name);
  const codes = new Map<string, Set<string>>();
  for (const { system, code } of sql.codes.all(name) as { system: string; code: string }[])
    codes.set(system, (codes.get(system) ?? new Set()).add(code));
  return { version, codes, entries: sql.entries.all(name) as ClosureEntry[] };
}

const statements = (db: DatabaseHandle) => ({
  begin: db.prepare('INSERT INTO closure SELECT ?, 0, coalesce(max(used), 0) + 1 FROM closure'),
  use: db.prepare('UPDATE closure SET used = (SELECT max(used) + 1 FROM closure) WHERE key = ?'),
  oldest: db.prepare('SELECT key FROM closure ORDER BY used DESC LIMIT -1 OFFSET ?').pluck(),
  drop: db.prepare('DELETE FROM closure WHERE key = ?'),
  dropCodes: db.prepare('DELETE FROM code WHERE key = ?'),
  dropEntries: db.prepare('DELETE FROM entry WHERE key = ?'),
  version: db.prepare('SELECT version FROM closure WHERE key = ?').pluck(),
  codes: db.prepare('SELECT system, code FROM code WHERE key = ?'),
  entries: db.prepare('SELECT system, source, target, version FROM entry WHERE key = ? ORDER BY n'),
  turn: db.prepare('UPDATE closure SET version = ? WHERE key = ?'),
  addCode: db.prepare('INSERT OR IGNORE INTO code VALUES (?, ?, ?)'),
  addEntry: db.prepare(
    `INSERT INTO entry SELECT @name, coalesce(max(n), 0) + 1, @system, @source, @target, @version
     FROM entry WHERE key = @name`,
  ),
});
