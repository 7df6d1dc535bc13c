import { type Code, fromList, fromOne, many, type Scope } from '../code.ts';
import { distinct, exclude, intersect, lookup, union } from '../collections.ts';
import { failed } from '../faults.ts';
import { isOfType, type PathType } from '../model.ts';
import { type Items, integerNode, nothing, type PathNode } from '../node.ts';
import { orderOf } from '../values.ts';
import { type Call, type FunctionSpec, type Functions, given, integerOf } from './call.ts';
import { typeArgument } from './type-argument.ts';

/** Runs an expression for each node of a list, with `$index`. */
function eachNode(nodes: Items, scope: Scope, visit: (node: PathNode) => void): void {
  const before = scope.index;
  for (let index = 0; index < nodes.length; index += 1) {
    scope.index = index;
    visit(nodes[index]!);
  }
  scope.index = before;
}

function where({ input, ...call }: Call): Code {
  const { truth } = given({ input, ...call }, 0);
  return fromList((focus, scope) => {
    const nodes = input.list(focus, scope);
    if (nodes.length === 0) return nothing;
    const kept: PathNode[] = [];
    eachNode(nodes, scope, (node) => {
      if (truth(node, scope) === true) kept.push(node);
    });
    return kept;
  });
}

function select({ input, ...call }: Call): Code {
  const projection = given({ input, ...call }, 0);
  return fromList((focus, scope) => {
    const nodes = input.list(focus, scope);
    if (nodes.length === 0) return nothing;
    const found: PathNode[] = [];
    eachNode(nodes, scope, (node) => {
      for (const one of projection.list(node, scope)) found.push(one);
    });
    return found;
  });
}

/** What a walk may gather: more is no resource, but an expression that feeds itself. */
const repeatedMax = 100_000;

function repeat({ input, ...call }: Call): Code {
  const projection = given({ input, ...call }, 0);
  return fromList((focus, scope) => {
    const found: PathNode[] = [];
    const seen = lookup();
    let queue = input.list(focus, scope);
    while (queue.length > 0) {
      const next: PathNode[] = [];
      eachNode(queue, scope, (node) => {
        for (const one of projection.list(node, scope)) {
          if (seen.has(one)) continue;
          seen.add(one);
          next.push(one);
        }
      });
      found.push(...next);
      if (found.length > repeatedMax)
        throw failed(`repeat found more than ${repeatedMax} values and was ended.`);
      queue = next;
    }
    return found;
  });
}

function aggregate({ input, ...call }: Call): Code {
  const step = given({ input, ...call }, 0);
  const start = call.arg(1);
  return fromList((focus, scope) => {
    const before = scope.total;
    let total = start?.list(focus, scope) ?? nothing;
    eachNode(input.list(focus, scope), scope, (node) => {
      scope.total = total;
      total = step.list(node, scope);
    });
    scope.total = before;
    return total;
  });
}

type Key = { readonly value: PathNode | undefined; readonly down: boolean };

/** `sort(-family, given desc)`: what has no value stands first, either way. */
function sort({ input, call, ...rest }: Call): Code {
  const keys = call.args.map((expr, index) => {
    // A minus turns the order round, also of texts, which have no negative.
    const negated = expr.kind === 'negation';
    const code = rest.compile(expr.kind === 'negation' ? expr.operand : expr);
    return { code, down: negated !== (call.descending[index] ?? false) };
  });
  return fromList((focus, scope) => {
    const rows = input.list(focus, scope).map((node) => ({
      node,
      keys: keys.length === 0 ? [{ value: node, down: false }] : keysOf(keys, node, scope),
    }));
    return rows.sort((a, b) => compareKeys(a.keys, b.keys)).map(({ node }) => node);
  });
}

function keysOf(
  keys: readonly { readonly code: Code; readonly down: boolean }[],
  node: PathNode,
  scope: Scope,
): readonly Key[] {
  return keys.map(({ code, down }) => {
    const value = code.pick(node, scope);
    if (value === many) throw failed('A key of sort gave several values.');
    return { value, down };
  });
}

function compareKeys(a: readonly Key[], b: readonly Key[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const { value: one, down } = a[index]!;
    const other = b[index]!.value;
    if (one === undefined || other === undefined) {
      if (one === other) continue;
      return one === undefined ? -1 : 1;
    }
    const order = orderOf(one, other) ?? 0;
    if (order !== 0) return down ? -order : order;
  }
  return 0;
}

const combined = (combine: (a: Items, b: Items) => Items): FunctionSpec => ({
  takes: [1, 1],
  compile: (call) => {
    const other = given(call, 0);
    return fromList((focus, scope) =>
      combine(call.input.list(focus, scope), other.list(focus, scope)),
    );
  },
});

/** `first`, `tail` and their like: a part of a list by position. */
const part = (take: (items: Items) => Items): FunctionSpec => ({
  takes: [0, 0],
  compile: ({ input }) => fromList((focus, scope) => take(input.list(focus, scope))),
});

const counted = (take: (items: Items, count: number) => Items): FunctionSpec => ({
  takes: [1, 1],
  compile: (call) => {
    const count = integerOf(given(call, 0), call.name);
    return fromList((focus, scope) => {
      const items = call.input.list(focus, scope);
      return take(items, count(focus, scope) ?? 0);
    });
  },
});

function ofType(call: Call): Code {
  const types: readonly PathType[] = typeArgument(call);
  // FHIR's primitives are asked for by their own name: a code is no `ofType(string)`.
  const met = ({ type }: PathNode): boolean =>
    types.some((wanted) => (wanted.system ? type === wanted : isOfType(type, wanted)));
  return fromList((focus, scope) => call.input.list(focus, scope).filter(met));
}

/** FHIRPath N1, sections 5.2 to 5.4, and `aggregate` and `sort`. */
export const filtering: Functions = {
  where: { takes: [1, 1], compile: where },
  select: { takes: [1, 1], compile: select },
  repeat: { takes: [1, 1], compile: repeat },
  aggregate: { takes: [1, 2], compile: aggregate },
  sort: { takes: [0, 20], compile: sort },
  ofType: { takes: [1, 1], compile: ofType },
  distinct: part(distinct),
  first: {
    takes: [0, 0],
    compile: ({ input }) =>
      fromOne((focus, scope) => {
        const one = input.pick(focus, scope);
        return one === many ? input.list(focus, scope)[0] : one;
      }),
  },
  last: part((items) => items.slice(-1)),
  tail: part((items) => items.slice(1)),
  skip: counted((items, count) => (count <= 0 ? items : items.slice(count))),
  take: counted((items, count) => (count <= 0 ? nothing : items.slice(0, count))),
  single: {
    takes: [0, 0],
    compile: ({ input }) =>
      fromOne((focus, scope) => {
        const one = input.pick(focus, scope);
        if (one === many) throw failed('single met several values.');
        return one;
      }),
  },
  union: combined(union),
  combine: combined((a, b) => [...a, ...b]),
  intersect: combined(intersect),
  exclude: combined(exclude),
};

/** `x[0]`. */
export function itemAt(input: Code, index: Code): Code {
  const at = integerOf(index, 'An index');
  return fromOne((focus, scope) => {
    const position = at(focus, scope);
    return position === undefined ? undefined : input.list(focus, scope)[position];
  });
}

export const indexCode: Code = fromOne((_, { index }) => integerNode(index));
export const totalCode: Code = fromList((_, { total }) => total);
