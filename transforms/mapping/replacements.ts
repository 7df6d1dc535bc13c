import type { ResourcePlan } from './compile.ts';
import { elementsOf } from './elements.ts';
import type { ResourceRow } from './language.ts';
import { choiceNames } from './target.ts';

/** What goes with each name that is set, as `replaces:` of a resource row says. */
export function replacedBy({ type, replaces = {} }: ResourceRow): ResourcePlan['replaced'] {
  const replaced = new Map<string, readonly (readonly [string])[]>();
  for (const [name, gone] of Object.entries(replaces)) {
    const element = elementsOf(type!)?.get(name);
    const names = element?.name.endsWith('[x]') ? choiceNames(element) : [name];
    const lists = gone.map((one) => [one] as const);
    for (const each of names) replaced.set(each, lists);
  }
  return replaced;
}

/** The other forms of each choice element. */
export function otherChoices(type: string): ReadonlyMap<string, readonly string[]> {
  const others = new Map<string, readonly string[]>();
  for (const element of elementsOf(type)?.values() ?? []) {
    if (!element.name.endsWith('[x]')) continue;
    const names = choiceNames(element);
    for (const name of names)
      others.set(
        name,
        names.filter((other) => other !== name),
      );
  }
  return others;
}
