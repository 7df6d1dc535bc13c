import { type RowChange, type TypeWord, unavailable, type Values } from '../change.ts';
import { type FieldSchema, landedText, wordOf } from './values.ts';

/** What a line turned out to be. */
export type Line =
  | { readonly kind: 'change'; readonly change: RowChange; readonly name: string | undefined }
  /** Said of the log and not of a row; by a code. */
  | { readonly kind: 'other'; readonly code: string }
  /** The tables have become others. */
  | { readonly kind: 'schema' }
  | { readonly kind: 'unreadable' };

type Json = Readonly<Record<string, unknown>>;

/** What Node has and the library of types does not. */
const json = JSON as typeof JSON & {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);

/** Numbers keep the digits in which they were written. */
const asWritten = (
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown =>
  typeof value === 'number' && context?.source !== undefined ? json.rawJSON(context.source) : value;

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null
    ? undefined
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/**
 * Reads one event of Debezium: the envelope alone, or with its schema; alone, or as `value` beside
 * its `key`. `keys`: primary key by `schema.table`, for lines
 * without one.
 */
export function readLine(raw: Buffer, keys: ReadonlyMap<string, readonly string[]>): Line {
  let line: unknown;
  try {
    line = JSON.parse(raw.toString('utf8'), asWritten as (key: string, value: unknown) => unknown);
  } catch {
    return { kind: 'unreadable' };
  }
  if (line === null) return { kind: 'other', code: 'cdc-tombstone' };
  const isPair = isObject(line) && 'key' in line && 'value' in line && !('op' in line);
  const key = isPair ? partsOf((line as Json).key).payload : undefined;
  const { payload, schema } = partsOf(isPair ? (line as Json).value : line);
  if (payload === null) return { kind: 'other', code: 'cdc-tombstone' };
  if (!isObject(payload)) return { kind: 'unreadable' };
  if ('ddl' in payload || 'tableChanges' in payload || 'historyRecord' in payload)
    return { kind: 'schema' };
  if (payload.status === 'BEGIN' || payload.status === 'END')
    return { kind: 'other', code: 'cdc-transaction-mark' };
  if (payload.op === 'm') return { kind: 'other', code: 'cdc-log-message' };
  if (payload.op === undefined && 'ts_ms' in payload)
    return { kind: 'other', code: 'cdc-heartbeat' };
  return changeOf(payload, schema, isObject(key) ? Object.keys(key) : undefined, keys);
}

/** With `schemas.enable` an event is `{schema, payload}`. */
function partsOf(event: unknown): { payload: unknown; schema?: FieldSchema } {
  if (!isObject(event) || !('payload' in event) || !('schema' in event)) return { payload: event };
  const { schema, payload } = event;
  return isObject(schema) ? { payload, schema: schema as FieldSchema } : { payload };
}

const ops = ['c', 'u', 'd', 'r', 't'] as const;

function changeOf(
  payload: Json,
  schema: FieldSchema | undefined,
  ownKey: readonly string[] | undefined,
  keys: ReadonlyMap<string, readonly string[]>,
): Line {
  const { before, after, source, transaction } = payload;
  const op = ops.find((known) => known === payload.op);
  const isRow = (row: unknown) => row === undefined || row === null || isObject(row);
  if (op === undefined || !isObject(source) || !isRow(before) || !isRow(after))
    return { kind: 'unreadable' };
  const fields = schema?.fields?.find(({ field }) => field === 'after' || field === 'before');
  const types = wordsOf(fields);
  const place = { schema: textOf(source.schema ?? source.db) ?? '', table: textOf(source.table) };
  if (place.table === undefined) return { kind: 'unreadable' };
  const moment = Number(textOf(source.ts_ms));
  const lsn = positionOf(source);
  const change: RowChange = {
    op,
    before: rowOf(before, fields),
    after: rowOf(after, fields),
    types,
    key: ownKey ?? keys.get(`${place.schema}.${place.table}`) ?? [],
    source: {
      connector: textOf(source.connector) ?? 'debezium',
      name: textOf(source.name) ?? 'debezium',
      schema: place.schema,
      table: place.table,
      ...(lsn === undefined ? {} : { lsn }),
      ...(source.txId === undefined || source.txId === null
        ? {}
        : { transaction: textOf(source.txId)! }),
    },
    ...(Number.isFinite(moment) ? { tsMs: moment } : {}),
  };
  return { kind: 'change', change, name: nameOf(change, transaction, lsn) };
}

/**
 * What names a place in the log of MySQL, Oracle, SQL Server and Db2. A transaction may change a
 * row and change it back: the place must tell such changes apart.
 */
const placeNames = [
  ...['file', 'pos', 'row', 'scn', 'lcr_position', 'rs_id', 'ssn', 'commit_lsn', 'change_lsn'],
  ...['event_serial_no'],
];

/** PostgreSQL`s log position as it prints it; the log file and place of others. */
function positionOf(source: Json): string | undefined {
  const lsn = textOf(source.lsn);
  if (lsn !== undefined && /^\d+$/.test(lsn)) {
    const number = BigInt(lsn);
    return `${(number >> 32n).toString(16)}/${(number & 0xffffffffn).toString(16)}`.toUpperCase();
  }
  const parts = placeNames.map((name) => textOf(source[name]));
  const known = parts.filter((part) => part !== undefined);
  return lsn ?? (known.length === 0 ? undefined : known.join(':'));
}

/** What tells this event from all others of its server, also when it is sent again. */
function nameOf(change: RowChange, transaction: unknown, lsn: string | undefined) {
  const { name, schema, table } = change.source;
  if (isObject(transaction) && transaction.total_order !== undefined)
    return JSON.stringify([name, textOf(transaction.id), textOf(transaction.total_order)]);
  const row = change.key.map((column) => (change.after ?? change.before)?.[column]);
  if (lsn === undefined || row.length === 0) return undefined;
  return JSON.stringify([name, lsn, change.op, schema, table, ...row]);
}

function wordsOf(schema: FieldSchema | undefined): Record<string, TypeWord> {
  const words: Record<string, TypeWord> = {};
  for (const field of schema?.fields ?? []) {
    const word = wordOf(field);
    if (word !== undefined && field.field !== undefined) words[field.field] = word;
  }
  return words;
}

function rowOf(row: unknown, schema: FieldSchema | undefined): Values | null {
  if (!isObject(row)) return null;
  const schemas = new Map(schema?.fields?.map((field) => [field.field, field]));
  const values = Object.entries(row).map(([column, value]) => [
    column,
    value === unavailable ? unavailable : landedText(value, schemas.get(column)),
  ]);
  return Object.fromEntries(values);
}
