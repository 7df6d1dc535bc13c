import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import { type Control, type CountKind, openControl, type PartitionRow } from '../journal/index.ts';
import { type DatabaseHandle, openDatabase } from '../store/index.ts';

/** What reading needs of a journal, whether the engine that owns it runs or not. */
export type JournalView = {
  readonly control: Control;
  /** Readable partitions, oldest first; each is opened when its `db` is asked for. */
  partitions(): readonly PartitionView[];
  /** Those in which something may be open or held. */
  openPartitions(): readonly PartitionView[];
  /** Sum of one counter over all partitions. */
  count(channel: number, destination: number, kind: CountKind): number;
  /** Lets go of files that the journal has no more. */
  tidy(): void;
  close(): void;
};

export type PartitionView = { readonly no: number; readonly db: DatabaseHandle };

/** The numbers of a channel's own chain (-1 before its first start) and of its routes. */
export function queuesOf({ control }: JournalView, channel: number) {
  const own = control.destinations().filter((each) => each.channel === channel);
  return {
    chain: own.find(({ name }) => name === '')?.no ?? -1,
    routes: own.filter(({ name }) => name !== ''),
  };
}

/**
 * Opens a data folder for reading only, on handles of its own: works beside a running engine (WAL),
 * holds up none of its writes, and works without one.
 */
export function openJournalView(dataDir: string, key: Buffer): JournalView {
  const control = openControl(dataDir, key, true);
  const files = openReadHandles(dataFolder.journal(dataDir), key);
  const readable = (): readonly PartitionRow[] => {
    control.refresh();
    return control
      .partitions()
      .filter(
        (row) => row.state !== 'expired' && row.state !== 'unreadable' && files.has(row.file),
      );
  };
  const handleOf = ({ no, file, state }: PartitionRow): PartitionView => ({
    no,
    get db() {
      return files.open(file, state === 'open');
    },
  });
  const partitions = () => readable().map(handleOf);
  return {
    control,
    partitions,
    openPartitions: () =>
      readable()
        .filter(({ state }) => state === 'open')
        .map(handleOf),
    count(channel, destination, kind) {
      let sum = 0;
      for (const row of control.archivedCounters()) {
        if (row.channel === channel && row.destination === destination && row.kind === kind)
          sum += row.value;
      }
      const archived = new Set(control.archivedPartitions());
      for (const each of partitions()) {
        if (archived.has(each.no)) continue;
        const row = each.db
          .prepare('SELECT value FROM counter WHERE channel = ? AND destination = ? AND kind = ?')
          .get(channel, destination, kind) as { value: number } | undefined;
        sum += row?.value ?? 0;
      }
      return sum;
    },
    tidy: () => files.keepOnly(new Set(readable().map(({ file }) => file))),
    close() {
      files.keepOnly(new Set());
      control.close();
    },
  };
}

/** Handles of finished days that stay open; the others are opened again when they are wanted. */
const finishedMax = 8;

/** Read-only handles by file name. */
function openReadHandles(folder: string, key: Buffer) {
  const open = new Map<string, DatabaseHandle>();
  const finished = new Set<string>();

  function close(file: string): void {
    try {
      open.get(file)?.close();
      open.delete(file);
      finished.delete(file);
    } catch {
      // Somebody reads from it: it is closed another time.
    }
  }

  return {
    has: (file: string): boolean => existsSync(join(folder, file)),
    /** Throws what `openDatabase` throws. */
    open(file: string, isOfToday: boolean): DatabaseHandle {
      finished.delete(file);
      if (!isOfToday) finished.add(file);
      const known = open.get(file);
      if (known) return known;
      for (const oldest of finished) {
        if (finished.size <= finishedMax) break;
        if (oldest !== file) close(oldest);
        if (finished.has(oldest)) break;
      }
      const db = openDatabase(join(folder, file), { key, readonly: true, cacheKiB: 2048 });
      open.set(file, db);
      return db;
    },
    /** A file that is gone gives its disk back when nobody holds it open (G15). */
    keepOnly(files: ReadonlySet<string>): void {
      for (const file of [...open.keys()]) if (!files.has(file)) close(file);
    },
  };
}
