import { type Code, fromList, fromOne, many, noFocus, type Scope, truthOf } from './code.ts';
import { isOfType, type Member, type Model, type PathType, unknownType } from './model.ts';
import { childNode, eachOfSlot, type Items, nothing, ownerOf, type PathNode } from './node.ts';

/** Reads the elements of one name, remembering how the last type has them. */
type Reader = {
  readonly each: (node: PathNode, visit: (child: PathNode) => boolean) => boolean;
  readonly count: (node: PathNode) => number;
  readonly exists: (node: PathNode) => boolean;
  readonly pick: (node: PathNode) => PathNode | undefined | typeof many;
};

const stop = (): boolean => true;

function readerOf(name: string, model: Model): Reader {
  let seenType: PathType | undefined;
  let seen: Member | undefined;
  const memberOf = (type: PathType): Member | undefined => {
    if (type !== seenType) {
      seenType = type;
      seen = type === unknownType ? looseMember(name) : type.members.get(name);
    }
    return seen;
  };
  const each: Reader['each'] = (node, visit) => {
    const member = memberOf(node.type);
    if (member === undefined) return false;
    const owner = ownerOf(node);
    if (owner === undefined) return false;
    for (const slot of member.slots) if (eachOfSlot(model, owner, slot, visit)) return true;
    return false;
  };
  const count: Reader['count'] = (node) => {
    let found = 0;
    each(node, () => {
      found += 1;
      return false;
    });
    return found;
  };
  const pick: Reader['pick'] = (node) => {
    const slots = memberOf(node.type)?.slots;
    const owner = slots === undefined ? undefined : ownerOf(node);
    if (slots === undefined || owner === undefined) return undefined;
    let found: PathNode | undefined;
    for (const slot of slots) {
      const { key, companion, type } = slot;
      const value = owner[key];
      const extra = companion === undefined ? undefined : owner[companion];
      if ((value ?? extra ?? undefined) === undefined) continue;
      if (found !== undefined) return many;
      if (Array.isArray(value) || Array.isArray(extra)) {
        const several = pickOfList(model, owner, slot);
        if (several === many) return many;
        found = several;
      } else found = childNode(model, type, value ?? undefined, extra ?? undefined);
    }
    return found;
  };
  return { each, count, pick, exists: (node) => each(node, stop) };
}

function pickOfList(
  model: Model,
  owner: Readonly<Record<string, unknown>>,
  slot: Member['slots'][number],
): PathNode | undefined | typeof many {
  let found: PathNode | undefined | typeof many;
  eachOfSlot(model, owner, slot, (node) => {
    if (found !== undefined) {
      found = many;
      return true;
    }
    found = node;
    return false;
  });
  return found;
}

const looseMember = (name: string): Member => ({
  name,
  isList: true,
  slots: [{ name, key: name, companion: `_${name}`, type: unknownType }],
});

/** A member of `$this`; a type's name stands for the focus where that is of the type. */
export function rootMember(name: string, model: Model): Code {
  const reader = readerOf(name, model);
  const type = /^[A-Z]/.test(name) ? model.type(name) : undefined;
  if (type !== undefined) {
    return fromOne((focus) => (isOfType(focus.type, type) ? focus : undefined));
  }
  return {
    list: (focus) => collect(reader, focus),
    pick: reader.pick,
    truth: (focus) => truthOf(reader.pick(focus)),
    exists: reader.exists,
    count: reader.count,
  };
}

function collect({ each }: Reader, node: PathNode): Items {
  let found: PathNode[] | undefined;
  each(node, (child) => {
    if (found === undefined) found = [child];
    else found.push(child);
    return false;
  });
  return found ?? nothing;
}

/** A member of all that another expression gives. */
export function memberCode(name: string, input: Code, model: Model): Code {
  const reader = readerOf(name, model);
  const each = (node: PathNode, out: PathNode[]): void => {
    reader.each(node, (child) => {
      out.push(child);
      return false;
    });
  };
  const list = (focus: PathNode, scope: Scope): Items => {
    const from = input.list(focus, scope);
    if (from.length < 2) return from.length === 0 ? nothing : collect(reader, from[0]!);
    const out: PathNode[] = [];
    for (const node of from) each(node, out);
    return out;
  };
  return {
    ...fromList(list),
    pick: (focus, scope) => {
      const from = input.pick(focus, scope);
      if (from === undefined) return undefined;
      if (from !== many) return reader.pick(from);
      const items = list(focus, scope);
      return items.length > 1 ? many : items[0];
    },
    exists: (focus, scope) => {
      const from = input.pick(focus, scope);
      if (from === undefined) return false;
      if (from !== many) return reader.exists(from);
      return input.list(focus, scope).some(reader.exists);
    },
    count: (focus, scope) => {
      const from = input.pick(focus, scope);
      if (from === undefined) return 0;
      if (from !== many) return reader.count(from);
      return input.list(focus, scope).reduce((sum, node) => sum + reader.count(node), 0);
    },
  };
}

/** Calls for each child of a node: all its elements, of a primitive its id and extensions. */
export function eachChild(model: Model, node: PathNode, visit: (child: PathNode) => boolean): void {
  const owner = node === noFocus ? undefined : ownerOf(node);
  if (owner === undefined) return;
  const { keys } = node.type;
  for (const key of Object.keys(owner)) {
    if (key === 'resourceType') continue;
    const companion = key.startsWith('_');
    if (companion && owner[key.slice(1)] !== undefined) continue;
    const name = companion ? key.slice(1) : key;
    const slot = keys.get(name) ?? { name, key: name, companion: `_${name}`, type: unknownType };
    if (eachOfSlot(model, owner, slot, visit)) return;
  }
}
