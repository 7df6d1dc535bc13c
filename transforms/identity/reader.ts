import { existsSync } from 'node:fs';
import { type DatabaseHandle, openDatabase } from '../../engine/index.ts';
import { identityFile } from './registry.ts';

/** Questions to the identity store, on a read-only handle of its own. */
export type IdentityReader = {
  /** The person (uuid) whom this identifier names. */
  personOf(system: string, value: string): string | undefined;
  counts(): { readonly persons: number; readonly identifiers: number };
  close(): void;
};

/** A store that is not there yet reads as empty. Throws what `openDatabase` throws. */
export function openIdentityReader(dataDir: string, key: Buffer): IdentityReader {
  let db: DatabaseHandle | undefined;
  const open = () => {
    db ??= tryOpen(identityFile(dataDir), key);
    return db;
  };
  return {
    personOf(system, value) {
      const row = open()
        ?.prepare<[string, string], { id: string }>(
          `SELECT person.id FROM identifier JOIN system ON system.no = identifier.system
            JOIN person ON person.no = identifier.person
            WHERE system.uri = ? AND identifier.value = ?`,
        )
        .get(system, value);
      return row?.id;
    },
    counts() {
      const row = open()
        ?.prepare<[], { persons: number; identifiers: number }>(
          `SELECT (SELECT count(*) FROM person) AS persons,
            (SELECT count(*) FROM identifier) AS identifiers`,
        )
        .get();
      return row ?? { persons: 0, identifiers: 0 };
    },
    close() {
      db?.close();
      db = undefined;
    },
  };
}

function tryOpen(file: string, key: Buffer): DatabaseHandle | undefined {
  if (!existsSync(file)) return undefined;
  const db = openDatabase(file, { key, readonly: true });
  if (db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'decision'`).get() !== undefined)
    return db;
  db.close();
  return undefined;
}
