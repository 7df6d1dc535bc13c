import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type DatabaseHandle,
  exitCodes,
  openDatabase,
  PlexusError,
} from '../../../engine/index.ts';
import { identityFile } from '../identity-file.ts';
import type { Governed } from '../policy/index.ts';
import {
  type Crosswalk,
  type IdentityRegistry,
  openRegistry,
  transact,
} from '../registry/index.ts';
import { judgeOf } from './reading.ts';

/** What orders are carried out on: one writing handle beside those of the chain workers. */
export type Writing = {
  readonly db: DatabaseHandle;
  readonly registry: IdentityRegistry;
  readonly crosswalk: Crosswalk;
};

/** Throws `identity-no-data` when nobody was ever identified here, and as `openDatabase`. */
export function openWriting(dataDir: string, key: Buffer, governed: () => Governed): Writing {
  const file = identityFile(dataDir);
  if (!existsSync(file)) {
    const message = 'nobody has been identified in this data folder yet';
    throw new PlexusError('identity-no-data', message, { exit: exitCodes.io });
  }
  const db = openDatabase(file, { key, cacheKiB: 2048 });
  // To wait inside SQLite would hold up whoever asks meanwhile: it is waited for in `order`.
  db.pragma('busy_timeout = 0');
  const registry = openRegistry(db, {
    judge: judgeOf(governed),
    get clusterMax() {
      return governed().ruling.policy.clusterCap;
    },
    get model() {
      return governed().model.hash;
    },
    get policy() {
      return governed().governance.hash;
    },
  });
  return { db, registry, crosswalk: registry.crosswalk };
}

/** A chain worker's batch takes some ten milliseconds; its end is met between two of them. */
const pauseMs = 3;

/**
 * Carries an order out in a transaction of its own, all or nothing. The chain workers write in the
 * same file, batch after batch: their pauses are waited for, no longer than `waitMs`. Throws
 * `identity-busy` then, and what `work` throws.
 */
export async function order<Out>(
  writing: Writing,
  waitMs: number,
  work: (writing: Writing) => Out,
): Promise<Out> {
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      return transact(writing.db, writing.registry, () => work(writing));
    } catch (cause) {
      const isBusy = cause instanceof PlexusError && cause.code === 'identity-busy';
      if (!isBusy || performance.now() > until) throw cause;
    }
    await delay(pauseMs);
  }
}

/** Carries an order out and takes it back: what it would give, or why it is refused. */
export async function rehearse<Out>(
  writing: Writing,
  waitMs: number,
  work: (writing: Writing) => Out,
): Promise<Out> {
  const takenBack = new Error('taken back');
  let out: { readonly given: Out } | undefined;
  try {
    return await order(writing, waitMs, (each): Out => {
      out = { given: work(each) };
      throw takenBack;
    });
  } catch (cause) {
    if (cause === takenBack && out !== undefined) return out.given;
    throw cause;
  }
}
