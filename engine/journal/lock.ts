import { chmodSync, mkdirSync } from 'node:fs';
import Database from 'better-sqlite3-multiple-ciphers';
import { dataFolder } from '../data-folder.ts';
import { exitCodes, PlexusError, reasonOf } from '../errors.ts';

/**
 * One engine a data folder: an exclusive transaction on a file of its own, which the operating
 * system ends with the process, however it dies. Throws `data-unwritable`, or `engine-running`.
 */
export function lockData(dataDir: string): { release(): void } {
  let db: InstanceType<typeof Database> | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const file = dataFolder.lock(dataDir);
    db = new Database(file);
    chmodSync(file, 0o600);
    db.pragma('busy_timeout = 200');
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db?.close();
    if ((cause as { code?: string }).code === 'SQLITE_BUSY') {
      throw new PlexusError('engine-running', `another engine runs on ${dataDir}`, { cause });
    }
    throw new PlexusError(
      'data-unwritable',
      `cannot write the data folder ${dataDir}: ${reasonOf(cause)}`,
      {
        exit: exitCodes.io,
        cause,
      },
    );
  }
  const held = db;
  return {
    release() {
      held.close();
    },
  };
}
