import { choiceNames, elementsOf } from '../elements/index.ts';
import type { ResourceRow } from '../language.ts';

/** What goes when a name is set. */
export type Going = {
  /** The other forms of a choice element. */
  readonly others: readonly string[] | undefined;
  /** Lists of one that go when they are not set with it, as `replaces:` says. */
  readonly lists: readonly (readonly [name: string])[];
};

/** By the name that is set, in the order in which rules set them: what goes is named in that. */
export function goingWith(
  { type, replaces = {} }: ResourceRow,
  order: readonly string[],
): ReadonlyMap<string, Going> {
  const elements = elementsOf(type!);
  const goes = new Map<string, Going>();
  for (const element of elements?.values() ?? []) {
    if (!element.name.endsWith('[x]')) continue;
    const names = choiceNames(element);
    for (const name of names)
      goes.set(name, { others: names.filter((other) => other !== name), lists: [] });
  }
  for (const [name, gone] of Object.entries(replaces)) {
    const element = elements?.get(name);
    const names = element?.name.endsWith('[x]') ? choiceNames(element) : [name];
    const lists = gone.map((one) => [one] as const);
    for (const each of names) goes.set(each, { others: goes.get(each)?.others, lists });
  }
  const names = new Set([...order, ...goes.keys()]);
  return new Map(
    [...names].flatMap((name) => {
      const going = goes.get(name);
      return going === undefined ? [] : [[name, going] as const];
    }),
  );
}

/** What a resource row asks of all that its rules set, once they have been through. */
export type Ending = {
  /** Names, one of which must be there for each, and what to call it. */
  readonly required: readonly { readonly name: string; readonly names: readonly string[] }[];
  readonly goes: ReadonlyMap<string, Going>;
  readonly joins: readonly string[];
};

/** What follows of the names that are set, whatever they are set to. */
export type Ended = {
  readonly isComplete: boolean;
  readonly gone: readonly string[];
  /** Those of `joins` that are set. */
  readonly joins: readonly string[];
};

export function endedBy(
  { required, goes, joins }: Ending,
  set: Readonly<Record<string, unknown>>,
): Ended {
  const isSet = (name: string): boolean => set[name] !== undefined;
  const gone: string[] = [];
  for (const [name, { others = [], lists }] of goes) {
    if (!isSet(name)) continue;
    gone.push(...others, ...lists.flatMap((one) => one.filter((other) => !isSet(other))));
  }
  return {
    isComplete: required.every(({ names }) => names.some(isSet)),
    gone: Object.freeze(gone),
    joins: Object.freeze(joins.filter(isSet)),
  };
}
