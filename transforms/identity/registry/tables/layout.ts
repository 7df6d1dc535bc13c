import { existsSync } from 'node:fs';
import {
  type DatabaseHandle,
  exitCodes,
  openDatabase,
  PlexusError,
} from '../../../../engine/index.ts';
import { resourceHashOf } from './key-index.ts';
import { registrySchema } from './schema.ts';

/** 1 (written as 0) had the Patient resources in a table by their id, `patient`. */
const layout = 2;

/**
 * Makes the tables, or brings those of an earlier version to this layout, once and whole. Throws
 * `identity-layout` for a file of a later version of Plexus.
 */
export function makeTables(db: DatabaseHandle): void {
  if (layoutOf(db) === layout) return;
  db.transaction(() => {
    // Another worker may have done it meanwhile.
    const found = layoutOf(db);
    if (found === layout) return;
    if (found !== 0) throw otherLayout(found);
    db.exec(registrySchema);
    if (hasTable(db, 'patient')) movePatients(db);
    db.pragma(`user_version = ${layout}`);
  }).immediate();
}

/**
 * A read-only handle; undefined while there is no file, or a stage is making its tables. Throws
 * `identity-layout` for a file of another version of Plexus, and what `openDatabase` throws.
 */
export function openToRead(file: string, key: Buffer): DatabaseHandle | undefined {
  if (!existsSync(file)) return undefined;
  const db = openDatabase(file, { key, readonly: true });
  try {
    const found = layoutOf(db);
    if (found === layout) return db;
    if (found !== 0 || hasTable(db, 'patient')) throw otherLayout(found);
    db.close();
    return undefined;
  } catch (error) {
    db.close();
    throw error;
  }
}

const layoutOf = (db: DatabaseHandle): number =>
  Number(db.pragma('user_version', { simple: true }));

const hasTable = (db: DatabaseHandle, name: string): boolean =>
  db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(name) !== undefined;

function movePatients(db: DatabaseHandle): void {
  const hashOf = (resource: unknown) => resourceHashOf(resource as Buffer);
  db.function('resource_hash', { deterministic: true }, hashOf);
  db.exec(`
    INSERT INTO patient_of(record, resource) SELECT record, resource FROM patient ORDER BY 1, 2;
    INSERT OR IGNORE INTO record_key(hash, record)
      SELECT resource_hash(resource), record FROM patient ORDER BY resource;
    DROP TABLE patient;
  `);
}

function otherLayout(found: number): PlexusError {
  const ours =
    found === 0
      ? 'an earlier layout; the engine of this version brings it up to date when it starts'
      : `layout ${found}; this version reads layout ${layout}`;
  return new PlexusError('identity-layout', `the identity registry has ${ours}`, {
    exit: exitCodes.io,
  });
}
