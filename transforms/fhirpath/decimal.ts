import { decimalOf } from '../fhir/index.ts';
import { isRawNumber } from './node.ts';

/** A decimal number, exact: `digits` times ten to the power of minus `scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

/** Digits after the point that a quotient keeps: the specification asks for eight at least. */
const quotientScale = 20;
/** Beyond this a number is no measurement, and its digits would fill the memory. */
const scaleMax = 60;

/** The text of a number of JSON, with the zeros that it was written with. */
export const numberText = (value: unknown): string =>
  isRawNumber(value) ? value.rawJSON : String(value);

/** Undefined for text that is no decimal. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || (whole === '' && fraction === '')) return undefined;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 400 || text.length > 400) return undefined;
  const digits = BigInt(sign + whole + fraction);
  return scale < 0 ? { digits: digits * ten(-scale), scale: 0 } : { digits, scale };
}

/** The exact number of a node's value; undefined where it is none. */
export const decimalFrom = (value: unknown): Decimal | undefined =>
  typeof value === 'number' || isRawNumber(value) ? parseDecimal(numberText(value)) : undefined;

const ten = (power: number): bigint => 10n ** BigInt(power);

export function textOf({ digits, scale }: Decimal): string {
  const negative = digits < 0n;
  const all = (negative ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = all.slice(0, all.length - scale);
  return (negative ? '-' : '') + (scale === 0 ? whole : `${whole}.${all.slice(-scale)}`);
}

/** The number as JSON prints it: a number, or JSON.rawJSON where its digits need it. */
export const jsonOf = (decimal: Decimal): unknown => decimalOf(textOf(decimal));

export const align = (a: Decimal, b: Decimal): readonly [bigint, bigint, number] => {
  if (a.scale === b.scale) return [a.digits, b.digits, a.scale];
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * ten(scale - a.scale), b.digits * ten(scale - b.scale), scale];
};

export function compare(a: Decimal, b: Decimal): number {
  const [left, right] = align(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = align(a, b);
  return { digits: left + right, scale };
}

export const negate = ({ digits, scale }: Decimal): Decimal => ({ digits: -digits, scale });

export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negate(b));

export const multiply = (a: Decimal, b: Decimal): Decimal =>
  limit({ digits: a.digits * b.digits, scale: a.scale + b.scale });

/** Undefined for a division by zero. */
export function divide(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.digits === 0n) return undefined;
  const [left, right] = align(a, b);
  const more = (left * ten(quotientScale + 1)) / right;
  return trim(rescale({ digits: more, scale: quotientScale + 1 }, quotientScale));
}

/** The whole part of a quotient, towards zero. */
export function divideWhole(a: Decimal, b: Decimal): bigint | undefined {
  const [left, right] = align(a, b);
  return right === 0n ? undefined : left / right;
}

export function remainder(a: Decimal, b: Decimal): Decimal | undefined {
  const [left, right, scale] = align(a, b);
  return right === 0n ? undefined : trim({ digits: left % right, scale });
}

const limit = (of: Decimal): Decimal => (of.scale > scaleMax ? rescale(of, scaleMax) : of);

/** Without the zeros at the end that say nothing of a computed number. */
export function trim(of: Decimal): Decimal {
  let { digits, scale } = of;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return { digits, scale };
}

/** How a digit that is dropped changes the one before it. */
export type Rounding = 'half-up' | 'down' | 'floor' | 'ceiling';

/** The number with so many digits after the point; half rounds away from zero. */
export function rescale(
  { digits, scale }: Decimal,
  to: number,
  how: Rounding = 'half-up',
): Decimal {
  if (to >= scale) return { digits: digits * ten(to - scale), scale: to };
  const unit = ten(scale - to);
  const down = digits / unit;
  const rest = digits % unit;
  const away = rest < 0n ? -1n : 1n;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (rest === 0n || how === 'down') return { digits: down, scale: to };
  if (how === 'floor') return { digits: rest < 0n ? down - 1n : down, scale: to };
  if (how === 'ceiling') return { digits: rest > 0n ? down + 1n : down, scale: to };
  return { digits: twice >= unit ? down + away : down, scale: to };
}
