import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type IdRange, openRawReader } from '../../engine/reader/index.ts';
import type { Compared, CompareOrder } from './compare-worker.ts';

/** Ids that a thread compares at once: some tenths of a second, and few to do again. */
const rangeIds = 1_024;

export type CompareOptions = {
  readonly order: CompareOrder;
  /** Ranges before this id have been compared. */
  readonly from: number;
  /** Called for each range in the order of the ids, whichever thread was first. */
  onCompared(compared: Compared, range: IdRange): void;
  /** `share` is between 0 and 1. */
  onProgress(share: number): void;
  readonly signal: AbortSignal;
};

/**
 * Compares all messages of a query, in as many threads as there are cores, on read-only handles:
 * nothing is written, and a running engine is not held up.
 */
export async function compareAll(options: CompareOptions): Promise<void> {
  const { order, from, signal } = options;
  const reader = openRawReader(order.dataDir, Buffer.from(order.key));
  const all = reader.ranges(order.query, rangeIds);
  reader.close();
  const ranges = all.filter(({ to }) => to > from);
  const threads = Math.max(1, Math.min(availableParallelism(), ranges.length));
  const pool = new Piscina<IdRange, Compared>({
    filename: fileURLToPath(new URL('./compare-worker.ts', import.meta.url)),
    name: 'compareRange',
    minThreads: threads,
    maxThreads: threads,
    workerData: order,
  });
  try {
    const under: Promise<Compared>[] = [];
    let asked = 0;
    for (const [n, range] of ranges.entries()) {
      // Twice as many as threads are under way: what comes early waits for its turn.
      while (asked < ranges.length && asked < n + threads * 2) {
        under[asked] = pool.run(ranges[asked]!, { signal });
        under[asked]!.catch(() => {});
        asked += 1;
      }
      const compared = await under[n]!;
      delete under[n];
      options.onCompared(compared, range);
      options.onProgress((all.length - ranges.length + n + 1) / all.length);
    }
  } finally {
    await pool.destroy();
  }
}
