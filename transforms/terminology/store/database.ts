import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type DatabaseHandle,
  exitCodes,
  openDatabase,
  PlexusError,
} from '../../../engine/index.ts';
import { storeLayout, storeSchema, widenIndex } from './schema.ts';

/** The one file of a data folder that terminology is kept in. */
export const terminologyFile = (dataDir: string): string => join(dataDir, 'terminology.db');

export type StoreOptions = {
  readonly file: string;
  /** 32 bytes. */
  readonly key: Buffer;
  readonly readonly?: boolean;
  /** Of a reader that translates and asks little else: the look-ups of a turn share one moment. */
  readonly isTranslator?: boolean;
  /** Pages kept in memory; 64 MiB unless told. */
  readonly cacheKiB?: number;
};

/**
 * Opens the store's file and makes its tables. Throws PlexusError `terminology-layout` for a file
 * of another version of Plexus, and what `openDatabase` throws.
 */
export function openStoreDatabase({
  file,
  key,
  readonly = false,
  cacheKiB = 65_536,
}: StoreOptions): DatabaseHandle {
  // An import writes the same pages many times: 64 MiB of them go to the file once.
  const wal = readonly ? {} : { autoCheckpointPages: 8192 };
  if (!readonly) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = openDatabase(file, { key, readonly, pageBytes: 8192, cacheKiB, ...wal });
  try {
    const found = Number(db.pragma('user_version', { simple: true }));
    if (found === storeLayout) {
      if (!readonly) widenIndex(db);
      return db;
    }
    if (found !== 0 || readonly) {
      const message = `${file} has layout ${found}; this version reads layout ${storeLayout}`;
      throw new PlexusError('terminology-layout', message, { exit: exitCodes.io });
    }
    db.transaction(() => {
      db.exec(storeSchema);
      db.pragma(`user_version = ${storeLayout}`);
    }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
