import { type DatabaseHandle, exitCodes, PlexusError } from '../../../engine/index.ts';
import type { IdentityRegistry } from './registry.ts';

/**
 * Runs a steward's order in a transaction of its own, beside the chain workers that write the same
 * file: all of it, or none. Throws `identity-busy` when they keep the file for too long, and what
 * `work` throws.
 */
export function transact<Out>(
  db: DatabaseHandle,
  registry: Pick<IdentityRegistry, 'begun' | 'forget'>,
  work: () => Out,
): Out {
  begin(db);
  try {
    registry.begun();
    const out = work();
    db.exec('COMMIT');
    return out;
  } catch (cause) {
    if (db.inTransaction) db.exec('ROLLBACK');
    registry.forget();
    throw cause;
  }
}

function begin(db: DatabaseHandle): void {
  try {
    db.exec('BEGIN IMMEDIATE');
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause;
    throw new PlexusError('identity-busy', 'the identity registry is being written to', {
      exit: exitCodes.unavailable,
      cause,
    });
  }
}
