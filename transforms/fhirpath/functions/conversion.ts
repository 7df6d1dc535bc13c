import { decimalNode, isInteger, wholeNode } from '../arithmetic.ts';
import { type Code, fromOne, fromTruth, type Scope, single } from '../code.ts';
import { numberText, parseDecimal } from '../decimal.ts';
import { systemTypes } from '../model.ts';
import { booleanNode, isNumber, makeNode, type PathNode, stringNode } from '../node.ts';
import {
  calendarUnit,
  convert,
  isUcumUnit,
  quantityNode,
  quantityOf,
  textOfQuantity,
} from '../quantity.ts';
import { parseDateTime, parseTime } from '../temporal.ts';
import { type Call, type FunctionSpec, type Functions, given, textOf } from './call.ts';

/** Gives what a value becomes; nothing where it cannot (N1, section 5.5). */
type Convert = (node: PathNode) => PathNode | undefined;

const truths: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, y: true, 1: true, '1.0': true },
  ...{ false: false, f: false, no: false, n: false, 0: false, '0.0': false },
};

function toBoolean({ value }: PathNode): PathNode | undefined {
  if (typeof value === 'boolean') return booleanNode(value);
  if (isNumber(value)) {
    const number = Number(numberText(value));
    return number === 0 || number === 1 ? booleanNode(number === 1) : undefined;
  }
  const known = typeof value === 'string' ? truths[value.toLowerCase()] : undefined;
  return known === undefined ? undefined : booleanNode(known);
}

function toInteger(node: PathNode): PathNode | undefined {
  const { value } = node;
  if (typeof value === 'boolean') return wholeNode(value ? 1 : 0);
  if (isNumber(value)) return isInteger(node) ? wholeNode(Number(value)) : undefined;
  if (typeof value !== 'string' || !/^[+-]?\d+$/.test(value)) return undefined;
  return wholeNode(Number(value));
}

function toDecimal({ value }: PathNode): PathNode | undefined {
  if (typeof value === 'boolean') return makeNode(systemTypes.Decimal, value ? 1 : 0);
  if (isNumber(value)) return makeNode(systemTypes.Decimal, value);
  if (typeof value !== 'string' || !/^[+-]?\d+(\.\d+)?$/.test(value)) return undefined;
  const decimal = parseDecimal(value);
  return decimal === undefined ? undefined : decimalNode(decimal);
}

function toText(node: PathNode): PathNode | undefined {
  const { value } = node;
  if (typeof value === 'string') return stringNode(value);
  if (typeof value === 'boolean' || isNumber(value)) return stringNode(numberText(value));
  const quantity = quantityOf(node);
  return quantity === undefined ? undefined : stringNode(textOfQuantity(quantity));
}

function toDate({ value }: PathNode): PathNode | undefined {
  if (typeof value !== 'string' || parseDateTime(value) === undefined) return undefined;
  return makeNode(systemTypes.Date, value.slice(0, 10).replace(/T.*/, ''));
}

function toDateTime({ value }: PathNode): PathNode | undefined {
  if (typeof value !== 'string' || parseDateTime(value) === undefined) return undefined;
  return makeNode(systemTypes.DateTime, value);
}

function toTime({ value }: PathNode): PathNode | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/^T/, '');
  return parseTime(text) === undefined ? undefined : makeNode(systemTypes.Time, text);
}

const quantityText = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?$/;

function toQuantity(node: PathNode): PathNode | undefined {
  const { value } = node;
  const one = (number: string): PathNode | undefined => unitless(number);
  if (typeof value === 'boolean') return one(value ? '1.0' : '0.0');
  if (isNumber(value)) return one(numberText(value));
  const quantity = quantityOf(node);
  if (quantity !== undefined) return quantityNode(quantity);
  const match = typeof value === 'string' ? quantityText.exec(value) : null;
  if (match === null) return undefined;
  const [, number = '', unit, word] = match;
  if (word !== undefined) {
    const known = calendarUnit(word);
    const decimal = parseDecimal(number);
    if (known === undefined || decimal === undefined) return undefined;
    return quantityNode({ value: decimal, unit: known, calendar: true });
  }
  if (unit === undefined) return one(number);
  const decimal = parseDecimal(number);
  if (decimal === undefined || !isUcumUnit(unit)) return undefined;
  return quantityNode({ value: decimal, unit, calendar: false });
}

function unitless(number: string): PathNode | undefined {
  const value = parseDecimal(number);
  return value && quantityNode({ value, unit: '1', calendar: false });
}

/** The node where it holds a value: an element that has only extensions converts to nothing. */
function valued(call: Call): (focus: PathNode, scope: Scope) => PathNode | undefined {
  const one = single(call.input, call.name);
  return (focus, scope) => {
    const node = one(focus, scope);
    return node?.value === undefined ? undefined : node;
  };
}

const converter = (to: Convert): FunctionSpec => ({
  takes: [0, 0],
  compile: (call) => {
    const one = valued(call);
    return fromOne((focus, scope) => {
      const node = one(focus, scope);
      return node === undefined ? undefined : to(node);
    });
  },
});

const tester = (to: Convert): FunctionSpec => ({
  takes: [0, 0],
  compile: (call) => {
    const one = valued(call);
    return fromTruth((focus, scope) => {
      const node = one(focus, scope);
      return node === undefined ? undefined : to(node) !== undefined;
    });
  },
});

/** `toQuantity('mg')`: counted in that unit, where it can be. */
function quantityIn(call: Call): Code {
  const one = valued(call);
  const unit = call.args.length === 0 ? undefined : textOf(given(call, 0), call.name);
  return fromOne((focus, scope) => {
    const node = one(focus, scope);
    const made = node === undefined ? undefined : toQuantity(node);
    const wanted = unit?.(focus, scope);
    const quantity = made === undefined ? undefined : quantityOf(made);
    if (wanted === undefined || quantity === undefined) return made;
    const value = convert(quantity, wanted);
    return value && quantityNode({ value, unit: wanted, calendar: false });
  });
}

const conversions: Readonly<Record<string, Convert>> = {
  Boolean: toBoolean,
  Integer: toInteger,
  Decimal: toDecimal,
  String: toText,
  Date: toDate,
  DateTime: toDateTime,
  Time: toTime,
  Quantity: toQuantity,
};

export const conversion: Functions = {
  ...Object.fromEntries(
    Object.entries(conversions).flatMap(([name, to]) => [
      [`to${name}`, converter(to)],
      [`convertsTo${name}`, tester(to)],
    ]),
  ),
  toQuantity: { takes: [0, 1], compile: quantityIn },
};
