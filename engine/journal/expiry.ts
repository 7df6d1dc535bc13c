import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import { PlexusError } from '../errors.ts';
import type { Events } from '../events.ts';
import { removeDatabase } from '../store/index.ts';
import type { Journal } from './journal.ts';
import type { Partition } from './partition.ts';
import { states } from './schema.ts';

export type Retention = { readonly rawDays?: number; readonly workDays: number };

const dayMs = 24 * 3600 * 1000;

/**
 * Gives the disk back (G15). A day whose work is all finished is closed; after `workDays` only its
 * raw payloads stay, compressed, in a new file; after `rawDays` the file goes. A day with open or
 * held work is never touched. Each step is one line in control.db: a crash leaves the old file or
 * the new one.
 */
export async function expire(
  journal: Journal,
  dataDir: string,
  retention: Retention,
  nowUs: number,
  events: Events,
): Promise<void> {
  const folder = dataFolder.journal(dataDir);
  const today = new Date(nowUs / 1000).toISOString().slice(0, 10);
  for (const row of journal.control.partitions()) {
    const ageDays = (Date.parse(today) - Date.parse(row.day)) / dayMs;
    if (ageDays < 1) continue;
    if (row.state === 'open') {
      const partition = journal.partitions.byNo(row.no);
      if (partition) await close(journal, partition, nowUs);
    }
    const state = journal.control.partitions().find(({ no }) => no === row.no)?.state;
    if ((state === 'closed' || state === 'raw-only') && ageDays > (retention.rawDays ?? Infinity)) {
      await forget(journal, row.no, row.file, dataDir);
      journal.control.setPartitionState(row.no, 'expired');
      removeDatabase(join(folder, row.file));
      events.emit({ type: 'partition-expired', partition: row.file });
    } else if (state === 'closed' && ageDays > retention.workDays) {
      await compact(journal, row.no, row.file, dataDir);
    }
  }
  removeOrphans(journal, folder);
}

/** A day is closed when nothing in it is open or held; its counters move to control.db. */
async function close(journal: Journal, partition: Partition, nowUs: number): Promise<void> {
  const live = [states.ready, states.retry, states.held].join(', ');
  const row = partition.db.prepare(`SELECT 1 FROM work WHERE state IN (${live}) LIMIT 1`).get();
  if (row) return;
  await carryCursors(journal, partition, nowUs);
  journal.control.closePartition(partition.no, partition.statements.counters.all() as never);
}

/** A route that has been idle since must find its file positions when this day is gone. */
async function carryCursors(journal: Journal, from: Partition, nowUs: number): Promise<void> {
  const cursors = from.db.prepare('SELECT destination, path, bytes FROM file_cursor').all() as {
    destination: number;
    path: string;
    bytes: number;
  }[];
  const to = journal.partitions.current(nowUs);
  if (cursors.length === 0 || to === from) return;
  await journal.ride(to.no, (partition) => {
    for (const { destination, path, bytes } of cursors) {
      const newer = journal.cursors(destination).get(path) ?? 0;
      partition.statements.setCursor.run(destination, path, Math.max(bytes, newer));
    }
  });
}

async function forget(journal: Journal, no: number, file: string, dataDir: string): Promise<void> {
  journal.partitions.forget(no);
  await journal.upkeep.ask({ kind: 'forget', file: join(dataFolder.journal(dataDir), file) });
}

async function compact(journal: Journal, no: number, file: string, dataDir: string): Promise<void> {
  const folder = dataFolder.journal(dataDir);
  const rawFile = file.replace(/\.db$/, '.raw.db');
  await forget(journal, no, file, dataDir);
  const reply = await journal.upkeep.ask({
    kind: 'compact',
    file: join(folder, file),
    to: join(folder, rawFile),
  });
  if (!reply.ok)
    throw new PlexusError('day-not-compacted', `cannot compact ${file}: ${reply.cause}`);
  journal.control.replacePartitionFile(no, rawFile);
  removeDatabase(join(folder, file));
}

/** Files that a crash left between two steps: no line of control.db names them. */
function removeOrphans(journal: Journal, folder: string): void {
  if (!existsSync(folder)) return;
  const named = new Set(journal.control.partitions().map(({ file }) => file));
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.db') || named.has(file)) continue;
    const ageMs = Date.now() - statSync(join(folder, file)).mtimeMs;
    if (ageMs > dayMs) removeDatabase(join(folder, file));
  }
}
