import { fromList, fromOne, type Scope } from '../code.ts';
import { eachChild } from '../members.ts';
import { systemTypes } from '../model.ts';
import { type Items, isJsonObject, makeNode, type PathNode } from '../node.ts';
import { partsOf, textOfTemporal } from '../temporal.ts';
import { type Functions, given, textOf } from './call.ts';

/** Level by level, as `repeat(children())` is defined, but with all that look alike. */
function descendantsOf(nodes: Items, scope: Scope): PathNode[] {
  const out: PathNode[] = [];
  const add = (child: PathNode): boolean => {
    out.push(child);
    return false;
  };
  for (const node of nodes) eachChild(scope.model, node, add);
  for (let next = 0; next < out.length; next += 1) eachChild(scope.model, out[next]!, add);
  return out;
}

/** FHIRPath N1, sections 5.8 and 5.9, and FHIR's `extension`. */
export const navigation: Functions = {
  children: {
    takes: [0, 0],
    compile: ({ input }) => ({
      ...fromList((focus, scope) => {
        const out: PathNode[] = [];
        for (const node of input.list(focus, scope))
          eachChild(scope.model, node, (child) => {
            out.push(child);
            return false;
          });
        return out;
      }),
      count: (focus, scope) => {
        let count = 0;
        for (const node of input.list(focus, scope))
          eachChild(scope.model, node, () => {
            count += 1;
            return false;
          });
        return count;
      },
    }),
  },
  descendants: {
    takes: [0, 0],
    compile: ({ input }) =>
      fromList((focus, scope) => descendantsOf(input.list(focus, scope), scope)),
  },
  extension: {
    takes: [1, 1],
    compile: (call) => {
      const url = textOf(given(call, 0), call.name);
      return fromList((focus, scope) => {
        const wanted = url(focus, scope);
        const found: PathNode[] = [];
        for (const node of call.input.list(focus, scope)) addExtensions(node, wanted, scope, found);
        return found;
      });
    },
  },
  trace: {
    takes: [1, 2],
    compile: (call) => {
      const name = textOf(given(call, 0), call.name);
      const shown = call.arg(1);
      return fromList((focus, scope) => {
        const items = call.input.list(focus, scope);
        const { trace } = scope.env;
        if (trace === undefined) return items;
        const told = shown === undefined ? items : items.flatMap((one) => shown.list(one, scope));
        trace(name(focus, scope) ?? '', told);
        return items;
      });
    },
  },
  now: {
    takes: [0, 0],
    compile: () =>
      fromOne((_, scope) => makeNode(systemTypes.DateTime, nowOf(scope).toISOString())),
  },
  today: {
    takes: [0, 0],
    compile: () =>
      fromOne((_, scope) => makeNode(systemTypes.Date, nowOf(scope).toISOString().slice(0, 10))),
  },
  timeOfDay: {
    takes: [0, 0],
    compile: () =>
      fromOne((_, scope) => {
        const parts = partsOf(nowOf(scope)).slice(3);
        const text = textOfTemporal({ parts, from: 3, offset: undefined }, true);
        return makeNode(systemTypes.Time, text);
      }),
  },
};

/** The same instant throughout an evaluation. */
function nowOf(scope: Scope): Date {
  scope.now ??= scope.env.now ?? new Date();
  return scope.now;
}

function addExtensions(
  { type, value, extra }: PathNode,
  url: string | undefined,
  { model }: Scope,
  found: PathNode[],
): void {
  const owner = type.system === undefined ? value : extra;
  const list = isJsonObject(owner) ? owner.extension : undefined;
  const extension = model.type('Extension');
  if (!Array.isArray(list) || extension === undefined) return;
  for (const one of list)
    if (isJsonObject(one) && one.url === url) found.push(makeNode(extension, one));
}
