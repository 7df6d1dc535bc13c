import type { Client } from 'pg';
import type { Landing } from '../../../engine/index.ts';
import { changeLanding, keyOf, type RowChange } from '../change.ts';
import { sayingCode } from './connection.ts';
import { type FollowedTable, quoted } from './setup.ts';
import { landedText, wordOf } from './values.ts';

/** How far the reading of the tables has come; durable, a page at a time. */
export type SnapshotProgress = {
  /** Of the slot when it was made: what was committed before is in the tables. */
  readonly lsn: string;
  readonly startedMs: number;
  /** `schema.table` of those that are read. */
  readonly done: readonly string[];
  /** The table under way, and the key of the last row that is landed. */
  readonly at?: { readonly table: string; readonly key: readonly string[] };
};

export type SnapshotOptions = {
  /** In a transaction that sees one state of the database. */
  readonly client: Client;
  readonly slot: string;
  readonly tables: readonly FollowedTable[];
  readonly orderBy: readonly string[];
  readonly signal: AbortSignal;
  nowUs(): number;
  land(landing: Landing): Promise<void>;
  /** Resolves when all is durable. */
  drain(): Promise<void>;
  remember(progress: SnapshotProgress): void;
};

const pageRowsFirst = 50;
const pageRowsMax = 1_000;
const pageBytesWanted = 4 * 1024 * 1024;

/**
 * Lands every row of the tables, page by page in the order of the primary key, so that no more than
 * a page is held, and a restart goes on behind the last row. Resolves with false when stopped.
 */
export async function takeSnapshot(
  options: SnapshotOptions,
  from: SnapshotProgress,
): Promise<boolean> {
  let progress = from;
  for (const table of options.tables) {
    const name = `${table.schema}.${table.table}`;
    if (progress.done.includes(name)) continue;
    let last = progress.at?.table === name ? progress.at.key : undefined;
    let limit = pageRowsFirst;
    for (;;) {
      if (options.signal.aborted) return false;
      const page = await readPage(options.client, table, last, limit);
      let bytes = 0;
      for (const row of page) {
        const landing = rowLanding(table, row, progress, options);
        bytes += landing.raw.length;
        last = keyTexts(table, row);
        await options.land(landing);
      }
      await options.drain();
      const isEnd = page.length < limit;
      progress = isEnd || last === undefined ? done(progress, name) : at(progress, name, last);
      options.remember(progress);
      if (isEnd) break;
      const average = Math.max(1, bytes / page.length);
      limit = Math.max(1, Math.min(pageRowsMax, Math.floor(pageBytesWanted / average)));
    }
  }
  return true;
}

const done = ({ at: _at, ...rest }: SnapshotProgress, name: string): SnapshotProgress => ({
  ...rest,
  done: [...rest.done, name],
});

const at = (progress: SnapshotProgress, table: string, key: readonly string[]) => ({
  ...progress,
  at: { table, key },
});

type Row = readonly (string | null)[];

async function readPage(
  client: Client,
  { schema, table, columns, key, filter }: FollowedTable,
  after: readonly string[] | undefined,
  limit: number,
): Promise<Row[]> {
  const keys = key.map(quoted).join(', ');
  const behind = key.map((_column, index) => `$${index + 1}`).join(', ');
  const conditions = [
    ...(filter === undefined ? [] : [`(${filter})`]),
    ...(after === undefined ? [] : [`(${keys}) > (${behind})`]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const text =
    `SELECT ${columns.map(({ name }) => quoted(name)).join(', ')} ` +
    `FROM ${quoted(schema)}.${quoted(table)} ${where} ORDER BY ${keys} LIMIT ${limit}`;
  const query = { text, values: [...(after ?? [])], rowMode: 'array' as const };
  return (await sayingCode(client.query(query))).rows as unknown as Row[];
}

/** As the server wrote them: they are compared with its own values again. */
const keyTexts = ({ columns, key }: FollowedTable, row: Row): string[] =>
  key.map((column) => row[columns.findIndex(({ name }) => name === column)] as string);

function rowLanding(
  table: FollowedTable,
  row: Row,
  { lsn, startedMs }: SnapshotProgress,
  { slot, orderBy, nowUs }: SnapshotOptions,
): Landing {
  const values: Record<string, string | null> = {};
  const types: Record<string, NonNullable<ReturnType<typeof wordOf>>> = {};
  for (const [index, { name, typeOid }] of table.columns.entries()) {
    const value = row[index] ?? null;
    values[name] = value === null ? null : landedText(value, typeOid);
    const word = wordOf(typeOid);
    if (word !== undefined) types[name] = word;
  }
  const { schema, table: plain, key } = table;
  const change: RowChange = {
    ...{ op: 'r', before: null, after: values, types, key },
    source: { connector: 'postgresql', name: slot, schema, table: plain, lsn },
    tsMs: startedMs,
  };
  const place = JSON.stringify([schema, plain, ...(keyOf(change) ?? [])]);
  const dedupeKey = `cdc|${slot}|${lsn}|${place}`;
  return changeLanding(change, { receivedUs: nowUs(), orderBy, dedupeKey });
}
