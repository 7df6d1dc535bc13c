import { type Issue, type Landing, limits } from '../../engine/index.ts';

/** The words for types that both front ends have in common; what has none has no type here. */
export type TypeWord =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'uuid'
  | 'bytes'
  | 'json';

/** Column to its value as text; null is NULL. */
export type Values = Readonly<Record<string, string | null>>;

/** What stands for a value that the database did not send, as it did not change (TOAST). */
export const unavailable = '__debezium_unavailable_value';

/** A change of one row, from whichever front end. */
export type RowChange = {
  /** Created, updated, deleted, read by the snapshot; `t`: the whole table was emptied. */
  readonly op: 'c' | 'u' | 'd' | 'r' | 't';
  readonly before: Values | null;
  readonly after: Values | null;
  readonly types: Readonly<Record<string, TypeWord>>;
  /** Columns of the primary key, as far as they are known. */
  readonly key: readonly string[];
  readonly source: {
    readonly connector: string;
    /** The slot, or Debezium's server name. */
    readonly name: string;
    readonly schema: string;
    readonly table: string;
    /** Log position, e.g. `0/16B3748`. */
    readonly lsn?: string;
    readonly transaction?: string;
    /** Place in the transaction. */
    readonly sequence?: number;
  };
  /** Of the commit, milliseconds since 1970. */
  readonly tsMs?: number;
};

export type ChangeContext = {
  readonly receivedUs: number;
  /** `table.column` or `schema.table.column`, whose values keep their order. */
  readonly orderBy: readonly string[];
  readonly dedupeKey: string;
};

/** The bytes that land: always the same for the same change. */
export function changeBytes(change: RowChange): Buffer {
  const { op, before, after, source, tsMs, types, key } = change;
  const { transaction: txId, ...rest } = source;
  const event = { op, before, after, source: { ...rest, txId }, ts_ms: tsMs, types, key };
  return Buffer.from(JSON.stringify(event));
}

/** What the journal is told of a change. */
export function changeLanding(change: RowChange, context: ChangeContext): Landing {
  const { lsn, sequence } = change.source;
  const raw = changeBytes(change);
  const { receivedUs, dedupeKey } = context;
  const landing = {
    ...{ raw, receivedUs, dedupeKey, orderingKeys: orderingKeysOf(change, context.orderBy) },
    ...(lsn === undefined ? {} : { controlId: [lsn, sequence ?? ''].join('-') }),
  };
  if (change.op === 't') return { ...landing, refused: [truncated] };
  if (raw.length <= limits.frameBytesMax) return landing;
  return { ...landing, raw: raw.subarray(0, limits.evidenceBytes), refused: [tooLarge] };
}

const truncated: Issue = {
  severity: 'error',
  code: 'cdc-table-truncated',
  diagnostics: 'The table was emptied (TRUNCATE), and not row by row: what was in it still stands.',
};

const tooLarge: Issue = {
  severity: 'fatal',
  code: 'message-too-large',
  diagnostics: 'A row is over the limit; the beginning of its change is kept here.',
};

/** The values of a row's primary key; undefined where one of them is not told. */
export function keyOf({ key, before, after }: RowChange): readonly string[] | undefined {
  const values = key.map((column) => (after ?? before)?.[column]);
  return values.length > 0 && values.every((value) => typeof value === 'string')
    ? values
    : undefined;
}

/** The row's own key, or its table's; and the values that the channel orders by. */
function orderingKeysOf(change: RowChange, orderBy: readonly string[]): string[] {
  const { schema, table } = change.source;
  const keys = new Set([JSON.stringify([schema, table, ...(keyOf(change) ?? [])])]);
  for (const path of orderBy) {
    const steps = path.split('.');
    const column = steps.pop()!;
    if (![table, `${schema}.${table}`].includes(steps.join('.'))) continue;
    for (const values of [change.before, change.after]) {
      const value = values?.[column];
      if (typeof value === 'string' && value !== unavailable) keys.add(`row|${value}`);
    }
  }
  return [...keys];
}
