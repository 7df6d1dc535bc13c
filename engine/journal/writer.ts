import type { Clock } from '../clock.ts';
import { journalUnavailable } from '../errors.ts';
import type { Events } from '../events.ts';
import { limits } from '../limits.ts';
import type { Partition } from './partition.ts';
import type { Partitions } from './partitions.ts';
import { isDamage } from './salvage.ts';
import { createTally, type Tally, type Totals } from './tally.ts';
import type { Upkeep } from './upkeep.ts';

/** A part of a transaction: runs inside it, hears of the commit or of its failure. */
export type Write = {
  run(partition: Partition, tally: Tally): void;
  committed(): void;
  /**
   * `drop` writes (landings) fail with the commit; the others are tried again until they succeed.
   */
  failed?(cause: unknown): void;
};

export type Writer = ReturnType<typeof createWriter>;

/**
 * The journal's one writer. Landings, claims and settlements of all channels share one commit a
 * partition: a landing asks for a commit in this turn of the event loop, the others ride along, at
 * most `limits.rideMs` late. The commit fsyncs before anybody hears of it (G1); when it fails,
 * landings are told (G2) and the rest is kept and tried again.
 */
export function createWriter(options: {
  readonly partitions: Partitions;
  readonly totals: Totals;
  /** Counts anew what the files hold. */
  recount(): void;
  readonly clock: Clock;
  readonly events: Events;
  readonly upkeep: Upkeep;
}) {
  const { partitions, totals, clock, events } = options;
  let landings: Write[] = [];
  let riders = new Map<number, Write[]>();
  let immediate: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = 0;
  let closed = false;
  /** The last commit was not good. */
  let isFailing = false;
  /** The partition that was set aside last; a good commit forgets it. */
  let lastDamaged = -1;

  function flush(): void {
    if (immediate) clearImmediate(immediate);
    if (timer) clearTimeout(timer);
    immediate = undefined;
    timer = undefined;
    const land = landings;
    const ride = riders;
    landings = [];
    riders = new Map();
    if (isFailing && !closed && land.length + ride.size === 0) land.push(probe);
    if (land.length > 0) commitLandings(land, ride);
    for (const [no, writes] of ride) {
      const partition = byNo(no);
      if (partition) commit(partition, [], writes);
      // Nobody waits for what went with a file that is gone: it was told of when it went.
      else if (partitions.isGone(no)) for (const write of writes) write.committed();
      else keep(no, writes, new Error(`journal partition ${no} is not there`));
    }
  }

  function commitLandings(land: Write[], ride: Map<number, Write[]>): void {
    let partition: Partition;
    try {
      partition = partitions.current(clock.nowUs());
    } catch (cause) {
      report(cause);
      for (const write of land) write.failed?.(journalUnavailable(cause));
      askAgain(land);
      return;
    }
    const along = ride.get(partition.no) ?? [];
    ride.delete(partition.no);
    commit(partition, land, along);
  }

  function byNo(no: number): Partition | undefined {
    try {
      return partitions.byNo(no);
    } catch {
      return undefined;
    }
  }

  function commit(partition: Partition, land: readonly Write[], along: readonly Write[]): void {
    const startUs = clock.nowUs();
    const sequence = partition.sequence();
    const tally = createTally();
    try {
      partition.db.exec('BEGIN IMMEDIATE');
      for (const write of land) write.run(partition, tally);
      for (const write of along) write.run(partition, tally);
      tally.writeTo(partition);
      partition.db.exec('COMMIT');
    } catch (cause) {
      rollback(partition, sequence, cause);
      if (!isSqliteError(cause)) throw cause;
      if (isDamage(cause) && setAside(partition, land, along, cause)) return;
      for (const write of land) write.failed?.(journalUnavailable(cause));
      keep(partition.no, along, cause);
      askAgain(land);
      return;
    }
    tally.addTo(totals);
    pauseMs = 0;
    isFailing = false;
    lastDamaged = -1;
    events.emit({
      type: 'commit',
      rows: land.length + along.length,
      tookMs: (clock.nowUs() - startUs) / 1000,
    });
    for (const write of land) write.committed();
    for (const write of along) write.committed();
    options.upkeep.committed(partition);
  }

  /**
   * Pages went bad: the writes come again at once, in the copy of what can be read and in the file
   * of today. False when they have come before.
   */
  function setAside(
    partition: Partition,
    land: readonly Write[],
    along: readonly Write[],
    cause: unknown,
  ): boolean {
    const damagedNo = (cause as { partition?: number }).partition ?? partition.no;
    if (lastDamaged === damagedNo) return false;
    lastDamaged = damagedNo;
    partitions.setAside(damagedNo);
    landings.unshift(...land);
    if (along.length > 0) {
      riders.set(partition.no, [...along, ...(riders.get(partition.no) ?? [])]);
    }
    immediate ??= setImmediate(flush);
    return true;
  }

  function rollback(partition: Partition, sequence: number, cause: unknown): void {
    report(cause);
    try {
      if (partition.db.inTransaction) partition.db.exec('ROLLBACK');
      partition.rewind(sequence);
    } catch (second) {
      report(second);
      reopen(partition);
      return;
    }
    // After a failed write or fsync nothing cached can be trusted; a full disk is no such failure.
    if ((cause as { code?: string }).code?.startsWith('SQLITE_IOERR')) reopen(partition);
  }

  function reopen(partition: Partition): void {
    partitions.reopen(partition);
    options.recount();
  }

  function report(cause: unknown): void {
    events.emit({ type: 'commit-failed', cause: (cause as { code?: string }).code ?? 'unknown' });
  }

  /**
   * Senders may stay away until `/health/ready` says that the journal writes again, so it must not
   * wait for them to find out.
   */
  function askAgain(land: readonly Write[]): void {
    isFailing = true;
    if (closed) return;
    if (pauseMs === 0 || land[0] === probe) growPause();
    timer ??= setTimeout(flush, pauseMs);
  }

  function growPause(): void {
    pauseMs = Math.min(limits.commitRetryLastMs, pauseMs * 2 || limits.commitRetryFirstMs);
  }

  /** Claims and settlements survive a failed commit: they come again, ever more slowly. */
  function keep(no: number, writes: readonly Write[], cause: unknown): void {
    if (writes.length === 0) return;
    if (closed) {
      for (const write of writes) write.failed?.(cause);
      return;
    }
    riders.set(no, [...writes, ...(riders.get(no) ?? [])]);
    growPause();
    timer ??= setTimeout(flush, pauseMs);
  }

  return {
    /** Asks for a commit now; `write` runs in the partition that takes landings. */
    land(write: Write): void {
      landings.push(write);
      immediate ??= setImmediate(flush);
    },
    /** Rides on the next commit of this partition. */
    ride(no: number, write: Write): void {
      const waiting = riders.get(no);
      if (waiting) waiting.push(write);
      else riders.set(no, [write]);
      if (!immediate) timer ??= setTimeout(flush, pauseMs || limits.rideMs);
    },
    /** For a stop: what cannot be written now is told so, and is not kept for later. */
    giveUp(): void {
      if (pauseMs > 0) closed = true;
    },
    close(): void {
      closed = true;
      flush();
    },
  };
}

/** Writes a page and changes nothing: the header's own number, which the journal does not use. */
const probe: Write = {
  run: ({ db }) => void db.pragma('user_version = 0'),
  committed: () => {},
};

function isSqliteError(cause: unknown): boolean {
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' && (code.startsWith('SQLITE_') || code === 'ENOSPC');
}
