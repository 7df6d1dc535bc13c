import { capital, choiceNames, type Element } from '../elements/index.ts';
import type { Choice } from '../environment.ts';

export type Fields = Record<string, unknown>;

/** Puts a value where a rule wants it; false when the element has one and does not repeat. */
export type Writer = {
  write(fields: Fields, value: unknown): boolean;
  /** Path of the value that was written last, for marks. */
  pathIn(fields: Fields): (string | number)[];
  /** Top-level names that this rule may set. */
  readonly names: readonly string[];
  /** What `""` removes: those, or the one part of an element that is written piece by piece. */
  readonly emptied: readonly string[];
  readonly repeats: boolean;
};

/** `type`: what a choice element holds when the conversion does not say. */
export function compileWriter(elements: readonly Element[], type: string): Writer {
  const leaf = elements.at(-1)!;
  const parents = elements.slice(0, -1);
  const top = elements[0]!;
  const isChoice = leaf.name.endsWith('[x]');
  const names = top.name.endsWith('[x]') ? choiceNames(top) : [top.name];
  const isPiece = parents.length > 0 && !isChoice && parents.every((parent) => !parent.repeats);
  const write = isChoice ? choiceWriter(leaf, type) : plainWriter(leaf);
  return {
    repeats: leaf.repeats,
    names,
    emptied: isPiece ? [elements.map(({ name }) => name).join('.')] : names,
    write:
      parents.length === 0
        ? write
        : (fields, value) => {
            let at = fields;
            for (const parent of parents) at = descend(at, parent);
            return write(at, value);
          },
    pathIn(fields) {
      const path: (string | number)[] = [];
      let at = fields;
      for (const parent of parents) {
        path.push(parent.name);
        if (parent.repeats) path.push(0);
        at = descend(at, parent);
      }
      path.push(leaf.name);
      if (leaf.repeats) path.push((at[leaf.name] as unknown[]).length - 1);
      return path;
    },
  };
}

function descend(fields: Fields, element: Element): Fields {
  const known = fields[element.name];
  if (element.repeats) {
    if (known !== undefined) return (known as Fields[])[0]!;
    const made: Fields = {};
    fields[element.name] = [made];
    return made;
  }
  if (known !== undefined) return known as Fields;
  const made: Fields = {};
  fields[element.name] = made;
  return made;
}

function plainWriter(leaf: Element): (fields: Fields, value: unknown) => boolean {
  const { name } = leaf;
  if (!leaf.repeats)
    return (fields, value) => {
      if (fields[name] !== undefined) return false;
      fields[name] = value;
      return true;
    };
  return (fields, value) => {
    const list = fields[name] as unknown[] | undefined;
    if (list === undefined) fields[name] = [value];
    else list.push(value);
    return true;
  };
}

function choiceWriter(leaf: Element, type: string): (fields: Fields, value: unknown) => boolean {
  const names = choiceNames(leaf);
  const stem = leaf.name.slice(0, -3);
  const byType = new Map(leaf.types.map((one) => [one, stem + capital(one)] as const));
  const isFree = (fields: Fields): boolean => {
    for (const name of names) if (fields[name] !== undefined) return false;
    return true;
  };
  const own = byType.get(type);
  if (own !== undefined)
    return (fields, value) => {
      if (!isFree(fields)) return false;
      fields[own] = value;
      return true;
    };
  return (fields, value) => {
    if (!isFree(fields)) return false;
    const choice = value as Choice;
    fields[byType.get(choice.type)!] = choice.value;
    return true;
  };
}
