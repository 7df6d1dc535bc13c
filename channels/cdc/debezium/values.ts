import type { TypeWord } from '../change.ts';

/** A field of a Kafka Connect schema, as far as it is looked at. */
export type FieldSchema = {
  readonly field?: string;
  readonly type?: unknown;
  readonly name?: string;
  readonly parameters?: { readonly scale?: string };
  readonly fields?: readonly FieldSchema[];
};

const days = (text: string): string =>
  new Date(Number(text) * 86_400_000).toISOString().slice(0, 10);

/** Digits behind the point, without the zeros at their end. */
const fraction = (digits: string): string => {
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : `.${kept}`;
};

/** `2026-03-10T14:30:00.12` of a count since 1970, of so many a second. */
function dateTime(text: string, perSecond: bigint): string {
  const count = BigInt(text);
  const rest = ((count % perSecond) + perSecond) % perSecond;
  const second = new Date(Number((count - rest) / perSecond) * 1_000);
  const digits = String(rest).padStart(String(perSecond).length - 1, '0');
  return second.toISOString().slice(0, 19) + fraction(digits);
}

const clock = (text: string, perSecond: bigint): string => dateTime(text, perSecond).slice(11);

/** Unscaled big-endian bytes in base64, and the digits behind the point. */
function decimal(base64: string, scale: number): string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0) return '0';
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const sign = unscaled < 0n ? '-' : '';
  return sign + (scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`);
}

/** An instant in UTC: `2026-03-10T14:30:00.12Z`. */
function zoned(text: string): string {
  const ms = Date.parse(text);
  const digits = /\.(\d+)/.exec(text)?.[1] ?? '';
  return Number.isNaN(ms) ? text : `${new Date(ms).toISOString().slice(0, 19)}${fraction(digits)}Z`;
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
  const { scale, value: bytes } = value as { scale: unknown; value: string };
  return decimal(bytes, Number(textOf(scale)));
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
