import { type Code, fromTruth } from './code.ts';
import type { Model } from './model.ts';
import { isJsonObject, isRawNumber, type PathNode } from './node.ts';
import type { Expr } from './syntax.ts';

/** Is this a call of `name` without arguments, on `input`? */
const isCall = (expr: Expr | undefined, name: string): expr is Extract<Expr, { kind: 'call' }> =>
  expr?.kind === 'call' && expr.name === name && expr.args.length === 0;

/**
 * Shapes of expressions that run at every element of every resource, compiled as a whole;
 * undefined for every other one.
 */
export function specialised(expr: Expr, _model: Model): Code | undefined {
  if (isMoreThanId(expr)) return fromTruth(hasMoreThanId);
  return undefined;
}

/** `children().count() > id.count()`, the heart of ele-1: is there more than an id? */
function isMoreThanId(expr: Expr): boolean {
  if (expr.kind !== 'binary' || expr.operator !== '>') return false;
  const { left, right } = expr;
  if (!isCall(left, 'count') || !isCall(right, 'count')) return false;
  const children = left.input;
  const id = right.input;
  return (
    isCall(children, 'children') &&
    children.input === undefined &&
    id?.kind === 'member' &&
    id.name === 'id' &&
    id.input === undefined
  );
}

function hasMoreThanId({ type, value, extra }: PathNode): boolean {
  const owner = type.system === undefined ? value : extra;
  if (!isJsonObject(owner) || isRawNumber(owner)) return false;
  for (const key in owner) {
    if (key === 'id' || key === '_id' || key === 'resourceType') continue;
    const child = owner[key];
    if (child === null || child === undefined) continue;
    if (!Array.isArray(child) || child.some((one) => one !== null)) return true;
  }
  return false;
}
