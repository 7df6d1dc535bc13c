import type { Going } from '../rules/index.ts';
import { newProgram, whenWorthIt } from './program.ts';

type Elements = Readonly<Record<string, unknown>>;

/** What a resource row asks of all that its rules set, once they have been through. */
export type Ending = {
  /** Is there one of the names of each element that FHIR requires? */
  isComplete(set: Elements, initial: Elements | undefined): boolean;
  /** What goes with the one name that is set; undefined for none, `several` for more. */
  goneWith(set: Elements): Going | 'several' | undefined;
  /** Those of `joins` that are set. */
  joinsIn(set: Elements): readonly string[];
};

type Ended = {
  readonly id: string;
  readonly required: readonly { readonly names: readonly string[] }[];
  readonly goes: ReadonlyMap<string, Going>;
  readonly joins: readonly string[];
};

/** Asked by name in the text of a program: a look at each name of each resource takes longer. */
function generateEnding({ id, required, goes, joins }: Ended): Ending {
  const complete = newProgram();
  for (const { names } of required) {
    const is = (owner: string) =>
      names.map((name) => `${owner}.${complete.element(name)} !== undefined`).join(' || ');
    complete.add(
      `if (!(${is('set')} || (initial !== undefined && (${is('initial')})))) return false;`,
    );
  }
  complete.add('return true;');
  const gone = newProgram();
  gone.add('let found;');
  for (const [name, going] of goes)
    gone.add(
      `if (set.${gone.element(name)} !== undefined) {`,
      `if (found !== undefined) return 'several'; found = ${gone.constant(going)}; }`,
    );
  gone.add('return found;');
  const joined = newProgram();
  const sets: (readonly string[] | undefined)[] = [];
  joined.add('let mask = 0;');
  for (const [at, name] of joins.entries())
    joined.add(`if (set.${joined.element(name)} !== undefined) mask |= ${1 << at};`);
  joined.add('return mask;');
  const maskOf = joined.make(`joins_${id}`, ['set']) as (set: Elements) => number;
  return {
    isComplete: complete.make(`complete_${id}`, ['set', 'initial']) as Ending['isComplete'],
    goneWith: gone.make(`gone_${id}`, ['set']) as Ending['goneWith'],
    joinsIn(set) {
      if (joins.length > 30) return joins.filter((name) => set[name] !== undefined);
      const mask = maskOf(set);
      const known = sets[mask];
      if (known !== undefined) return known;
      const found = Object.freeze(joins.filter((_, at) => (mask & (1 << at)) !== 0));
      sets[mask] = found;
      return found;
    },
  };
}

export const endingOf = (ended: Ended) => whenWorthIt(() => generateEnding(ended));
