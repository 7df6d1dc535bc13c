import { existsSync } from 'node:fs';
import { type Membership, memberships } from '../operations/index.ts';
import { withShipped } from '../shipped/index.ts';
import { openTerminology, type TerminologyStore, terminologyFile } from '../store/index.ts';

export type MembershipSource = {
  readonly dataDir: string;
  /** The data key, 32 bytes; asked for when there is a store to be opened. */
  key(): Buffer;
  /** Milliseconds of a clock that only rises; the process's own unless told. */
  nowMs?(): number;
};

/** Verdicts that are kept at hand. */
const keptMax = 50_000;
/** Every worker has a reader of its own, and asks for few codes. */
const cacheKiB = 8_192;
/** How long an answer may be behind an import. */
const freshMs = 1_000;

/**
 * Tells whether a value set holds a code, by the store of a data folder, what comes with Plexus and
 * UCUM. Nothing is opened before the first question; what is imported while it runs counts within
 * a second. Throws what `openTerminology` throws.
 */
export function openMembership({
  dataDir,
  key,
  nowMs: clock = () => performance.now(),
}: MembershipSource) {
  const file = terminologyFile(dataDir);
  let store: TerminologyStore | undefined;
  let ask: ReturnType<typeof memberships> | undefined;
  let seen = -1;
  let lookedMs = Number.NEGATIVE_INFINITY;
  const kept = new Map<string, Membership>();

  /** Forgets what was said when something was published since. */
  function refresh(nowMs: number): void {
    lookedMs = nowMs;
    if (store === undefined && existsSync(file))
      store = openTerminology({ file, key: key(), readonly: true, cacheKiB });
    const state =
      store === undefined ? 0 : Number(store.db.pragma('data_version', { simple: true }));
    if (state === seen && ask !== undefined) return;
    seen = state;
    kept.clear();
    ask = memberships(withShipped(store?.knowledge));
  }

  function has(valueSet: string, system: string | undefined, code: string): Membership {
    const nowMs = clock();
    if (ask === undefined || nowMs - lookedMs > freshMs) refresh(nowMs);
    const name = `${valueSet}\n${system ?? '\r'}\n${code}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    if (kept.size >= keptMax) kept.clear();
    const verdict = ask!(valueSet, system, code);
    kept.set(name, verdict);
    return verdict;
  }

  return Object.assign(has, {
    /** Lets go of the store; who asks again opens it again. */
    close(): void {
      store?.close();
      store = undefined;
      ask = undefined;
      seen = -1;
      kept.clear();
    },
  });
}
