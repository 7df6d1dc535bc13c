import { join } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import { removeDatabase } from '../database.ts';
import { reasonOf } from '../errors.ts';
import type { Events } from '../events.ts';
import { type Control, openControl } from './control.ts';
import { openPartition, type Partition } from './partition.ts';

export type Partitions = ReturnType<typeof openPartitions>;

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
  readonly dedupeHours: number;
}) {
  const control: Control = openControl(options.dataDir, options.key);
  const open = new Map<number, Partition>();
  let current: { partition: Partition; day: number } | undefined;
  let window:
    | { from: readonly unknown[]; day: number; partitions: readonly Partition[] }
    | undefined;

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
      options.events.emit({
        type: 'partition-unreadable',
        partition: file,
        cause: reasonOf(cause),
      });
      if (isDamage(cause)) control.setPartitionState(no, 'unreadable');
      return undefined;
    }
  }

  function create(day: string): Partition {
    const taken = new Set(control.partitions().map((row) => row.file));
    let file = `${day}.db`;
    for (let n = 1; taken.has(file); n += 1) file = `${day}.${n}.db`;
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

  return {
    control,
    /** Opens every partition that may hold open or held work; called once, before anything runs. */
    recover(): readonly Partition[] {
      for (const row of control.partitions()) {
        if (row.state === 'open') tryOpen(row.no, row.file);
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
    byNo(no: number): Partition | undefined {
      const known = open.get(no);
      if (known) return known;
      const row = control.partitions().find((candidate) => candidate.no === no);
      if (!row || row.state === 'expired' || row.state === 'unreadable') return undefined;
      return tryOpen(no, row.file);
    },
    /** Open partitions, oldest first. */
    all: (): readonly Partition[] => [...open.values()].sort((a, b) => a.no - b.no),
    /** Partitions in which a duplicate may lie, newest first. */
    dedupeWindow(nowUs: number): readonly Partition[] {
      const rows = control.partitions();
      const day = Math.floor(nowUs / dayUs);
      if (window?.from === rows && window.day === day) return window.partitions;
      const oldest = dayOf(nowUs - options.dedupeHours * 3600 * 1_000_000);
      const found = rows
        .filter((row) => row.day >= oldest && (row.state === 'open' || row.state === 'closed'))
        .map((row) => tryOpen(row.no, row.file))
        .filter((partition) => partition !== undefined)
        .reverse();
      window = { from: control.partitions(), day, partitions: found };
      return found;
    },
    /** After a failed fsync the file is opened anew: what it says then is what is on the disk. */
    reopen(partition: Partition): void {
      open.delete(partition.no);
      window = undefined;
      if (current?.partition === partition) current = undefined;
      try {
        partition.close();
      } catch {
        // A handle that failed may refuse to close; the new one is what counts.
      }
      const row = control.partitions().find((candidate) => candidate.no === partition.no);
      if (row) tryOpen(row.no, row.file);
      options.events.emit({ type: 'journal-reopened', partition: row?.file ?? '' });
    },
    forget(no: number): void {
      open.get(no)?.close();
      open.delete(no);
      window = undefined;
      if (current?.partition.no === no) current = undefined;
    },
    close(): void {
      for (const partition of open.values()) partition.close();
      control.close();
    },
  };
}

/**
 * A file that will never be read again, as against a disk or a system that has a bad moment. A
 * wrong key is no damage: the start fails as a whole on control.db before.
 */
function isDamage(cause: unknown): boolean {
  const { code, cause: inner } = cause as { code?: string; cause?: { code?: string } };
  return code === 'wrong-key' || /^SQLITE_(CORRUPT|NOTADB)/.test(inner?.code ?? code ?? '');
}
