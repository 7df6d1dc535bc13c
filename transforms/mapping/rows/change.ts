import type { Issue } from '../../../engine/index.ts';

/**
 * A change of one row, as `channels/cdc` lands it (docs/reference, "Row changes"): Debezium's
 * envelope with every value as text, whichever front end it came through.
 */
export type Change = {
  /** `r`: read by the snapshot. */
  readonly op: 'c' | 'u' | 'd' | 'r';
  /** `schema.table`. */
  readonly table: string;
  /** Of the row as it is now, or of a deleted one as it was. Null is SQL`s NULL. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Column to the word for its type, where the front end knows. */
  readonly types: Readonly<Record<string, string>>;
  /** Names the change: log position, and place in the transaction. */
  readonly controlId: string;
};

/** What Debezium and `channels/cdc` write for a value that the database did not send again. */
export const unavailable = '__debezium_unavailable_value';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the bytes of a change; an issue when they are none. */
export function readChange(bytes: Buffer): Change | Issue {
  let event: unknown;
  try {
    event = JSON.parse(bytes.toString('utf8'));
  } catch {
    return unreadable('is no JSON');
  }
  if (!isObject(event) || !isObject(event.source)) return unreadable('has no `source`');
  const { op, before, after, types, source } = event;
  if (op !== 'c' && op !== 'u' && op !== 'd' && op !== 'r')
    return unreadable('has no `op` of c, u, d or r');
  const values = op === 'd' ? before : after;
  if (!isObject(values) || !Object.values(values).every(isValue))
    return unreadable(`has no ${op === 'd' ? '`before`' : '`after`'} of texts`);
  const { schema, table, lsn, sequence } = source;
  return {
    op,
    table: `${schema ?? 'public'}.${table}`,
    values: values as Change['values'],
    types: isObject(types) ? (types as Change['types']) : {},
    controlId: [lsn, sequence].filter((part) => part !== undefined).join('-'),
  };
}

const isValue = (value: unknown): boolean => value === null || typeof value === 'string';

const unreadable = (what: string): Issue => ({
  severity: 'fatal',
  code: 'row-change-unreadable',
  diagnostics: `This is no change of a row: it ${what}.`,
});
