import { mkdirSync } from 'node:fs';
import { dataFolder, holdsData } from '../data-folder.ts';
import { exitCodes, PlexusError } from '../errors.ts';
import { type DatabaseHandle, openDatabase } from '../store/index.ts';
import { revisionsOf } from './revisions.ts';
import { type CountKind, controlSchema } from './schema.ts';

export type PartitionRow = {
  readonly no: number;
  readonly file: string;
  readonly day: string;
  readonly state: 'open' | 'closed' | 'raw-only' | 'expired' | 'unreadable';
};

type Counter = {
  readonly channel: number;
  readonly destination: number;
  readonly kind: CountKind;
  readonly value: number;
};

export type Control = ReturnType<typeof openControl>;

/** control.db: the names behind the numbers, the list of partitions, the revisions deployed. */
export function openControl(dataDir: string, key: Buffer, readonly = false) {
  const file = dataFolder.control(dataDir);
  if (readonly && !holdsData(dataDir)) {
    throw new PlexusError('data-missing', `${dataDir} holds no Plexus data`, {
      exit: exitCodes.io,
    });
  }
  if (!readonly) mkdirSync(dataFolder.journal(dataDir), { recursive: true, mode: 0o700 });
  const db: DatabaseHandle = openDatabase(file, { key, readonly });
  checkLayout(db, dataDir, readonly);
  if (!readonly) db.exec(controlSchema);
  const channelNo = new Map<string, number>();
  const destinationNo = new Map<string, number>();
  let known: readonly PartitionRow[] | undefined;

  return {
    db,
    /** The number of a channel, given on first use and kept for ever. */
    channel(name: string): number {
      const given = channelNo.get(name);
      if (given !== undefined) return given;
      db.prepare('INSERT OR IGNORE INTO channel(name) VALUES(?)').run(name);
      const { no } = db.prepare('SELECT no FROM channel WHERE name = ?').get(name) as {
        no: number;
      };
      channelNo.set(name, no);
      return no;
    },
    /** The number of a destination of a channel; the name '' is the channel's chain. */
    destination(channel: number, name: string): number {
      const at = `${channel}/${name}`;
      const given = destinationNo.get(at);
      if (given !== undefined) return given;
      db.prepare('INSERT OR IGNORE INTO destination(channel, name) VALUES(?, ?)').run(
        channel,
        name,
      );
      const row = db
        .prepare('SELECT no FROM destination WHERE channel = ? AND name = ?')
        .get(channel, name);
      const no = (row as { no: number }).no;
      destinationNo.set(at, no);
      return no;
    },
    channels(): readonly { no: number; name: string }[] {
      return db.prepare('SELECT no, name FROM channel ORDER BY no').all() as {
        no: number;
        name: string;
      }[];
    },
    destinations(): readonly { no: number; channel: number; name: string }[] {
      return db.prepare('SELECT no, channel, name FROM destination ORDER BY no').all() as {
        no: number;
        channel: number;
        name: string;
      }[];
    },
    /** All partitions ever, oldest first; the same array until one is added or changes state. */
    partitions(): readonly PartitionRow[] {
      known ??= db
        .prepare('SELECT no, file, day, state FROM partition ORDER BY no')
        .all() as PartitionRow[];
      return known;
    },
    addPartition(day: string, file: string): number {
      const { lastInsertRowid } = db
        .prepare('INSERT INTO partition(file, day) VALUES(?, ?)')
        .run(file, day);
      known = undefined;
      return Number(lastInsertRowid);
    },
    /** Takes back a partition in which nothing has landed. */
    dropPartition(no: number): void {
      known = undefined;
      db.prepare('DELETE FROM partition WHERE no = ?').run(no);
    },
    setPartitionState(no: number, state: PartitionRow['state']): void {
      known = undefined;
      db.prepare('UPDATE partition SET state = ? WHERE no = ?').run(state, no);
    },
    ...revisionsOf(db),
    archivedCounters(): readonly Counter[] {
      return db
        .prepare('SELECT channel, destination, kind, value FROM archived_counter')
        .all() as Counter[];
    },
    archivedCountersOf(no: number): readonly Counter[] {
      return db
        .prepare(
          'SELECT channel, destination, kind, value FROM archived_counter WHERE partition = ?',
        )
        .all(no) as Counter[];
    },
    /** Marks a partition finished and keeps its counters here, in one step. */
    closePartition(no: number, counters: readonly Counter[]): void {
      known = undefined;
      db.transaction(() => {
        const insert = db.prepare(
          `INSERT OR REPLACE INTO archived_counter(partition, channel, destination, kind, value)
           VALUES(?, ?, ?, ?, ?)`,
        );
        for (const { channel, destination, kind, value } of counters) {
          insert.run(no, channel, destination, kind, value);
        }
        db.prepare(`UPDATE partition SET state = 'closed' WHERE no = ?`).run(no);
      })();
    },
    /** A finished day has work again: its counters are those of its own file. */
    reopenPartition(no: number): void {
      known = undefined;
      db.transaction(() => {
        db.prepare('DELETE FROM archived_counter WHERE partition = ?').run(no);
        db.prepare(`UPDATE partition SET state = 'open' WHERE no = ?`).run(no);
      })();
    },
    setPartitionFile(no: number, file: string): void {
      known = undefined;
      db.prepare('UPDATE partition SET file = ? WHERE no = ?').run(file, no);
    },
    replacePartitionFile(no: number, file: string): void {
      known = undefined;
      db.prepare(`UPDATE partition SET file = ?, state = 'raw-only' WHERE no = ?`).run(file, no);
    },
    archivedPartitions(): readonly number[] {
      const rows = db.prepare('SELECT DISTINCT partition AS no FROM archived_counter').all();
      return (rows as { no: number }[]).map((row) => row.no);
    },
    /** Reads the list of partitions anew: another process may have added one. */
    refresh(): void {
      known = undefined;
    },
    close: () => db.close(),
  };
}

/**
 * The layout of all stores of a data folder, journal, spine and identity; raised whenever the
 * tables of one of them change, so that a folder of another version is refused in one sentence.
 */
const dataLayout = 6;
/**
 * Layouts that a start brings up to date: what came since are tables of their own (`pin`, `edit`,
 * those of the sources' state) and words of the spine that no older contribution has, the last of
 * them what each field gave to a list.
 */
const grown: ReadonlySet<number> = new Set([2, 3, 4, 5]);

function checkLayout(db: DatabaseHandle, dataDir: string, readonly: boolean): void {
  const found = db.pragma('user_version', { simple: true }) as number;
  if (found === dataLayout) return;
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_master').get() as {
    tables: number;
  };
  if (found === 0 && tables === 0) {
    if (!readonly) db.pragma(`user_version = ${dataLayout}`);
    return;
  }
  if (grown.has(found) && !readonly) {
    db.pragma(`user_version = ${dataLayout}`);
    return;
  }
  db.close();
  if (grown.has(found)) {
    const message = `${dataDir} was written by an older version: start the engine on it once`;
    throw new PlexusError('data-layout', message, { exit: exitCodes.io });
  }
  const message = `${dataDir} has layout ${found}; this version reads layout ${dataLayout}`;
  throw new PlexusError('data-layout', message, { exit: exitCodes.io });
}
