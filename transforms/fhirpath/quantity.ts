import { createRequire } from 'node:module';
import { numberOf } from '../fhir/index.ts';
import {
  compare,
  type Decimal,
  decimalFrom,
  divide,
  jsonOf,
  multiply,
  parseDecimal,
  rescale,
  textOf,
  trim,
} from './decimal.ts';
import { systemTypes } from './model.ts';
import { isJsonObject, makeNode, type PathNode } from './node.ts';

/** A number with a unit: a code of UCUM, or a calendar unit (`month`) that is not one of UCUM. */
export type Quantity = {
  readonly value: Decimal;
  readonly unit: string;
  /** `1 week` rather than `1 'wk'`. */
  readonly calendar: boolean;
};

const ucumSystem = 'http://unitsofmeasure.org';

/** Calendar words and, where UCUM has a unit of the same length, that unit. */
export const calendarUnits: Readonly<Record<string, string>> = {
  ...{ year: 'a', month: 'mo', week: 'wk', day: 'd', hour: 'h', minute: 'min' },
  ...{ second: 's', millisecond: 'ms' },
};

/** A year and a month of the calendar are of no fixed length, so no unit of UCUM equals them. */
const uneven = new Set(['year', 'month']);

export const calendarUnit = (word: string): string | undefined => {
  const one = word.endsWith('s') ? word.slice(0, -1) : word;
  return one in calendarUnits ? one : undefined;
};

/** A quantity of the System or of FHIR; undefined for anything else, or one without a value. */
export function quantityOf({ type, value }: PathNode): Quantity | undefined {
  if (!isJsonObject(value)) return undefined;
  if (type === systemTypes.Quantity) return value as unknown as Quantity;
  if (!isQuantity({ type })) return undefined;
  const number = decimalFrom(value.value);
  if (number === undefined) return undefined;
  const { code, unit, system } = value;
  if (system === ucumSystem && typeof code === 'string')
    return { value: number, unit: code, calendar: false };
  return { value: number, unit: String(code ?? unit ?? '1'), calendar: false };
}

/** A quantity of the System or of FHIR, which has more kinds of it (Age, Duration). */
export function isQuantity({ type }: Pick<PathNode, 'type'>): boolean {
  for (let at: PathNode['type'] | undefined = type; at !== undefined; at = at.base)
    if (at.name === 'Quantity') return true;
  return false;
}

export const quantityNode = (quantity: Quantity): PathNode =>
  makeNode(systemTypes.Quantity, quantity);

/** `1.5 'mg'`, `1 week`. */
export const textOfQuantity = ({ value, unit, calendar }: Quantity): string =>
  calendar ? `${textOf(value)} ${unit}` : `${textOf(value)} '${unit}'`;

type Conversion = { readonly status: string; readonly toVal: number | null };

type Ucum = {
  convertUnitTo(from: string, value: number, to: string): Conversion;
  validateUnitString(unit: string): { readonly status: string };
};

let ucum: Ucum | undefined;

/** The table of units is large: it is read when a first pair of units differs. */
function units(): Ucum {
  if (ucum === undefined) {
    const require = createRequire(import.meta.url);
    const { UcumLhcUtils } = require('@lhncbc/ucum-lhc') as {
      UcumLhcUtils: { getInstance(): Ucum };
    };
    ucum = UcumLhcUtils.getInstance();
  }
  return ucum;
}

export const isUcumUnit = (unit: string): boolean =>
  units().validateUnitString(unit).status === 'valid';

/** Digits that a conversion between units is trusted with: it counts in binary numbers. */
const convertedDigits = 12;

const factors = new Map<string, number | undefined>();
const factorsMax = 10_000;

/** How many of `to` one of `from` is; undefined where they do not measure the same. */
function factorOf(from: string, to: string): number | undefined {
  const key = `${from} ${to}`;
  if (factors.has(key)) return factors.get(key);
  const { status, toVal } = units().convertUnitTo(from, 1, to);
  const factor = status === 'succeeded' && toVal !== null ? toVal : undefined;
  if (factors.size < factorsMax) factors.set(key, factor);
  return factor;
}

/** The value in another unit; undefined where they do not measure the same. */
export function convert({ value, unit }: Quantity, to: string): Decimal | undefined {
  if (unit === to) return value;
  if (factorOf(unit, to) === undefined) return undefined;
  // Temperatures have no factor: the value itself is converted.
  const { toVal } = units().convertUnitTo(unit, numberOf(jsonOf(value) as number), to);
  return toVal === null ? undefined : parseDecimal(toVal.toPrecision(convertedDigits));
}

const round = (value: Decimal): Decimal =>
  parseDecimal(Number(textOf(value)).toPrecision(convertedDigits)) ?? value;

/** In which unit both are counted, and their values there. */
function aligned(a: Quantity, b: Quantity): readonly [Decimal, Decimal] | undefined {
  const [from, to] = [ucumUnit(a), ucumUnit(b)];
  if (from === to) return [a.value, b.value];
  const converted = convert({ ...a, unit: from }, to);
  return converted === undefined ? undefined : [converted, round(b.value)];
}

const ucumUnit = ({ unit, calendar }: Quantity): string =>
  calendar ? (calendarUnits[unit] ?? unit) : unit;

const isUneven = ({ unit, calendar }: Quantity): boolean => calendar && uneven.has(unit);

/** Undefined where they do not measure the same, or by no common measure. */
export function compareQuantities(a: Quantity, b: Quantity): number | undefined {
  if (isUneven(a) !== isUneven(b)) return undefined;
  if (isUneven(a) && a.unit !== b.unit) return compareUneven(a, b);
  const values = aligned(a, b);
  return values === undefined ? undefined : compare(...values);
}

const months = ({ value, unit }: Quantity): Decimal =>
  unit === 'year' ? multiply(value, { digits: 12n, scale: 0 }) : value;

const compareUneven = (a: Quantity, b: Quantity): number => compare(months(a), months(b));

export function equivalentQuantities(a: Quantity, b: Quantity): boolean {
  const values = aligned(a, b);
  if (values === undefined) return false;
  const [one, other] = [trim(values[0]), trim(values[1])];
  if (a.unit === b.unit) {
    const scale = Math.min(one.scale, other.scale);
    return compare(rescale(one, scale), rescale(other, scale)) === 0;
  }
  // In another unit the digits that are written say how precise the value is.
  const digits = Math.min(significant(a.value), significant(b.value));
  return roundTo(one, digits) === roundTo(other, digits);
}

const significant = (value: Decimal): number =>
  Math.max(
    1,
    textOf(trim(value))
      .replace(/^-?0*\.?0*|[.-]/g, '')
      .replace(/0+$/, '').length,
  );

const roundTo = (value: Decimal, digits: number): number =>
  Number(Number(textOf(value)).toPrecision(digits));

export const comparable = (a: Quantity, b: Quantity): boolean =>
  a.unit === b.unit || factorOf(ucumUnit(a), ucumUnit(b)) !== undefined;

/** Undefined for a division by zero. */
export function multiplyQuantities(
  a: Quantity,
  b: Quantity,
  operator: '*' | '/',
): Quantity | undefined {
  const value = operator === '*' ? multiply(a.value, b.value) : divide(a.value, b.value);
  if (value === undefined) return undefined;
  return { value, unit: combineUnits(ucumUnit(a), ucumUnit(b), operator), calendar: false };
}

function combineUnits(a: string, b: string, operator: '*' | '/'): string {
  if (b === '1') return a;
  if (operator === '/') return a === b ? '1' : `${a}/${wrap(b)}`;
  return a === '1' ? b : `${wrap(a)}.${wrap(b)}`;
}

const wrap = (unit: string): string => (/[./]/.test(unit) ? `(${unit})` : unit);
