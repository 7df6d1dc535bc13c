import { type Code, fromOne, single } from './code.ts';
import {
  add,
  type Decimal,
  decimalFrom,
  divide,
  divideWhole,
  jsonOf,
  multiply,
  negate,
  numberText,
  parseDecimal,
  remainder,
  subtract,
  textOf,
} from './decimal.ts';
import { failed } from './faults.ts';
import { systemTypes } from './model.ts';
import { integerNode, isNumber, makeNode, type PathNode, stringNode } from './node.ts';
import {
  convert,
  multiplyQuantities,
  type Quantity,
  quantityNode,
  quantityOf,
} from './quantity.ts';
import { shiftTemporal } from './shift.ts';
import { temporalOf } from './values.ts';

const integerMax = 2 ** 31 - 1;

export const isInteger = ({ type }: PathNode): boolean => type.system === 'Integer';

/** A decimal as a node; empty where it has more digits than a measurement can have. */
export function decimalNode(decimal: Decimal): PathNode | undefined {
  const value = jsonOf(decimal);
  return value === undefined ? undefined : makeNode(systemTypes.Decimal, value);
}

/** An integer as a node; empty beyond the 32 bits of FHIR, as the specification says. */
export const wholeNode = (value: bigint | number): PathNode | undefined =>
  Math.abs(Number(value)) > integerMax + 1 ? undefined : integerNode(Number(value));

type Operation = (a: PathNode, b: PathNode) => PathNode | undefined;

const wrongTypes = (operator: string, a: PathNode, b: PathNode): Error =>
  failed(`${operator} is not defined for ${a.type.name} and ${b.type.name}.`);

function numeric(
  operator: string,
  decimals: (a: Decimal, b: Decimal) => Decimal | undefined,
  others: Operation,
): Operation {
  return (a, b) => {
    if (!isNumber(a.value) || !isNumber(b.value)) return others(a, b);
    const [left, right] = [decimalFrom(a.value), decimalFrom(b.value)];
    if (left === undefined || right === undefined) throw wrongTypes(operator, a, b);
    const result = decimals(left, right);
    if (result === undefined) return undefined;
    if (operator !== '/' && isInteger(a) && isInteger(b)) return wholeNode(Number(textOf(result)));
    return decimalNode(result);
  };
}

const refused =
  (operator: string): Operation =>
  (a, b) => {
    throw wrongTypes(operator, a, b);
  };

/** `+` and `-` beyond numbers: texts, quantities of one dimension, and dates with a duration. */
function sumOf(operator: '+' | '-'): Operation {
  return (a, b) => {
    if (operator === '+' && typeof a.value === 'string' && typeof b.value === 'string')
      if (a.type.system === 'String' && b.type.system === 'String')
        return stringNode(a.value + b.value);
    const duration = quantityOf(b);
    const temporal = temporalOf(a);
    if (temporal !== undefined && duration !== undefined)
      return shiftTemporal(a, temporal, duration, operator);
    const [left, right] = [quantityOf(a), duration];
    if (left === undefined || right === undefined) throw wrongTypes(operator, a, b);
    return sumOfQuantities(left, right, operator);
  };
}

function sumOfQuantities(a: Quantity, b: Quantity, operator: '+' | '-'): PathNode | undefined {
  const other = convert(b, a.unit);
  if (other === undefined) return undefined;
  const value = operator === '+' ? add(a.value, other) : subtract(a.value, other);
  return quantityNode({ ...a, value });
}

const asQuantity = (node: PathNode): Quantity | undefined => {
  const value = decimalFrom(node.value);
  return value === undefined ? quantityOf(node) : { value, unit: '1', calendar: false };
};

function productOf(operator: '*' | '/'): Operation {
  return (a, b) => {
    const [left, right] = [asQuantity(a), asQuantity(b)];
    if (left === undefined || right === undefined) throw wrongTypes(operator, a, b);
    const result = multiplyQuantities(left, right, operator);
    return result === undefined ? undefined : quantityNode(result);
  };
}

const operations: Readonly<Record<string, Operation>> = {
  '+': numeric('+', add, sumOf('+')),
  '-': numeric('-', subtract, sumOf('-')),
  '*': numeric('*', multiply, productOf('*')),
  '/': numeric('/', divide, productOf('/')),
  div: numeric('div', wholeQuotient, refused('div')),
  mod: numeric('mod', remainder, refused('mod')),
};

function wholeQuotient(a: Decimal, b: Decimal): Decimal | undefined {
  const whole = divideWhole(a, b);
  return whole === undefined ? undefined : { digits: whole, scale: 0 };
}

/** `div` of decimals is an integer all the same. */
function wholeOf(node: PathNode | undefined): PathNode | undefined {
  return node === undefined ? undefined : wholeNode(Number(numberText(node.value)));
}

function operator(name: string, operate: Operation): (left: Code, right: Code) => Code {
  return (left, right) => {
    const [one, other] = [single(left, name), single(right, name)];
    return fromOne((focus, scope) => {
      const a = one(focus, scope);
      if (a?.value === undefined) return undefined;
      const b = other(focus, scope);
      if (b?.value === undefined) return undefined;
      const result = operate(a, b);
      return name === 'div' ? wholeOf(result) : result;
    });
  };
}

/** `&`: texts behind each other, where nothing counts as an empty text. */
function concatenate(left: Code, right: Code): Code {
  const [one, other] = [single(left, '&'), single(right, '&')];
  return fromOne((focus, scope) =>
    stringNode(textValue(one(focus, scope)) + textValue(other(focus, scope))),
  );
}

function textValue(node: PathNode | undefined): string {
  if (node?.value === undefined) return '';
  if (typeof node.value !== 'string') throw failed(`& is not defined for ${node.type.name}.`);
  return node.value;
}

export const arithmetic: Readonly<Record<string, (left: Code, right: Code) => Code>> = {
  ...Object.fromEntries(
    Object.entries(operations).map(([name, operate]) => [name, operator(name, operate)]),
  ),
  '&': concatenate,
};

/** `-x`. */
export function negation(operand: Code): Code {
  const one = single(operand, '-');
  return fromOne((focus, scope) => {
    const node = one(focus, scope);
    if (node?.value === undefined) return undefined;
    const value = decimalFrom(node.value);
    if (value !== undefined && isNumber(node.value)) return negated(node, value);
    const quantity = quantityOf(node);
    if (quantity === undefined) throw failed(`- is not defined for ${node.type.name}.`);
    return quantityNode({ ...quantity, value: negate(quantity.value) });
  });
}

function negated(node: PathNode, value: Decimal): PathNode | undefined {
  if (isInteger(node)) return wholeNode(-Number(textOf(value)));
  return decimalNode(value.digits === 0n ? value : negate(value));
}

/** A number of an expression's text: an integer, or a decimal with its zeros. */
export function literalNumber(text: string, isDecimal: boolean): PathNode | undefined {
  if (!isDecimal) return wholeNode(Number(text));
  const value = parseDecimal(text);
  return value === undefined ? undefined : decimalNode(value);
}
