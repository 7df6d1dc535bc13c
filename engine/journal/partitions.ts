import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { dataFolder } from '../data-folder.ts';
import { reasonOf } from '../errors.ts';
import type { Events } from '../events.ts';
import { messageId } from '../ids.ts';
import { moveDatabase, removeDatabase } from '../store/index.ts';
import { type Control, openControl, type PartitionRow } from './control.ts';
import { openPartition, type Partition } from './partition.ts';
import { isDamage, salvage } from './salvage.ts';

export type Partitions = ReturnType<typeof openPartitions>;

/** One for each length of a window that channels have; past it they are found again. */
const windowsMax = 64;
const dayUs = 24 * 3600 * 1_000_000;
const dayOf = (us: number): string => new Date(us / 1000).toISOString().slice(0, 10);

/**
 * All journal files of a data folder. One a UTC day, so that expiry unlinks files; the newest takes
 * the landings. A file that does not open is set aside with one event, and the rest goes on.
 */
export function openPartitions(options: {
  readonly dataDir: string;
  readonly key: Buffer;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly events: Events;
  readonly clock: Clock;
}) {
  const control: Control = openControl(options.dataDir, options.key);
  const open = new Map<number, Partition>();
  let current: { partition: Partition; day: number } | undefined;
  /** The partitions since a day, of the list of partitions that they were taken from. */
  const windows = new Map<number, { from: readonly unknown[]; found: readonly Partition[] }>();

  function tryOpen(no: number, file: string): Partition | undefined {
    const known = open.get(no);
    if (known) return known;
    try {
      const partition = openPartition({
        no,
        file: join(dataFolder.journal(options.dataDir), file),
        key: options.key,
        synchronous: options.synchronous,
      });
      open.set(no, partition);
      return partition;
    } catch (cause) {
      if (isDamage(cause)) return setAside(no) ? byNo(no) : undefined;
      const reason = reasonOf(cause);
      options.events.emit({ type: 'partition-unreadable', partition: file, cause: reason });
      return undefined;
    }
  }

  function byNo(no: number): Partition | undefined {
    const known = open.get(no);
    if (known) return known;
    const row = control.partitions().find((candidate) => candidate.no === no);
    if (!row || row.state === 'expired' || row.state === 'unreadable') return undefined;
    return tryOpen(no, row.file);
  }

  /** Closes its handle; one that failed may refuse to. */
  function forget(no: number): void {
    const partition = open.get(no);
    open.delete(no);
    windows.clear();
    if (current?.partition.no === no) current = undefined;
    try {
      partition?.close();
    } catch {
      // The file is opened anew, or never again.
    }
  }

  function freeName(day: string): string {
    const taken = new Set(control.partitions().map((row) => row.file));
    let file = `${day}.db`;
    for (let n = 1; taken.has(file); n += 1) file = `${day}.${n}.db`;
    return file;
  }

  /**
   * Sets a file with damaged pages aside as `FILE.damaged` and puts a copy of what can be read in
   * its place; what lands from now on has a file of its own, since ids may have been given that
   * cannot be seen any more. False when nothing of it can be read, or no copy could be written.
   */
  function setAside(no: number): boolean {
    const row = control.partitions().find((candidate) => candidate.no === no);
    if (!row) return false;
    const sequence = open.get(no)?.sequence() ?? 0;
    forget(no);
    const isNewest = control.partitions().at(-1)?.no === no;
    const isSaved = (row.state === 'open' || row.state === 'closed') && putCopy(row, sequence);
    if (isNewest) {
      try {
        create(row.day);
      } catch {
        // The next landing tries again, and tells its sender.
      }
    }
    return isSaved;
  }

  function putCopy({ no, file, day, state }: PartitionRow, sequence: number): boolean {
    const folder = dataFolder.journal(options.dataDir);
    const from = join(folder, file);
    const name = freeName(day);
    try {
      const { key, synchronous, clock } = options;
      const result = salvage({
        ...{ no, from, file: join(folder, name), key, synchronous, sequence },
        firstId: messageId(no, 0),
        destinations: control.destinations(),
        isOpen: state === 'open',
        nowUs: clock.nowUs(),
      });
      control.setPartitionFile(no, name);
      moveDatabase(from, `${from}.damaged`);
      tryOpen(no, name);
      options.events.emit({ type: 'partition-damaged', partition: file, ...result });
      return true;
    } catch (cause) {
      removeDatabase(join(folder, name));
      const reason = reasonOf(cause);
      options.events.emit({ type: 'partition-unreadable', partition: file, cause: reason });
      if (isDamage(cause)) control.setPartitionState(no, 'unreadable');
      return false;
    }
  }

  function create(day: string): Partition {
    const file = freeName(day);
    const no = control.addPartition(day, file);
    const path = join(dataFolder.journal(options.dataDir), file);
    let partition: Partition;
    try {
      const { key, synchronous } = options;
      partition = openPartition({ no, file: path, key, synchronous });
    } catch (cause) {
      // Senders try again and again: each time a line and half a file would be left.
      control.dropPartition(no);
      removeDatabase(path);
      throw cause;
    }
    open.set(no, partition);
    options.events.emit({ type: 'partition-opened', partition: file });
    return partition;
  }

  /**
   * Reads from a partition; a damaged one is set aside first, and then read again. Not for use
   * within a transaction. Undefined when there is nothing to read from.
   */
  function using<Found>(no: number, read: (partition: Partition) => Found): Found | undefined {
    const partition = byNo(no);
    if (!partition) return undefined;
    try {
      return read(partition);
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      setAside(no);
      const again = byNo(no);
      return again && read(again);
    }
  }

  return {
    control,
    /** Opens every partition that may hold open or held work; called once, before anything runs. */
    recover(): readonly Partition[] {
      for (const row of control.partitions()) {
        if (row.state === 'open') using(row.no, probe);
      }
      return [...open.values()];
    },
    /**
     * The partition that takes landings at this time; a new day makes a new file, and so does an
     * older day than the newest file's (a clock set back): ids grow in the order of landing.
     */
    current(nowUs: number): Partition {
      const dayNo = Math.floor(nowUs / dayUs);
      if (current?.day === dayNo) return current.partition;
      const day = dayOf(nowUs);
      const newest = control.partitions().at(-1);
      const isOfDay = newest?.day === day && newest.state === 'open';
      const partition = (isOfDay && tryOpen(newest.no, newest.file)) || create(day);
      current = { partition, day: dayNo };
      return partition;
    },
    byNo,
    using,
    setAside,
    /** True when what was there will never come back: nothing waits for it. */
    isGone(no: number): boolean {
      const row = control.partitions().find((candidate) => candidate.no === no);
      return row === undefined || row.state === 'expired' || row.state === 'unreadable';
    },
    /** Open partitions, oldest first. */
    all: (): readonly Partition[] => [...open.values()].sort((a, b) => a.no - b.no),
    /** Partitions in which a duplicate that landed since then may lie, newest first. */
    dedupeWindow(sinceUs: number): readonly Partition[] {
      const rows = control.partitions();
      const dayNo = Math.floor(sinceUs / dayUs);
      const known = windows.get(dayNo);
      if (known?.from === rows) return known.found;
      if (windows.size > windowsMax) windows.clear();
      const oldest = dayOf(sinceUs);
      const found = rows
        .filter((row) => row.day >= oldest && (row.state === 'open' || row.state === 'closed'))
        .map((row) => tryOpen(row.no, row.file))
        .filter((partition) => partition !== undefined)
        .reverse();
      windows.set(dayNo, { from: control.partitions(), found });
      return found;
    },
    /**
     * Makes a finished day one that may have work again, so that a restart finds it. A copy that
     * keeps only the raw payloads has lost its counters: control.db has them.
     */
    reopenDay(no: number): void {
      const row = control.partitions().find((candidate) => candidate.no === no);
      if (row?.state !== 'closed' && row?.state !== 'raw-only') return;
      const partition = byNo(no);
      if (!partition) return;
      partition.db.transaction(() => {
        partition.db.exec('DELETE FROM counter');
        for (const { channel, destination, kind, value } of control.archivedCountersOf(no))
          partition.count(channel, destination, kind, value);
      })();
      control.reopenPartition(no);
      windows.clear();
    },
    /** After a failed fsync the file is opened anew: what it says then is what is on the disk. */
    reopen(partition: Partition): void {
      forget(partition.no);
      const row = control.partitions().find((candidate) => candidate.no === partition.no);
      if (row) tryOpen(row.no, row.file);
      options.events.emit({ type: 'journal-reopened', partition: row?.file ?? '' });
    },
    forget,
    close(): void {
      for (const partition of open.values()) partition.close();
      control.close();
    },
  };
}

/** Reads what a start needs of a partition. */
function probe({ db, statements }: Partition): void {
  statements.counters.all();
  db.prepare('SELECT destination, count(*) FROM work WHERE state <= 2 GROUP BY destination').all();
}
