import type { Clock } from '../clock.ts';
import type { MessageId } from '../ids.ts';
import { limits } from '../limits.ts';
import { createParking } from './parking.ts';
import { keysOf, type Row } from './row.ts';

export type SchedulerOptions = {
  readonly lanes: number;
  readonly clock: Clock;
  /**
   * Open rows with an id above `afterId`, oldest first; fewer than `limit` means there are no more.
   */
  read(afterId: number, limit: number): readonly Row[];
  readonly claimRows: number;
  readonly claimBytes: number;
  readonly parkedKeysMax: number;
};

type Barrier = { row: Row; lanes: Set<number>; owner: number; arrived: Set<number> };
type Item = { row: Row; barrier: Barrier | undefined };

const { readRows } = limits;

export type Scheduler = ReturnType<typeof createScheduler>;

/**
 * Decides which row runs next in which lane, in memory, over a queue that lives elsewhere. It keeps
 * four promises: rows of one key leave in id order and never two at once (G5); a key that waits for
 * a retry holds up itself only; a row with two keys runs alone against both; memory does not grow
 * with the queue (rows are read in windows). Cost: O(1) a row, plus one pass over parked rows a
 * retry.
 */
export function createScheduler(options: SchedulerOptions) {
  const buffers: Item[][] = Array.from({ length: options.lanes }, () => []);
  const waiters: ((() => void) | undefined)[] = new Array(options.lanes).fill(undefined);
  /**
   * Rows handed out or buffered; true when a second row of the same id was passed over meanwhile.
   */
  const inFlight = new Map<MessageId, boolean>();
  let cursor = 0;
  let caughtUp = false;
  let pausedUntilUs = 0;
  let stopped = false;
  let cancelTimer: (() => void) | undefined;

  const parking = createParking(reread);
  const { heldBack } = parking;
  const laneOf = (key: number): number => Math.abs(key) % options.lanes;

  function lower(id: number): void {
    if (id - 1 < cursor) cursor = id - 1;
    caughtUp = false;
  }

  /**
   * A key waits no more. Rows of it that have stood in a buffer since before it waited are put
   * down: read again with the others, they come behind the one that they had to wait for.
   */
  function reread(fromId: number, key: number): void {
    for (const [lane, buffer] of buffers.entries()) {
      buffers[lane] = buffer.filter(({ row }) => {
        const waited = row.id >= fromId && keysOf(row).includes(key);
        if (waited) inFlight.delete(row.id);
        return !waited;
      });
    }
    lower(fromId);
  }

  /** Wakes the lanes when the earliest parked key is due. */
  function arm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    const now = options.clock.nowUs();
    const pause = pausedUntilUs > now ? pausedUntilUs : Number.POSITIVE_INFINITY;
    const earliest = Math.min(parking.earliestUs(), pause);
    if (earliest === Number.POSITIVE_INFINITY || stopped) return;
    cancelTimer = options.clock.after(Math.max(1, Math.ceil((earliest - now) / 1000)), due);
  }

  function due(): void {
    parking.releaseDue(options.clock.nowUs());
    arm();
    wake();
  }

  function wakeLane(lane: number): void {
    const waiter = waiters[lane];
    waiters[lane] = undefined;
    waiter?.();
  }

  function wake(): void {
    for (let lane = 0; lane < options.lanes; lane += 1) wakeLane(lane);
  }

  function admit(row: Row): void {
    if (inFlight.has(row.id)) {
      inFlight.set(row.id, true);
      return;
    }
    if (row.dueUs > options.clock.nowUs() && !parking.waits(row)) {
      parking.retry(row, row.dueUs);
      arm();
      return;
    }
    if (heldBack(row)) return;
    inFlight.set(row.id, false);
    const lanes = new Set(keysOf(row).map(laneOf));
    if (lanes.size === 1) {
      buffers[laneOf(keysOf(row)[0]!)]!.push({ row, barrier: undefined });
      return;
    }
    const owner = laneOf(keysOf(row)[0]!);
    const barrier: Barrier = { row, lanes, owner, arrived: new Set() };
    for (const lane of lanes) buffers[lane]!.push({ row, barrier });
  }

  /** Reads on until `lane` has something, the queue ends, or a neighbour is too far ahead. */
  function fill(lane: number): void {
    while (!caughtUp && buffers[lane]!.length === 0 && parking.size() <= options.parkedKeysMax) {
      if (buffers.some((buffer) => buffer.length > readRows * 4)) return;
      const rows = options.read(cursor, readRows);
      for (const row of rows) admit(row);
      const last = rows.at(-1);
      if (last && last.id > cursor) cursor = last.id;
      if (rows.length < readRows) caughtUp = true;
    }
  }

  function dropBarrier(barrier: Barrier): void {
    for (const lane of barrier.lanes) {
      const buffer = buffers[lane]!;
      const at = buffer.findIndex((item) => item.barrier === barrier);
      if (at >= 0) buffer.splice(at, 1);
    }
  }

  /** The head of a lane is a two-key row: it runs when every lane it concerns stands before it. */
  function arrive(lane: number, barrier: Barrier): Row[] {
    const isNew = !barrier.arrived.has(lane);
    barrier.arrived.add(lane);
    if (barrier.arrived.size < barrier.lanes.size) return [];
    if (lane !== barrier.owner) {
      // Only the arrival that completes the barrier wakes: two that wait would wake each other for
      // ever.
      if (isNew) wakeLane(barrier.owner);
      return [];
    }
    if (!heldBack(barrier.row)) return [barrier.row];
    dropBarrier(barrier);
    inFlight.delete(barrier.row.id);
    wake();
    return take(lane);
  }

  function take(lane: number): Row[] {
    fill(lane);
    const buffer = buffers[lane]!;
    const batch: Row[] = [];
    let bytes = 0;
    while (buffer.length > 0 && batch.length < options.claimRows) {
      const { row, barrier } = buffer[0]!;
      if (barrier) return batch.length > 0 ? batch : arrive(lane, barrier);
      if (batch.length > 0 && (row.suspect || bytes + row.bytes > options.claimBytes)) break;
      buffer.shift();
      if (heldBack(row)) {
        if (inFlight.get(row.id)) lower(row.id);
        inFlight.delete(row.id);
        continue;
      }
      batch.push(row);
      bytes += row.bytes;
      if (row.suspect) break;
    }
    return batch.length === 0 && !caughtUp && buffer.length === 0 && canRead() ? take(lane) : batch;
  }

  const canRead = (): boolean =>
    parking.size() <= options.parkedKeysMax &&
    !buffers.some((buffer) => buffer.length > readRows * 4);

  return {
    /** The next rows for this lane, in order; resolves with none only when stopped. */
    async next(lane: number): Promise<readonly Row[]> {
      for (;;) {
        if (stopped) return [];
        if (pausedUntilUs <= options.clock.nowUs()) {
          const batch = take(lane);
          if (batch.length > 0) return batch;
        }
        await new Promise<void>((resolve) => {
          waiters[lane] = resolve;
        });
      }
    },

    /** A row has just become open. Taken without reading when nothing older waits to be read. */
    offer(row: Row): void {
      if (caughtUp && buffers.every((buffer) => buffer.length < readRows)) {
        admit(row);
        if (row.id > cursor) cursor = row.id;
      } else lower(Math.min(row.id, cursor + 1));
    },

    /** Processing of these rows has ended: a two-key row lets its lanes go on. */
    processed(rows: readonly Row[]): void {
      for (const row of rows) {
        if (row.keys.length < 2) continue;
        const barrier = buffers
          .flat()
          .find(
            (item) => item.barrier?.row.id === row.id && item.row.generation === row.generation,
          );
        if (barrier?.barrier) dropBarrier(barrier.barrier);
      }
      wake();
    },

    /** What became of these rows is durable: they may be read again if they are open still. */
    done(rows: readonly Row[]): void {
      for (const row of rows) {
        if (inFlight.get(row.id)) lower(row.id);
        inFlight.delete(row.id);
      }
      wake();
    },

    /**
     * The row failed for now: its keys wait. Called before `done`, without an end (infinity) while
     * that is not durable: what comes behind must find the row open.
     */
    retry(row: Row, dueUs: number): void {
      parking.retry(row, dueUs);
      arm();
    },

    /** Rows whose worker died: they come again one by one, before anything else of their lanes. */
    again(rows: readonly Row[]): void {
      const attempted = (row: Row) => ({ suspect: true, attempts: row.attempts + 1, dueUs: 0 });
      putBack(rows.map((row) => ({ ...row, ...attempted(row) })));
    },

    /** Rows that were not tried: they come again before anything else of their lanes. */
    returned(rows: readonly Row[]): void {
      putBack(rows);
    },

    /** The whole destination waits. */
    pauseUntil(us: number): void {
      pausedUntilUs = us;
      arm();
    },

    wake,
    lower(id: number): void {
      lower(id);
      wake();
    },
    stop(): void {
      stopped = true;
      cancelTimer?.();
      wake();
    },
    /** For tests and gauges. */
    load: () => ({ inFlight: inFlight.size, parked: parking.size() }),
  };

  function putBack(rows: readonly Row[]): void {
    for (const row of [...rows].reverse()) {
      const barrier = row.keys.length > 1 ? barrierOf(row) : undefined;
      if (barrier) barrier.row = row;
      else buffers[laneOf(keysOf(row)[0]!)]!.unshift({ row, barrier: undefined });
    }
    wake();
  }

  function barrierOf(row: Row): Barrier | undefined {
    return buffers.flat().find((item) => item.barrier?.row.id === row.id)?.barrier;
  }
}
