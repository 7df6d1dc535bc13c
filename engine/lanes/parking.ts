import { keysOf, type Row } from './row.ts';

/** Why a key waits: its own retry, or a two-key message that waits for another key. */
type Parked = { fromId: number; dueUs: number; waitsFor: number | undefined };

/**
 * The keys that wait. A row with a waiting key makes all its keys wait from that row on; when a key
 * is released, so is whatever waited for it, and `reread` is told from which id on.
 */
export function createParking(reread: (fromId: number, key: number) => void) {
  const parked = new Map<number, Parked>();

  function park(row: Row, dueUs: number, waitsFor: number | undefined): void {
    for (const key of keysOf(row)) {
      if (key === waitsFor) continue;
      const known = parked.get(key);
      if (known) known.fromId = Math.min(known.fromId, row.id);
      else parked.set(key, { fromId: row.id, dueUs, waitsFor });
    }
  }

  function release(key: number): void {
    const entry = parked.get(key);
    if (!entry) return;
    parked.delete(key);
    reread(entry.fromId, key);
    for (const [other, waiting] of parked) if (waiting.waitsFor === key) release(other);
  }

  /** A key waits from a message on: what is older was on its way before. */
  const isStuck = (key: number, row: Row): boolean => {
    const entry = parked.get(key);
    return entry !== undefined && row.id >= entry.fromId;
  };
  const stuckKey = (row: Row): number | undefined => keysOf(row).find((key) => isStuck(key, row));

  const isRetry = (entry: Parked): boolean => entry.waitsFor === undefined && entry.dueUs > 0;

  return {
    waits: (row: Row): boolean => stuckKey(row) !== undefined,
    /** True when a key of this row waits; then all its keys wait from this row on. */
    heldBack(row: Row): boolean {
      const blocking = stuckKey(row);
      if (blocking === undefined) return false;
      park(row, 0, blocking);
      return true;
    },
    /** The row itself waits until `dueUs`, whatever else its keys waited for. */
    retry(row: Row, dueUs: number): void {
      park(row, dueUs, undefined);
      for (const key of keysOf(row)) {
        const entry = parked.get(key)!;
        entry.dueUs = dueUs;
        entry.waitsFor = undefined;
      }
    },
    releaseDue(nowUs: number): void {
      for (const [key, entry] of [...parked]) {
        if (isRetry(entry) && entry.dueUs <= nowUs) release(key);
      }
    },
    /** When the next retry is due; infinity when none waits. */
    earliestUs(): number {
      let earliest = Number.POSITIVE_INFINITY;
      for (const entry of parked.values())
        if (isRetry(entry)) earliest = Math.min(earliest, entry.dueUs);
      return earliest;
    },
    size: () => parked.size,
  };
}
