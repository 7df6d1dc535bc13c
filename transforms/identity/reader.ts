import { existsSync } from 'node:fs';
import { type DatabaseHandle, openDatabase } from '../../engine/index.ts';
import { identityFile } from './identity-file.ts';
import { type IdentityRegistry, openRegistry } from './registry/index.ts';
import { type Crosswalk, openCrosswalk } from './stage/index.ts';

/** Questions to the identity store, on a read-only handle of its own. */
export type IdentityReader = {
  /** The person (uuid) of the record that is filed under this identifier. */
  personOf(system: string, value: string): string | undefined;
  /** The person that a Patient resource is of, by its id. */
  personOfPatient(resource: string): string | undefined;
  counts(): { readonly persons: number; readonly records: number };
  close(): void;
};

type Opened = {
  readonly db: DatabaseHandle;
  readonly registry: IdentityRegistry;
  readonly crosswalk: Crosswalk;
};

/** A store that is not there yet reads as empty. Throws what `openDatabase` throws. */
export function openIdentityReader(dataDir: string, key: Buffer): IdentityReader {
  let opened: Opened | undefined;

  /** Each question sees what is committed now. */
  function ask<Out>(question: (opened: Opened) => Out, otherwise: Out): Out {
    opened ??= tryOpen(identityFile(dataDir), key);
    if (opened === undefined) return otherwise;
    const { db, registry } = opened;
    return db.transaction((open: Opened) => {
      registry.begun();
      return question(open);
    })(opened);
  }

  return {
    personOf: (system, value) =>
      ask(({ registry }) => {
        const record = registry.recordOf(system, value);
        return record === undefined ? undefined : registry.personOf(record);
      }, undefined),
    personOfPatient: (resource) =>
      ask(({ registry, crosswalk }) => {
        const record = crosswalk.recordOf(resource);
        return record === undefined ? undefined : registry.personOf(record);
      }, undefined),
    counts: () =>
      ask(
        ({ db }) =>
          db
            .prepare<[], { records: number; persons: number }>(
              `SELECT records, records - linked + anchors AS persons FROM
                (SELECT count(*) AS records FROM record),
                (SELECT count(*) AS linked, count(DISTINCT anchor) AS anchors FROM membership)`,
            )
            .get()!,
        { persons: 0, records: 0 },
      ),
    close() {
      opened?.db.close();
      opened = undefined;
    },
  };
}

function tryOpen(file: string, key: Buffer): Opened | undefined {
  if (!existsSync(file)) return undefined;
  const db = openDatabase(file, { key, readonly: true });
  if (db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'tally'`).get() !== undefined)
    return { db, registry: openRegistry(db, { clusterMax: 0 }), crosswalk: openCrosswalk(db) };
  db.close();
  return undefined;
}
