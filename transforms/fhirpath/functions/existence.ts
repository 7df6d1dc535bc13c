import { type Code, fromList, fromOne, fromTruth, many, noFocus, type Scope } from '../code.ts';
import { isDistinct, isSubset } from '../collections.ts';
import { failed } from '../faults.ts';
import { integerNode, type PathNode } from '../node.ts';
import { type Call, type FunctionSpec, type Functions, given } from './call.ts';

/** Is the condition true for a node of the input, or `wanted` for all of them? */
function quantified(
  { input }: Call,
  { truth }: Code,
  some: boolean,
): (focus: PathNode, scope: Scope) => boolean {
  const met = (nodes: readonly PathNode[], scope: Scope): boolean => {
    const before = scope.index;
    for (let index = 0; index < nodes.length; index += 1) {
      scope.index = index;
      if ((truth(nodes[index]!, scope) === true) === some) {
        scope.index = before;
        return some;
      }
    }
    scope.index = before;
    return !some;
  };
  return (focus, scope) => {
    const one = input.pick(focus, scope);
    if (one === undefined) return !some;
    if (one === many) return met(input.list(focus, scope), scope);
    const before = scope.index;
    scope.index = 0;
    const holds = truth(one, scope) === true;
    scope.index = before;
    return holds;
  };
}

/** `allTrue` and its like: of a list of booleans. */
function ofBooleans(met: (values: readonly boolean[]) => boolean): FunctionSpec {
  return {
    takes: [0, 0],
    compile: ({ input, name }) =>
      fromTruth((focus, scope) =>
        met(
          input.list(focus, scope).map(({ value }) => {
            if (typeof value === 'boolean') return value;
            throw failed(`${name} met a value that is no boolean.`);
          }),
        ),
      ),
  };
}

/** Of a list and another one. */
const subset = (compare: (a: readonly PathNode[], b: readonly PathNode[]) => boolean) =>
  ({
    takes: [1, 1],
    compile: (call) => {
      const other = given(call, 0);
      const { input } = call;
      return fromTruth((focus, scope) =>
        compare(input.list(focus, scope), other.list(focus, scope)),
      );
    },
  }) satisfies FunctionSpec;

/** FHIRPath N1, section 5.1. */
export const existence: Functions = {
  empty: {
    takes: [0, 0],
    compile: ({ input }) => fromTruth((focus, scope) => !input.exists(focus, scope)),
  },
  exists: {
    takes: [0, 1],
    compile: (call) => {
      const condition = call.arg(0);
      if (condition === undefined) return fromTruth(call.input.exists);
      return fromTruth(quantified(call, condition, true));
    },
  },
  all: {
    takes: [1, 1],
    compile: (call) => fromTruth(quantified(call, given(call, 0), false)),
  },
  not: {
    takes: [0, 0],
    compile: ({ input }) =>
      fromTruth((focus, scope) => {
        const value = input.truth(focus, scope);
        return value === undefined ? undefined : !value;
      }),
  },
  count: {
    takes: [0, 0],
    compile: ({ input }) => fromOne((focus, scope) => integerNode(input.count(focus, scope))),
  },
  allTrue: ofBooleans((values) => values.every((value) => value)),
  anyTrue: ofBooleans((values) => values.some((value) => value)),
  allFalse: ofBooleans((values) => values.every((value) => !value)),
  anyFalse: ofBooleans((values) => values.some((value) => !value)),
  subsetOf: subset(isSubset),
  supersetOf: subset((a, b) => isSubset(b, a)),
  isDistinct: {
    takes: [0, 0],
    compile: ({ input }) => fromTruth((focus, scope) => isDistinct(input.list(focus, scope))),
  },
  iif: {
    takes: [2, 3],
    compile: (call) => {
      const [condition, then] = [given(call, 0), given(call, 1)];
      const otherwise = call.arg(2);
      const { input } = call;
      const focusOf = (focus: PathNode, scope: Scope): PathNode => {
        if (call.call.input === undefined) return focus;
        const one = input.pick(focus, scope);
        if (one === many) throw failed('iif met several values where it needs a single one.');
        return one ?? noFocus;
      };
      const chosen = (at: PathNode, scope: Scope): Code | undefined =>
        booleanOf(condition, at, scope) === true ? then : otherwise;
      return {
        ...fromList((focus, scope) => {
          const at = focusOf(focus, scope);
          return chosen(at, scope)?.list(at, scope) ?? [];
        }),
        truth: (focus, scope) => {
          const at = focusOf(focus, scope);
          return chosen(at, scope)?.truth(at, scope);
        },
      };
    },
  },
};

/** The condition of `iif` is a boolean, not merely something that is there. */
function booleanOf(condition: Code, focus: PathNode, scope: Scope): boolean | undefined {
  const node = condition.pick(focus, scope);
  if (node === undefined) return undefined;
  if (node !== many && node.value === undefined) return undefined;
  if (node === many || typeof node.value !== 'boolean')
    throw failed('The condition of iif is no boolean.');
  return node.value;
}
