import { decimalNode } from '../arithmetic.ts';
import { type Code, fromOne, single } from '../code.ts';
import { type Decimal, decimalFrom, rescale } from '../decimal.ts';
import { failed } from '../faults.ts';
import { integerNode, makeNode, type PathNode } from '../node.ts';
import { quantityNode, quantityOf } from '../quantity.ts';
import { type Temporal, textOfTemporal } from '../temporal.ts';
import { temporalOf } from '../values.ts';
import { type Call, type Functions, given, integerOf, ofOne } from './call.ts';

type Side = 'low' | 'high';

/** Digits that FHIRPath counts for each part of a date (8 to the day, 17 to the millisecond). */
const dateDigits = [4, 6, 8, 10, 12, 17] as const;
const timeDigits = [2, 4, 9] as const;
const decimalDigits = 8;
const decimalDigitsMax = 31;

/** The least or greatest number that is written so when it is rounded. */
function boundNumber(value: Decimal, side: Side, digits: number): Decimal | undefined {
  if (digits < 0 || digits > decimalDigitsMax) return undefined;
  const finer = rescale(value, value.scale + 1);
  const half = side === 'low' ? -5n : 5n;
  const bound = { digits: finer.digits + half, scale: finer.scale };
  // HL7's tests: what so few digits cannot tell from zero stays zero.
  if (value.digits !== 0n && rescale(value, digits).digits === 0n) {
    return { digits: 0n, scale: digits };
  }
  return rescale(bound, digits, side === 'low' ? 'floor' : 'ceiling');
}

/** The first or last date that what is known may be; the ends of the earth bound its zone. */
function boundTemporal(at: Temporal, side: Side, wanted: number): Temporal | undefined {
  const allowed: readonly number[] = at.from === 3 ? timeDigits : dateDigits;
  const count = allowed.indexOf(wanted) + 1;
  if (count === 0) return undefined;
  if (at.from === 3)
    return { ...at, parts: fill(at.parts, [0, 0, 0], [23, 59, 59_999], side, count) };
  const known = at.parts.length === 4 ? [...at.parts, 0] : at.parts;
  const last = lastDay(known, side);
  const parts = fill(known, [1, 1, 1, 0, 0, 0], [9999, 12, last, 23, 59, 59_999], side, count);
  const offset = at.offset ?? (side === 'low' ? 14 : -12) * 60;
  return { from: 0, parts, offset: count > 3 ? offset : undefined };
}

function lastDay([year = 1, month]: readonly number[], side: Side): number {
  return new Date(Date.UTC(year, month ?? (side === 'low' ? 1 : 12), 0)).getUTCDate();
}

const fill = (
  known: readonly number[],
  first: readonly number[],
  last: readonly number[],
  side: Side,
  count: number,
): number[] =>
  (side === 'low' ? first : last).map((part, index) => known[index] ?? part).slice(0, count);

function bound(side: Side, node: PathNode, digits: number | undefined): PathNode | undefined {
  const temporal = temporalOf(node);
  if (temporal !== undefined) {
    const whole = temporal.from === 3 ? 9 : node.type.system === 'Date' ? 8 : 17;
    const at = boundTemporal(temporal, side, digits ?? whole);
    return at && makeNode(node.type, textOfTemporal(at, true));
  }
  const quantity = quantityOf(node);
  if (quantity !== undefined) {
    const value = boundNumber(quantity.value, side, digits ?? decimalDigits);
    return value && quantityNode({ ...quantity, value });
  }
  const number = decimalFrom(node.value);
  if (number === undefined) throw failed(`${side}Boundary is not defined for ${node.type.name}.`);
  const value = boundNumber(number, side, digits ?? decimalDigits);
  return value && decimalNode(value);
}

const boundary =
  (side: Side) =>
  (call: Call): Code => {
    const one = single(call.input, call.name);
    const digits = call.args.length > 0 ? integerOf(given(call, 0), call.name) : undefined;
    return fromOne((focus, scope) => {
      const node = one(focus, scope);
      return node?.value === undefined ? undefined : bound(side, node, digits?.(focus, scope));
    });
  };

/** How many digits a number has behind the point, or a date as a whole. */
function precisionOf(node: PathNode): PathNode | undefined {
  const temporal = temporalOf(node);
  if (temporal !== undefined) {
    const digits: readonly number[] = temporal.from === 3 ? timeDigits : dateDigits;
    return integerNode(digits[temporal.parts.length - 1] ?? 0);
  }
  const number = decimalFrom(node.value);
  return number && integerNode(number.scale);
}

export const precision: Functions = {
  lowBoundary: { takes: [0, 1], compile: boundary('low') },
  highBoundary: { takes: [0, 1], compile: boundary('high') },
  precision: ofOne(precisionOf),
};
