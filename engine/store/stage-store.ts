import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exitCodes, PlexusError } from '../errors.ts';
import { type Outcome, retry, type Stage } from '../stage.ts';
import type { DatabaseHandle } from './database.ts';

/** What a stage makes of its opened database, with the hooks of a batch's transaction. */
export type OpenedStore<Store> = {
  readonly db: DatabaseHandle;
  readonly store: Store;
  /** Called inside every new transaction, before its first use: drop what may be stale. */
  begun?(): void;
  /** Called inside the transaction, before its commit: write what was gathered. */
  committing?(): void;
};

export type StageStoreSpec<Store> = {
  /** Names the failure: `spine` gives the code `spine-unavailable`. */
  readonly name: string;
  readonly file: string;
  open(file: string): OpenedStore<Store>;
};

/** A store as one stage sees it. */
export type StageStore<Store> = {
  readonly transaction: NonNullable<Stage['transaction']>;
  /**
   * Runs `work` inside the batch's transaction. A store that fails (disk full, locked, I/O error)
   * gives `retry` and makes the batch's commit throw, so that nothing is half written; bugs are
   * thrown on.
   */
  attempt<Out>(work: (store: Store) => Outcome<Out>): Outcome<Out>;
  close(): void;
};

type Shared = {
  opened: OpenedStore<unknown> | undefined;
  /** What asking the handle would say, for a hundredth of the price. */
  inTransaction: boolean;
  /** Raised when a transaction was lost: a batch begun before may not commit. */
  epoch: number;
  users: number;
};

/** The channels of one thread share one handle a file, else each would empty the others' caches. */
const sharedByFile = new Map<string, Shared>();

/**
 * A stage's own store: one transaction a batch, begun at the first use so that a batch which does
 * not write locks nobody out. After a failure the file is opened again, never used on (after a
 * failed fsync the pages in memory are not those on the disk). Batches of one thread may overlap:
 * a commit makes all written so far durable, which is harmless because stages are idempotent by
 * effect key; a lost transaction is lost for every batch that was open. Throws what `open`
 * throws.
 */
export function stageStore<Store>(spec: StageStoreSpec<Store>): StageStore<Store> {
  const file = resolve(spec.file);
  const shared = sharedByFile.get(file) ?? {
    opened: undefined,
    inTransaction: false,
    epoch: 0,
    users: 0,
  };
  let epoch = shared.epoch;

  function handle(): OpenedStore<Store> {
    if (shared.opened === undefined) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      shared.opened = spec.open(file);
    }
    return shared.opened as OpenedStore<Store>;
  }

  /** Forgets the transaction and the handle with everything that was cached on it. */
  function discard(): void {
    shared.epoch += 1;
    const opened = shared.opened;
    shared.opened = undefined;
    shared.inTransaction = false;
    try {
      opened?.db.close();
    } catch {
      // What closing a failed store says is of no more interest than the failure itself.
    }
  }

  function unavailable(cause: unknown): PlexusError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new PlexusError(`${spec.name}-unavailable`, `the ${spec.name} cannot write: ${reason}`, {
      exit: exitCodes.io,
      cause,
    });
  }

  handle();
  shared.users += 1;
  sharedByFile.set(file, shared);
  return {
    transaction: {
      begin() {
        epoch = shared.epoch;
      },
      commit() {
        if (epoch !== shared.epoch) throw unavailable(new Error('its transaction was lost'));
        const opened = shared.opened;
        if (opened === undefined || !shared.inTransaction) return;
        try {
          opened.committing?.();
          opened.db.exec('COMMIT');
          shared.inTransaction = false;
        } catch (cause) {
          discard();
          throw unavailable(cause);
        }
      },
      rollback() {
        if (epoch === shared.epoch) discard();
      },
    },
    attempt(work) {
      if (epoch !== shared.epoch) return retry(1_000, `${spec.name}-unavailable`);
      try {
        const opened = handle();
        if (!shared.inTransaction) {
          opened.db.exec('BEGIN IMMEDIATE');
          shared.inTransaction = true;
          opened.begun?.();
        }
        return work(opened.store);
      } catch (error) {
        if (!isOperational(error)) throw error;
        discard();
        return retry(1_000, `${spec.name}-unavailable`);
      }
    },
    close() {
      shared.users -= 1;
      if (shared.users > 0) return;
      discard();
      sharedByFile.delete(file);
    },
  };
}

/**
 * A store's bad day, as against a bug in what was asked of it
 * (https://www.sqlite.org/rescode.html).
 */
function isOperational(error: unknown): boolean {
  if (error instanceof PlexusError) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return (
    typeof code === 'string' &&
    /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|CORRUPT|NOMEM|NOTADB|PROTOCOL)/.test(code)
  );
}
