import { arithmetic, literalNumber, negation } from './arithmetic.ts';
import { type Code, constantCode, fromList, thisCode } from './code.ts';
import { distinct, union } from './collections.ts';
import { constant } from './constants.ts';
import { parseDecimal } from './decimal.ts';
import { comparisons } from './equality.ts';
import { invalid, refuse } from './faults.ts';
import {
  asCode,
  functions,
  indexCode,
  isCode,
  itemAt,
  totalCode,
  typesNamed,
} from './functions/index.ts';
import { logic } from './logic.ts';
import { memberCode, rootMember } from './members.ts';
import { type Model, systemTypes } from './model.ts';
import { booleanNode, makeNode, nothing, type PathNode, stringNode } from './node.ts';
import { calendarUnit, quantityNode } from './quantity.ts';
import { specialised } from './shapes.ts';
import type { Call, Expr } from './syntax.ts';
import { parseDateTime, parseTime } from './temporal.ts';

/** Functions of fhirpath.js that are not compiled: an expression with one of them runs there. */
const left = new Set(
  (
    'defineVariable coalesce sum min max avg weight ordinal toLong convertsToLong yearOf monthOf ' +
    'dayOf hourOf minuteOf secondOf millisecondOf timezoneOffsetOf dateOf timeOf pathname'
  ).split(' '),
);

const binary = { ...logic, ...comparisons, ...arithmetic };

/** Compiles an expression to closures; throws a fault, or the name of what it leaves. */
export function compileExpr(expr: Expr, model: Model): Code {
  return specialised(expr, model) ?? compileAny(expr, model);
}

function compileAny(expr: Expr, model: Model): Code {
  const compile = (one: Expr): Code => compileExpr(one, model);
  switch (expr.kind) {
    case 'literal':
      return constantCode([literalNode(expr)]);
    case 'quantity':
      return constantCode([quantityLiteral(expr.value, expr.unit)]);
    case 'empty':
      return constantCode(nothing);
    case 'this':
      return thisCode;
    case 'index':
      return indexCode;
    case 'total':
      return totalCode;
    case 'constant':
      return constant(expr.name);
    case 'member':
      return expr.input === undefined
        ? rootMember(expr.name, model)
        : memberCode(expr.name, compile(expr.input), model);
    case 'item':
      return itemAt(compile(expr.input), compile(expr.index));
    case 'negation':
      return negation(compile(expr.operand));
    case 'binary':
      return compileBinary(expr.operator, compile(expr.left), compile(expr.right));
    case 'type': {
      const types = typesNamed(expr.type, model, expr.at);
      const operand = compile(expr.operand);
      return expr.operator === 'is' ? isCode(operand, types) : asCode(operand, types);
    }
    case 'call':
      return compileCall(expr, model);
  }
}

function compileBinary(operator: string, left: Code, right: Code): Code {
  if (operator === '|') return unionCode(left, right);
  const make = binary[operator];
  if (make === undefined) throw refuse(operator);
  return make(left, right);
}

function unionCode(left: Code, right: Code): Code {
  if (left.constant !== undefined && right.constant !== undefined)
    return constantCode(union(left.constant, right.constant));
  return {
    ...fromList((focus, scope) =>
      distinct(union(left.list(focus, scope), right.list(focus, scope))),
    ),
    exists: (focus, scope) => left.exists(focus, scope) || right.exists(focus, scope),
  };
}

function compileCall(call: Call, model: Model): Code {
  const { name, at, args } = call;
  const spec = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (spec === undefined) {
    if (left.has(name)) throw refuse(`${name}()`);
    throw invalid(`There is no function ${name}().`, at);
  }
  const [least, most] = spec.takes;
  if (args.length < least || args.length > most) throw invalid(wrongCount(name, least, most), at);
  const compile = (expr: Expr): Code => compileExpr(expr, model);
  const compiled = new Map<number, Code>();
  const arg = (index: number): Code | undefined => {
    const expr = args[index];
    if (expr === undefined) return undefined;
    const code = compiled.get(index) ?? compile(expr);
    compiled.set(index, code);
    return code;
  };
  const input = call.input === undefined ? thisCode : compile(call.input);
  return spec.compile({ name, input, args, arg, compile, model, at, call });
}

const wrongCount = (name: string, least: number, most: number): string => {
  const range = least === most ? `${least}` : `${least} to ${most}`;
  return `The function ${name}() takes ${range} argument${range === '1' ? '' : 's'}.`;
};

function literalNode({ of, text }: Extract<Expr, { kind: 'literal' }>): PathNode {
  const wrong = (): Error => invalid(`There is no ${of} ${text}.`);
  switch (of) {
    case 'Boolean':
      return booleanNode(text === 'true');
    case 'String':
      return stringNode(text);
    case 'Integer':
    case 'Decimal': {
      const node = literalNumber(text, of === 'Decimal');
      if (node === undefined) throw wrong();
      return node;
    }
    case 'Date':
    case 'DateTime':
    case 'Time': {
      const known = of === 'Time' ? parseTime(text) : parseDateTime(text);
      if (known === undefined) throw wrong();
      return makeNode(systemTypes[of], text);
    }
  }
}

function quantityLiteral(number: string, unit: string): PathNode {
  const value = parseDecimal(number);
  if (value === undefined) throw invalid(`There is no quantity ${number}.`);
  if (unit.startsWith("'"))
    return quantityNode({ value, unit: unit.slice(1, -1), calendar: false });
  const word = calendarUnit(unit);
  if (word === undefined) throw invalid(`There is no unit of time ${unit}.`);
  return quantityNode({ value, unit: word, calendar: true });
}
