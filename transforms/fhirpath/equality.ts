import { type Code, fromTruth, many, type Scope } from './code.ts';
import { equalLists, lookup } from './collections.ts';
import { failed } from './faults.ts';
import type { PathNode } from './node.ts';
import { equalNodes, equivalentLists, equivalentNodes, orderOf } from './values.ts';

type Test = (focus: PathNode, scope: Scope) => boolean | undefined;

function equal(left: Code, right: Code): Test {
  const text = constantText(right);
  return (focus, scope) => {
    const a = left.pick(focus, scope);
    if (a === undefined) return undefined;
    // Codes beside a literal are what invariants compare most.
    if (text !== undefined && a !== many && a.type.system === 'String' && a.value !== undefined)
      return a.value === text;
    const b = right.pick(focus, scope);
    if (b === undefined) return undefined;
    if (a !== many && b !== many) return equalNodes(a, b);
    return equalLists(left.list(focus, scope), right.list(focus, scope));
  };
}

function constantText({ constant }: Code): string | undefined {
  if (constant?.length !== 1) return undefined;
  const [{ value, type } = { value: undefined, type: undefined }] = constant;
  return typeof value === 'string' && type?.system === 'String' ? value : undefined;
}

function equivalent(left: Code, right: Code): Test {
  return (focus, scope) => {
    const [a, b] = [left.list(focus, scope), right.list(focus, scope)];
    return equivalentLists(a, b, equivalentNodes);
  };
}

const not =
  (test: Test): Test =>
  (focus, scope) => {
    const value = test(focus, scope);
    return value === undefined ? undefined : !value;
  };

function ordered(operator: string, holds: (order: number) => boolean) {
  return (left: Code, right: Code): Code =>
    fromTruth((focus, scope) => {
      const a = left.pick(focus, scope);
      if (a === undefined) return undefined;
      const b = right.pick(focus, scope);
      if (b === undefined) return undefined;
      if (a === many || b === many)
        throw failed(`${operator} met several values where it needs single ones.`);
      const order = orderOf(a, b);
      return order === undefined ? undefined : holds(order);
    });
}

function isIn(item: Code, list: Code): Code {
  // What is written out in the expression is looked up, not compared one by one.
  const known = list.constant === undefined ? undefined : lookup(list.constant);
  return fromTruth((focus, scope) => {
    const one = item.pick(focus, scope);
    if (one === undefined) return undefined;
    if (one === many) throw failed('A test of membership met several values for a single one.');
    if (known !== undefined) return known.has(one);
    return list.list(focus, scope).some((other) => equalNodes(one, other) === true);
  });
}

export const comparisons: Readonly<Record<string, (left: Code, right: Code) => Code>> = {
  '=': (left, right) => fromTruth(equal(left, right)),
  '!=': (left, right) => fromTruth(not(equal(left, right))),
  '~': (left, right) => fromTruth(equivalent(left, right)),
  '!~': (left, right) => fromTruth(not(equivalent(left, right))),
  '<': ordered('<', (order) => order < 0),
  '>': ordered('>', (order) => order > 0),
  '<=': ordered('<=', (order) => order <= 0),
  '>=': ordered('>=', (order) => order >= 0),
  in: isIn,
  contains: (left, right) => isIn(right, left),
};
