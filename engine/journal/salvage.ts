import type { Issue } from '../issue.ts';
import { type DatabaseHandle, openDatabase } from '../store/index.ts';
import { holdsEdits } from './edits.ts';
import { heldCode } from './held-code.ts';
import { openPartition, type Partition, type PartitionOptions } from './partition.ts';
import { countOf, counts, type State, states } from './schema.ts';

/** What became of the messages of a damaged file that could not be read whole. */
export type Salvaged = {
  /** Held for a person: their work is known, their bytes or their state are not. */
  readonly held: number;
  /** Their bytes are gone: they were finished, or nothing is left of them but their number. */
  readonly lost: number;
};

export type SalvageOptions = PartitionOptions & {
  /** The damaged file; `file` is the new one. */
  readonly from: string;
  /** The highest sequence that was given, where it is known; 0 else. */
  readonly sequence: number;
  readonly firstId: number;
  readonly destinations: readonly { readonly no: number; channel: number; name: string }[];
  /** False for a day that is finished: what is unreadable is counted, and nobody is asked. */
  readonly isOpen: boolean;
  readonly nowUs: number;
};

/**
 * A page of the journal that went bad costs what lies on it and no more: everything that can still
 * be read is copied into a new file under the same ids. What cannot is held where work was
 * left to do, and counted. Throws when the damaged file does not open at all, or
 * the new one cannot be written.
 */
export function salvage(options: SalvageOptions): Salvaged {
  const from = openDatabase(options.from, { key: options.key, readonly: true });
  try {
    const to = openPartition(options);
    try {
      to.db.exec('BEGIN IMMEDIATE');
      const result = copyReadable(from, to, options);
      to.db.exec('COMMIT');
      to.db.pragma('wal_checkpoint(TRUNCATE)');
      return result;
    } finally {
      to.close();
    }
  } finally {
    from.close();
  }
}

type Row = Readonly<Record<string, unknown>>;

const landedSql = `SELECT sum(CASE kind WHEN ${counts.received} THEN value ELSE -value END) AS last
  FROM counter WHERE kind IN (${counts.received}, ${counts.duplicate}) AND destination = 0`;

function copyReadable(from: DatabaseHandle, to: Partition, options: SalvageOptions): Salvaged {
  const { firstId, sequence } = options;
  const seen = (sql: string): number => {
    try {
      return (from.prepare(sql).get() as { last: number | null }).last ?? 0;
    } catch {
      return 0;
    }
  };
  const last = Math.max(
    firstId + sequence,
    seen('SELECT max(id) AS last FROM message'),
    seen('SELECT max(message_id) AS last FROM work'),
    // Where both trees lost their roots, the count of what came in says how much there was.
    firstId + seen(landedSql),
  );
  const copy = (table: string, by: string, until: number, start = 1): number[] =>
    copyTable(from, to.db, { table, by, from: start, to: until });
  const unreadable = copy('message', 'id', last, firstId + 1);
  copy('work', 'message_id', last, firstId + 1);
  copy('message_key', 'message_id', last, firstId + 1);
  if (holdsEdits(from)) copy('edit', 'message_id', last, firstId + 1);
  for (const table of ['duplicate', 'history'])
    copy(table, 'rowid', seen(`SELECT max(rowid) AS last FROM ${table}`));
  copyCursors(from, to.db);
  const result = options.isOpen
    ? holdUnreadable(to, unreadable, options)
    : { held: 0, lost: unreadable.length };
  recount(from, to, options);
  return result;
}

type Range = { readonly table: string; readonly by: string; from: number; to: number };

const rowsAtOnce = 512;

/** Copies a table in ever smaller ranges around what cannot be read; answers with those keys. */
function copyTable(from: DatabaseHandle, to: DatabaseHandle, range: Range): number[] {
  const { table, by } = range;
  const unreadable: number[] = [];
  for (let at = range.from; at <= range.to; at += rowsAtOnce) {
    const end = Math.min(at + rowsAtOnce - 1, range.to);
    unreadable.push(...copyRange(from, to, { table, by, from: at, to: end }));
  }
  return unreadable;
}

function copyRange(from: DatabaseHandle, to: DatabaseHandle, range: Range): number[] {
  const { table, by, from: first, to: last } = range;
  let rows: readonly Row[];
  try {
    rows = from
      .prepare(`SELECT * FROM ${table} WHERE ${by} BETWEEN ? AND ?`)
      .all(first, last) as readonly Row[];
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    if (first === last) return [first];
    const middle = Math.floor((first + last) / 2);
    return [
      ...copyRange(from, to, { ...range, to: middle }),
      ...copyRange(from, to, { ...range, from: middle + 1 }),
    ];
  }
  insert(to, table, rows);
  return [];
}

function insert(to: DatabaseHandle, table: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return;
  const places = columns.map((column) => `@${column}`).join(', ');
  const statement = to.prepare(
    `INSERT OR REPLACE INTO ${table}(${columns.join(', ')}) VALUES(${places})`,
  );
  for (const row of rows) statement.run(row);
}

/** Positions that cannot be read make the files route begin a new file: it repeats, never cuts. */
function copyCursors(from: DatabaseHandle, to: DatabaseHandle): void {
  try {
    insert(to, 'file_cursor', from.prepare('SELECT * FROM file_cursor').all() as Row[]);
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
  }
}

export const rawUnreadable: Issue = {
  severity: 'fatal',
  code: 'raw-unreadable',
  diagnostics:
    'The disk gave back other bytes than were written, and this message is lost. Ask its sender ' +
    'to send it again, and waive this.',
};

const workUnreadable: Issue = {
  severity: 'error',
  code: 'work-unreadable',
  diagnostics:
    'The disk lost what had become of this message. Its bytes are whole: replay it, which never ' +
    'overwrites newer data.',
};

function holdUnreadable(
  { db, statements }: Partition,
  unreadable: readonly number[],
  { destinations, nowUs }: SalvageOptions,
): Salvaged {
  let held = 0;
  let lost = 0;
  const channelOf = new Map(destinations.map(({ no, channel }) => [no, channel]));
  const worksOf = db.prepare('SELECT DISTINCT destination AS no FROM work WHERE message_id = ?');
  const hold = db.prepare(
    `UPDATE work SET state = ${states.held}, code = ?, issues = ?, changed_us = ?, due_us = NULL
     WHERE message_id = ? AND state < 2`,
  );
  for (const id of unreadable) {
    const [work] = worksOf.all(id) as { no: number }[];
    const channel = work && channelOf.get(work.no);
    if (channel === undefined) {
      lost += 1;
      continue;
    }
    const nothing = Buffer.alloc(0);
    statements.insertMessage.run(
      id,
      channel,
      nowUs,
      Buffer.alloc(32),
      null,
      null,
      null,
      0,
      nothing,
    );
    const { changes } = hold.run(
      heldCode('journal', rawUnreadable),
      JSON.stringify([rawUnreadable]),
      nowUs,
      id,
    );
    if (changes > 0) held += 1;
    else lost += 1;
  }
  const forgotten = db
    .prepare('SELECT id, channel FROM message WHERE id NOT IN (SELECT message_id FROM work)')
    .all() as { id: number; channel: number }[];
  for (const { id, channel } of forgotten) {
    const chain = destinations.find((each) => each.channel === channel && each.name === '');
    if (!chain) continue;
    const issues = JSON.stringify([workUnreadable]);
    const code = heldCode('journal', workUnreadable);
    statements.insertWork.run(id, 0, chain.no, states.held, null, code, null, nowUs, issues);
    held += 1;
  }
  return { held, lost };
}

/**
 * Where the work stands is counted anew from the rows; what came in is what was counted when it
 * came, where that can be read, so that a message of which nothing is left shows as missing (G13).
 */
function recount(from: DatabaseHandle, to: Partition, { destinations }: SalvageOptions): void {
  type Counter = { channel: number; destination: number; kind: number; value: number };
  const channelOf = new Map(destinations.map(({ no, channel }) => [no, channel]));
  const came: ReadonlySet<number> = new Set([counts.received, counts.duplicate, counts.enqueued]);
  let counters: readonly Counter[] | undefined;
  try {
    counters = from.prepare('SELECT * FROM counter').all() as Counter[];
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
  }
  for (const { channel, destination, kind, value } of counters ?? []) {
    if (came.has(kind)) to.count(channel, destination, kind as 0, value);
  }
  const rows = to.db
    .prepare('SELECT destination, state, count(*) AS n FROM work GROUP BY destination, state')
    .all() as { destination: number; state: State; n: number }[];
  for (const { destination, state, n } of rows) {
    const channel = channelOf.get(destination);
    const kind = countOf(state);
    if (channel === undefined || kind === undefined) continue;
    to.count(channel, destination, kind, n);
    const isChain = destinations.find(({ no }) => no === destination)?.name === '';
    if (!counters && !isChain) to.count(channel, destination, counts.enqueued, n);
  }
  if (counters) return;
  const messages = to.db.prepare('SELECT channel, count(*) AS n FROM message GROUP BY channel');
  for (const { channel, n } of messages.all() as { channel: number; n: number }[])
    to.count(channel, 0, counts.received, n);
}

/**
 * A file that will never be read again as it was, as against a disk or a system that has a bad
 * moment. A wrong key is no damage: the start fails as a whole on control.db before.
 */
export function isDamage(cause: unknown): boolean {
  const { code, cause: inner } = cause as { code?: string; cause?: { code?: string } };
  return code === 'wrong-key' || /^SQLITE_(CORRUPT|NOTADB)/.test(inner?.code ?? code ?? '');
}
