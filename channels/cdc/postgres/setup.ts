import type { Client } from 'pg';
import { PlexusError } from '../../../engine/index.ts';
import { sayingCode } from './connection.ts';

/** A table that the publication holds, and what of it. */
export type FollowedTable = {
  readonly schema: string;
  readonly table: string;
  /** What the publication sends, in the table's own order. */
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[];
  /** The columns of its primary key, in the key's order. */
  readonly key: readonly string[];
  /** What rows must meet to be published; SQL of the publication itself. */
  readonly filter: string | undefined;
};

/** The slot, as it is on the server. */
export type Slot = { readonly confirmedLsn: string };

export type SetupOptions = {
  readonly slot: string;
  readonly publication: string;
  /** `schema.table` each; of a publication that is there, those that it must hold. */
  readonly tables: readonly string[];
};

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const quotedTable = (name: string): string => name.split('.').map(quoted).join('.');

const rowsOf = async <Row>(client: Client, text: string, values: unknown[] = []): Promise<Row[]> =>
  (await sayingCode(client.query(text, values))).rows as Row[];

/** Throws PlexusError unless the server can be followed at all. */
export async function checkServer(client: Client): Promise<void> {
  const [level] = await rowsOf<{ wal_level: string }>(client, 'SHOW wal_level');
  if (level?.wal_level === 'logical') return;
  const text = 'the server runs without `wal_level = logical`';
  throw new PlexusError('cdc-wal-level', text);
}

/** Makes the publication where it is not there, and reads what it holds. */
export async function openPublication(
  client: Client,
  { publication, tables }: SetupOptions,
): Promise<readonly FollowedTable[]> {
  const found = await rowsOf<Record<string, string>>(
    client,
    'SELECT pubinsert AND pubupdate AND pubdelete AS whole FROM pg_publication WHERE pubname = $1',
    [publication],
  );
  if (found.length === 0) {
    if (tables.length === 0)
      throw new PlexusError('cdc-publication-missing', `there is no publication ${publication}`);
    // Without a key the application's own updates would fail from now on.
    for (const table of tables) await requireKey(client, table);
    const list = tables.map(quotedTable).join(', ');
    const text = `CREATE PUBLICATION ${quoted(publication)} FOR TABLE ${list}`;
    await sayingCode(client.query(`${text} WITH (publish_via_partition_root = true)`));
  } else if (found[0]?.whole !== 't') {
    const text = 'the publication leaves out inserts, updates or deletes';
    throw new PlexusError('cdc-publication-partial', text);
  }
  const held = await readTables(client, publication);
  const names = held.map(({ schema, table }) => `${schema}.${table}`);
  const missing = tables.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const text = `the publication does not hold ${missing.join(', ')}`;
    throw new PlexusError('cdc-publication-partial', text);
  }
  const keyless = held.find(({ key }) => key.length === 0);
  if (keyless) throw noKey(`${keyless.schema}.${keyless.table}`);
  for (const { schema, table } of held) await requireIdentity(client, `${schema}.${table}`);
  return held;
}

const noKey = (table: string): PlexusError =>
  new PlexusError('cdc-primary-key-missing', `${table} has no primary key`);

async function requireKey(client: Client, table: string): Promise<void> {
  const found = await rowsOf(
    client,
    'SELECT 1 FROM pg_index WHERE indrelid = $1::regclass AND indisprimary',
    [quotedTable(table)],
  );
  if (found.length === 0) throw noKey(table);
  await requireIdentity(client, table);
}

/**
 * Of a changed or deleted row the server must tell the primary key, or all. With another index for
 * its identity it tells other columns; with none (or a key that is checked late) the application's
 * own updates fail as soon as the table is published. Partitions have their own.
 */
async function requireIdentity(client: Client, table: string): Promise<void> {
  const [found] = await rowsOf<Record<string, string | null>>(
    client,
    `SELECT c.relreplident AS identity, c.relkind AS kind, i.indimmediate AS immediate,
       i.indisreplident AS chosen
     FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.oid = $1::regclass`,
    [quotedTable(table)],
  );
  const { identity, kind, immediate, chosen } = found ?? {};
  const isTold = identity === 'f' || (identity === 'd' && immediate === 't') || chosen === 't';
  if (isTold || kind === 'p') return;
  const text = `${table} tells no primary key of changed rows: ALTER TABLE ... REPLICA IDENTITY`;
  throw new PlexusError('cdc-replica-identity', text);
}

type ColumnRow = Record<'schema' | 'table' | 'name' | 'type' | 'key', string> & {
  readonly filter: string | null;
};

async function readTables(client: Client, publication: string): Promise<FollowedTable[]> {
  const [version] = await rowsOf<{ server_version_num: string }>(client, 'SHOW server_version_num');
  // Column lists and row filters came with version 15.
  const hasLists = Number(version?.server_version_num) >= 150_000;
  const rows = await rowsOf<ColumnRow>(
    client,
    `SELECT p.schemaname AS schema, p.tablename AS table, a.attname AS name, a.atttypid AS type,
       coalesce(array_position(i.indkey::int2[], a.attnum), -1) AS key,
       ${hasLists ? 'p.rowfilter' : 'NULL'} AS filter
     FROM pg_publication_tables p
     JOIN pg_namespace n ON n.nspname = p.schemaname
     JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attgenerated = '' ${hasLists ? 'AND a.attname = ANY (p.attnames)' : ''}
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE p.pubname = $1 ORDER BY 1, 2, a.attnum`,
    [publication],
  );
  const tables = new Map<string, ColumnRow[]>();
  for (const row of rows) {
    const name = `${row.schema}.${row.table}`;
    tables.set(name, [...(tables.get(name) ?? []), row]);
  }
  return [...tables.values()].map((columns): FollowedTable => {
    const [{ schema, table, filter }] = columns as [ColumnRow];
    const inKey = columns.filter(({ key }) => Number(key) >= 0);
    inKey.sort((left, right) => Number(left.key) - Number(right.key));
    return {
      schema,
      table,
      columns: columns.map(({ name, type }) => ({ name, typeOid: Number(type) })),
      key: inKey.map(({ name }) => name),
      filter: filter ?? undefined,
    };
  });
}

/** The slot of that name; undefined where there is none. Throws where it is another's. */
export async function findSlot(client: Client, slot: string): Promise<Slot | undefined> {
  const [found] = await rowsOf<Record<string, string | null>>(
    client,
    `SELECT plugin, database = current_database() AS here, wal_status,
       confirmed_flush_lsn AS confirmed FROM pg_replication_slots WHERE slot_name = $1`,
    [slot],
  );
  if (found === undefined) return undefined;
  if (found.plugin !== 'pgoutput' || found.here !== 't')
    throw new PlexusError('cdc-slot-foreign', `the slot ${slot} is another's`);
  if (found.wal_status === 'lost')
    throw new PlexusError('cdc-slot-lost', `the server gave up the log of the slot ${slot}`);
  return { confirmedLsn: found.confirmed ?? '0/0' };
}
