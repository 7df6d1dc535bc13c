import { type Code, fromList, fromOne, fromTruth, many } from '../code.ts';
import { failed } from '../faults.ts';
import { isOfType, type PathType, typeInfoType } from '../model.ts';
import { type Items, makeNode, type PathNode } from '../node.ts';
import type { Call, Functions } from './call.ts';
import { typeArgument } from './type-argument.ts';

const isOne =
  (types: readonly PathType[]) =>
  ({ type }: PathNode): boolean =>
    types.some((wanted) => isOfType(type, wanted));

/** `x is T`: T or what specialises it. */
export function isCode(input: Code, types: readonly PathType[]): Code {
  const met = isOne(types);
  return fromTruth((focus, scope) => {
    const node = input.pick(focus, scope);
    if (node === undefined) return undefined;
    if (node === many) throw failed('is met several values where it needs a single one.');
    return met(node);
  });
}

/**
 * `x as T`. A primitive is of its own type alone: a code is no `as(string)`. Several values are an
 * error but where `filters`: R4's own dom-3 is written `%resource.descendants().as(canonical)`.
 */
export function asCode(input: Code, types: readonly PathType[], filters = false): Code {
  const met = ({ type }: PathNode): boolean =>
    types.some((wanted) => (wanted.system ? type === wanted : isOfType(type, wanted)));
  if (filters) return fromList((focus, scope) => input.list(focus, scope).filter(met));
  return fromOne((focus, scope) => {
    const node = input.pick(focus, scope);
    if (node === many) throw failed('as met several values where it needs a single one.');
    return node !== undefined && met(node) ? node : undefined;
  });
}

const walks = (call: Call): boolean => {
  const { input } = call.call;
  return input?.kind === 'call' && input.name === 'descendants';
};

/** FHIRPath N1, section 6.3. */
export const typing: Functions = {
  is: { takes: [1, 1], compile: (call) => isCode(call.input, typeArgument(call)) },
  as: { takes: [1, 1], compile: (call) => asCode(call.input, typeArgument(call), walks(call)) },
  type: {
    takes: [0, 0],
    compile: ({ input }) => fromList((focus, scope) => infoOf(input.list(focus, scope))),
  },
};

const infoOf = (items: Items): Items =>
  items.map(({ type: { namespace, name, base } }) =>
    makeNode(typeInfoType, {
      namespace,
      name: name.includes('.') ? (base?.name ?? name) : name,
    }),
  );
