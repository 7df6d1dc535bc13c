import type { TypeWord } from '../change.ts';

/** A field of a Kafka Connect schema, as far as it is looked at. */
export type FieldSchema = {
  readonly field?: string;
  readonly type?: unknown;
  readonly name?: string;
  readonly parameters?: { readonly scale?: string };
  readonly fields?: readonly FieldSchema[];
};

const isCount = (text: string): boolean => /^-?\d{1,20}$/.test(text);

/** The years 0 to 9999 in milliseconds: what PostgreSQL calls infinity is beyond. */
const isMoment = (ms: number): boolean => ms >= -62_167_219_200_000 && ms < 253_402_300_800_000;

/** What is no count of days, or of no day that there is, stays as it was written. */
function days(text: string): string {
  const ms = Number(text) * 86_400_000;
  if (!isCount(text) || !isMoment(ms)) return text;
  return new Date(ms).toISOString().slice(0, 10);
}

/** Digits behind the point, without the zeros at their end. */
const fraction = (digits: string): string => {
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : `.${kept}`;
};

/** `2026-03-10T14:30:00.12` of a count since 1970, of so many a second. */
function dateTime(text: string, perSecond: bigint): string {
  if (!isCount(text)) return text;
  const count = BigInt(text);
  const rest = ((count % perSecond) + perSecond) % perSecond;
  const ms = Number((count - rest) / perSecond) * 1_000;
  if (!isMoment(ms)) return text;
  const digits = String(rest).padStart(String(perSecond).length - 1, '0');
  return new Date(ms).toISOString().slice(0, 19) + fraction(digits);
}

function clock(text: string, perSecond: bigint): string {
  const moment = dateTime(text, perSecond);
  return moment === text ? text : moment.slice(moment.indexOf('T') + 1);
}

/** More digits than a database keeps. */
const scaleMax = 16_383;

/**
 * Unscaled big-endian bytes in base64, and the digits behind the point; below 0 there are zeros
 * before it. What is neither stays as it was written.
 */
function decimal(base64: string, scale: number): string {
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  if (!isBase64 || !Number.isInteger(scale) || Math.abs(scale) > scaleMax) return base64;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0) return '0';
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(Math.max(scale, 0) + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const sign = unscaled < 0n ? '-' : '';
  if (scale < 0) return unscaled === 0n ? '0' : sign + digits + '0'.repeat(-scale);
  return sign + (scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`);
}

/** An instant in UTC: `2026-03-10T14:30:00.12Z`. */
function zoned(text: string): string {
  const ms = Date.parse(text);
  const digits = /\.(\d+)/.exec(text)?.[1] ?? '';
  return !isMoment(ms) ? text : `${new Date(ms).toISOString().slice(0, 19)}${fraction(digits)}Z`;
}

type Reading = readonly [word: TypeWord, read: (text: string) => string];

const asIs = (text: string): string => text;

/** What the semantic types of Debezium and of Kafka Connect stand for. */
const semantic: Readonly<Record<string, Reading>> = {
  'io.debezium.time.Date': ['date', days],
  'org.apache.kafka.connect.data.Date': ['date', days],
  'io.debezium.time.Timestamp': ['timestamp', (text) => dateTime(text, 1_000n)],
  'org.apache.kafka.connect.data.Timestamp': ['timestamp', (text) => dateTime(text, 1_000n)],
  'io.debezium.time.MicroTimestamp': ['timestamp', (text) => dateTime(text, 1_000_000n)],
  'io.debezium.time.NanoTimestamp': ['timestamp', (text) => dateTime(text, 1_000_000_000n)],
  'io.debezium.time.ZonedTimestamp': ['timestamptz', zoned],
  'io.debezium.time.Time': ['time', (text) => clock(text, 1_000n)],
  'org.apache.kafka.connect.data.Time': ['time', (text) => clock(text, 1_000n)],
  'io.debezium.time.MicroTime': ['time', (text) => clock(text, 1_000_000n)],
  'io.debezium.time.NanoTime': ['time', (text) => clock(text, 1_000_000_000n)],
  'io.debezium.time.ZonedTime': ['time', asIs],
  'io.debezium.data.Uuid': ['uuid', asIs],
  'io.debezium.data.Json': ['json', asIs],
  'io.debezium.data.Xml': ['text', asIs],
};

const plain: Readonly<Record<string, TypeWord>> = {
  int8: 'integer',
  int16: 'integer',
  int32: 'integer',
  int64: 'integer',
  float: 'decimal',
  float32: 'decimal',
  float64: 'decimal',
  double: 'decimal',
  boolean: 'boolean',
  string: 'text',
  bytes: 'bytes',
};

const connectDecimal = 'org.apache.kafka.connect.data.Decimal';
const variableDecimal = 'io.debezium.data.VariableScaleDecimal';

/** The word for a column's type; undefined where there is none, or no schema. */
export function wordOf(schema: FieldSchema | undefined): TypeWord | undefined {
  if (schema === undefined) return undefined;
  const { name, type } = schema;
  if (name === undefined) return typeof type === 'string' ? plain[type] : undefined;
  if (name === connectDecimal || name === variableDecimal) return 'decimal';
  return semantic[name]?.[0];
}

/** The text of a value, as `JSON.parse` gave it with numbers kept as they were written. */
export function landedText(value: unknown, schema: FieldSchema | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (schema?.name === variableDecimal) return variable(value);
  const text = textOf(value);
  if (schema?.name === connectDecimal) return decimal(text, Number(schema.parameters?.scale ?? 0));
  return schema?.name === undefined ? text : (semantic[schema.name]?.[1] ?? asIs)(text);
}

function variable(value: unknown): string {
  const { scale, value: bytes } = value as { scale?: unknown; value?: unknown };
  const isWhole = scale !== undefined && typeof bytes === 'string';
  return isWhole ? decimal(bytes, Number(textOf(scale))) : textOf(value);
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
