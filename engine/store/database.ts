import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import Database from 'better-sqlite3-multiple-ciphers';
import { exitCodes, PlexusError, reasonOf } from '../errors.ts';

export type DatabaseHandle = BetterSqlite3.Database;
export type Statement = BetterSqlite3.Statement<unknown[]>;

/** Removes a database with its WAL and shared memory; one that is not there is no fault. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** Renames a database with what belongs to it. */
export function moveDatabase(file: string, to: string): void {
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, to + suffix);
}

export type OpenOptions = {
  /** 32 bytes. */
  readonly key: Buffer;
  readonly readonly?: boolean;
  /** FULL is the guarantee; NORMAL exists for the test that shows why. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** Pages of 4,096 bytes unless told; rows of 2 kB want 8,192. */
  readonly pageBytes?: number;
  /** 0 leaves checkpoints to the owner. */
  readonly autoCheckpointPages?: number;
  readonly cacheKiB?: number;
};

/**
 * Opens the one kind of database that Plexus has: SQLite, encrypted with AEGIS under a raw key,
 * WAL, every commit fsynced, files readable by their owner alone. Throws PlexusError `wrong-key`
 * when the file does not open under this key (or is no database),
 * `database-unavailable` for everything else.
 */
export function openDatabase(file: string, options: OpenOptions): DatabaseHandle {
  if (options.key.length !== 32) throw new Error('the data key has 32 bytes');
  let db: DatabaseHandle | undefined;
  try {
    if (!options.readonly && !existsSync(file)) createEmpty(file, options);
    db = unlock(
      new Database(file, { readonly: options.readonly ?? false, fileMustExist: true }),
      options,
    );
    if (!options.readonly) {
      db.pragma('journal_mode = WAL');
      db.pragma(`synchronous = ${options.synchronous ?? 'FULL'}`);
      if (options.autoCheckpointPages !== undefined)
        db.pragma(`wal_autocheckpoint = ${options.autoCheckpointPages}`);
    }
    db.pragma(`cache_size = -${options.cacheKiB ?? 8192}`);
    db.pragma('temp_store = MEMORY');
    db.prepare('SELECT count(*) FROM sqlite_master').get();
    return db;
  } catch (cause) {
    db?.close();
    if ((cause as { code?: string }).code === 'SQLITE_NOTADB') {
      throw new PlexusError('wrong-key', `${file} does not open with this key (or is damaged)`, {
        exit: exitCodes.io,
        cause,
      });
    }
    throw new PlexusError('database-unavailable', `cannot open ${file}: ${reasonOf(cause)}`, {
      exit: exitCodes.io,
      cause,
    });
  }
}

function unlock(db: DatabaseHandle, { key }: OpenOptions): DatabaseHandle {
  db.pragma(`cipher = 'aegis'`);
  // Not `hexkey`: that takes the digits for a passphrase and derives a key, 40 ms an open.
  db.pragma(`key = 'raw:${key.toString('hex')}'`);
  db.pragma('busy_timeout = 5000');
  return db;
}

/**
 * Makes the file under another name and gives it its own when its first page is whole: somebody
 * who reads along would else see half a page, and take it for the wrong key.
 */
function createEmpty(file: string, options: OpenOptions): void {
  const unfinished = `${file}.${randomUUID()}.new`;
  try {
    const db = unlock(new Database(unfinished), options);
    chmodSync(unfinished, 0o600);
    if (options.pageBytes) db.pragma(`page_size = ${options.pageBytes}`);
    db.pragma('journal_mode = WAL');
    db.close();
    linkSync(unfinished, file);
  } catch (error) {
    // Somebody else was first, and theirs is as good.
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  } finally {
    removeDatabase(unfinished);
  }
}
