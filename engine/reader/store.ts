import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import { type DatabaseHandle, openDatabase } from '../database.ts';
import type { CountKind } from '../journal/index.ts';
import { type Control, openControl } from '../journal/index.ts';

/** What reading needs of a journal, whether the engine that owns it runs or not. */
export type JournalView = {
  readonly control: Control;
  /** Readable partitions, oldest first. */
  partitions(): readonly { readonly no: number; readonly db: DatabaseHandle }[];
  /** Sum of one counter over all partitions. */
  count(channel: number, destination: number, kind: CountKind): number;
  close(): void;
};

/** The numbers of a channel's own chain (-1 before its first start) and of its routes. */
export function queuesOf({ control }: JournalView, channel: number) {
  const own = control.destinations().filter((each) => each.channel === channel);
  return {
    chain: own.find(({ name }) => name === '')?.no ?? -1,
    routes: own.filter(({ name }) => name !== ''),
  };
}

/** Opens a data folder for reading only. Works beside a running engine (WAL) and without one. */
export function openJournalView(dataDir: string, key: Buffer): JournalView {
  const control = openControl(dataDir, key, true);
  const open = new Map<number, DatabaseHandle>();
  function partitions() {
    const found = [];
    control.refresh();
    for (const row of control.partitions()) {
      const file = join(dataFolder.journal(dataDir), row.file);
      if (row.state === 'expired' || row.state === 'unreadable' || !existsSync(file)) continue;
      let db = open.get(row.no);
      if (!db) {
        db = openDatabase(file, { key, readonly: true });
        open.set(row.no, db);
      }
      found.push({ no: row.no, db });
    }
    return found;
  }
  return {
    control,
    partitions,
    count(channel, destination, kind) {
      let sum = 0;
      for (const row of control.archivedCounters()) {
        if (row.channel === channel && row.destination === destination && row.kind === kind)
          sum += row.value;
      }
      const archived = new Set(control.archivedPartitions());
      for (const { no, db } of partitions()) {
        if (archived.has(no)) continue;
        const row = db
          .prepare('SELECT value FROM counter WHERE channel = ? AND destination = ? AND kind = ?')
          .get(channel, destination, kind) as { value: number } | undefined;
        sum += row?.value ?? 0;
      }
      return sum;
    },
    close() {
      for (const db of open.values()) db.close();
      control.close();
    },
  };
}
