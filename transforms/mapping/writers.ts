import type { Element } from './elements.ts';
import type { Choice } from './environment.ts';
import { capital, choiceNames } from './target.ts';

export type Fields = Record<string, unknown>;

/** Puts a value where a rule wants it; false when the element has one and does not repeat. */
export type Writer = {
  write(fields: Fields, value: unknown): boolean;
  /** Path of the value that was written last, for marks. */
  pathIn(fields: Fields): (string | number)[];
  /** Top-level names that this rule may set: what `""` removes. */
  readonly names: readonly string[];
  readonly repeats: boolean;
};

/** `type`: what a choice element holds when the conversion does not say. */
export function compileWriter(elements: readonly Element[], type: string): Writer {
  const leaf = elements.at(-1)!;
  const parents = elements.slice(0, -1);
  const top = elements[0]!;
  const isChoice = leaf.name.endsWith('[x]');
  const write = isChoice ? choiceWriter(leaf, type) : plainWriter(leaf);
  return {
    repeats: leaf.repeats,
    names: top.name.endsWith('[x]') ? choiceNames(top) : [top.name],
    write(fields, value) {
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
  return (fields, value) => {
    for (const name of names) if (fields[name] !== undefined) return false;
    const choice = type === '' ? (value as Choice) : { type, value };
    fields[stem + capital(choice.type)] = choice.value;
    return true;
  };
}
