import { decimalNode, isInteger, wholeNode } from '../arithmetic.ts';
import { type Code, fromOne, single } from '../code.ts';
import { type Decimal, decimalFrom, parseDecimal, rescale, textOf, trim } from '../decimal.ts';
import { failed } from '../faults.ts';
import type { PathNode } from '../node.ts';
import { quantityNode, quantityOf } from '../quantity.ts';
import { type Call, type FunctionSpec, type Functions, given, integerOf, ofOne } from './call.ts';

/** The number of a node; anything else is an error. */
function numberOf(node: PathNode, name: string): Decimal {
  const value = decimalFrom(node.value);
  if (value === undefined) throw failed(`${name} is not defined for ${node.type.name}.`);
  return value;
}

/** Rounds to a whole number. */
const toWhole = (name: string, how: 'floor' | 'ceiling' | 'down'): FunctionSpec =>
  ofOne((node) => wholeNode(rescale(numberOf(node, name), 0, how).digits));

/** Digits of what is computed in binary numbers: the last ones are noise. */
const computedDigits = 15;

/** Nothing where the result is no number, as the root of a negative one. */
function computed(value: number): PathNode | undefined {
  if (!Number.isFinite(value)) return undefined;
  const decimal = parseDecimal(value.toPrecision(computedDigits));
  return decimal && decimalNode(trim(decimal));
}

const ofNumber = (name: string, compute: (value: number) => number): FunctionSpec =>
  ofOne((node) => computed(compute(Number(textOf(numberOf(node, name))))));

function ofTwo(call: Call, compute: (a: number, b: number) => number): Code {
  const [one, other] = [single(call.input, call.name), single(given(call, 0), call.name)];
  return fromOne((focus, scope) => {
    const [a, b] = [one(focus, scope), other(focus, scope)];
    if (a?.value === undefined || b?.value === undefined) return undefined;
    const [left, right] = [numberOf(a, call.name), numberOf(b, call.name)];
    const result = compute(Number(textOf(left)), Number(textOf(right)));
    if (call.name === 'power' && isInteger(a) && isInteger(b) && Number.isInteger(result))
      return wholeNode(result);
    return computed(result);
  });
}

/** `abs` keeps the type, also of a quantity. */
function absolute(node: PathNode): PathNode | undefined {
  const quantity = quantityOf(node);
  if (quantity !== undefined) return quantityNode({ ...quantity, value: positive(quantity.value) });
  const value = positive(numberOf(node, 'abs'));
  return isInteger(node) ? wholeNode(value.digits) : decimalNode(value);
}

const positive = ({ digits, scale }: Decimal): Decimal => ({
  digits: digits < 0n ? -digits : digits,
  scale,
});

function round(call: Call): Code {
  const one = single(call.input, call.name);
  const digits = call.args.length > 0 ? integerOf(given(call, 0), call.name) : undefined;
  return fromOne((focus, scope) => {
    const node = one(focus, scope);
    if (node?.value === undefined) return undefined;
    const to = digits?.(focus, scope) ?? 0;
    if (to < 0) throw failed('round needs a number of digits that is not negative.');
    const rounded = rescale(numberOf(node, call.name), Math.min(to, 40));
    return digits === undefined ? wholeNode(rounded.digits) : decimalNode(trim(rounded));
  });
}

/** FHIRPath N1, section 5.7. */
export const math: Functions = {
  abs: ofOne(absolute),
  ceiling: toWhole('ceiling', 'ceiling'),
  floor: toWhole('floor', 'floor'),
  truncate: toWhole('truncate', 'down'),
  exp: ofNumber('exp', Math.exp),
  ln: ofNumber('ln', Math.log),
  sqrt: ofNumber('sqrt', Math.sqrt),
  log: {
    takes: [1, 1],
    compile: (call) => ofTwo(call, (value, base) => Math.log(value) / Math.log(base)),
  },
  power: { takes: [1, 1], compile: (call) => ofTwo(call, (a, b) => a ** b) },
  round: { takes: [0, 1], compile: round },
};
