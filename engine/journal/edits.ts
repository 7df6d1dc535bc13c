import type { DatabaseHandle } from '../store/index.ts';

/**
 * What a person made of the bytes of a held message, for its later generations to run on. The raw
 * bytes stay as they came; a copy lies beside them, in the same file, for as long as they do.
 */
export type Edit = {
  /** Of the copy. */
  readonly sha: Buffer;
  readonly raw: Buffer;
};

/** Files that were finished before edits were known have no table of them. */
export const holdsEdits = (db: DatabaseHandle): boolean =>
  db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'edit'`).get() !== undefined;

/** The latest copy of a message, which is what it runs on if it runs again. */
export function latestEdit(db: DatabaseHandle, id: number): Edit | undefined {
  if (!holdsEdits(db)) return undefined;
  const latest = 'SELECT sha, raw FROM edit WHERE message_id = ? ORDER BY generation DESC LIMIT 1';
  return db.prepare<[number], Edit>(latest).get(id);
}

/** Ids below `to` and from `from` on that were edited. */
export function editedIds(db: DatabaseHandle, from: number, to: number): ReadonlySet<number> {
  if (!holdsEdits(db)) return new Set();
  const some =
    'SELECT DISTINCT message_id AS id FROM edit WHERE message_id >= ? AND message_id < ?';
  const rows = db.prepare<[number, number], { id: number }>(some).all(from, to);
  return new Set(rows.map(({ id }) => id));
}

/** Into the raw-only copy of a file. */
export function copyEdits(from: DatabaseHandle, to: DatabaseHandle): void {
  if (!holdsEdits(from)) return;
  const rows = from.prepare('SELECT message_id, generation, sha, raw FROM edit').iterate();
  const insert = to.prepare(
    `INSERT INTO edit(message_id, generation, sha, raw)
     VALUES(@message_id, @generation, @sha, @raw)`,
  );
  to.transaction(() => {
    for (const row of rows) insert.run(row);
  })();
}
