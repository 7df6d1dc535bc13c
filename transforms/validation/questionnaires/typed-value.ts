import { numberOf } from '../../fhir/index.ts';
import { isObject, isRawNumber } from '../values/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** A `value[x]` or `answer[x]` and the type that its name says. */
export type Typed = { readonly type: string; readonly value: unknown };

/** Undefined where the object has no such member; the sibling of a primitive alone is none. */
export function typedOf(holder: Json, prefix: 'value' | 'answer'): Typed | undefined {
  for (const name in holder) {
    const type = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (/^[A-Z]/.test(type)) return { type, value: holder[name] };
  }
  return undefined;
}

/** The same for one answer, however it is displayed: a coding is its system and code. */
export function keyOf({ type, value }: Typed): string {
  if (!isObject(value)) return `${type} ${JSON.stringify(value)}`;
  const { system, code, display, reference } = value;
  if (type === 'Reference') return `${type} ${JSON.stringify(reference)}`;
  if (type !== 'Coding') return `${type} ${JSON.stringify(value)}`;
  return `${type} ${JSON.stringify([system, code, code === undefined ? display : ''])}`;
}

/** Below, at or above 0 as sorts do; undefined where these two have no order that is seen here. */
export function compare(one: Typed, other: Typed): number | undefined {
  if (one.type !== other.type) return undefined;
  const [left, right] = [sizeOf(one), sizeOf(other)];
  if (left === undefined || right === undefined || left.of !== right.of) return undefined;
  if (left.size === right.size) return 0;
  return left.size < right.size ? -1 : 1;
}

type Size = { readonly of: string; readonly size: number | string };

/** Two sizes may be compared when they are of the same. */
function sizeOf({ type, value }: Typed): Size | undefined {
  if (type === 'Integer' || type === 'Decimal') return sized('', value);
  if (type === 'Quantity' && isObject(value)) {
    const { system, code, comparator, value: size } = value;
    if (typeof code !== 'string' || comparator !== undefined) return undefined;
    return sized(`${system} ${code}`, size);
  }
  const isPlain = type === 'Date' || type === 'Time' || type === 'DateTime';
  // Of texts of one precision and without a time zone the order is that of their letters.
  if (!isPlain || typeof value !== 'string' || /(?:Z|T.*[+-]\d\d:\d\d)$/.test(value))
    return undefined;
  return { of: `${type} ${value.length}`, size: value };
}

const sized = (of: string, value: unknown): Size | undefined =>
  typeof value === 'number' || isRawNumber(value)
    ? { of, size: numberOf(value as number) }
    : undefined;
