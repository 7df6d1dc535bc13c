import { type Ended, type Ending, endedBy } from '../rules/index.ts';
import { newProgram, whenWorthIt } from './program.ts';

/** A number has bits for so many names. */
const namesMax = 30;
const answersMax = 1_000;

type EndedBy = (set: Readonly<Record<string, unknown>>) => Ended;

/**
 * What resources of a row set is seldom another set of names than before: each is known by a number
 * that a program makes of it. A look at each name of each resource takes longer.
 */
function generateEnding(id: string, ending: Ending, names: readonly string[]): EndedBy {
  const program = newProgram();
  program.add('let names = 0;');
  for (const [at, name] of names.entries())
    program.add(`if (set.${program.element(name)} !== undefined) names |= ${1 << at};`);
  program.add('return names;');
  const namesOf = program.make(`names_${id}`, ['set']) as (set: object) => number;
  const answers = new Map<number, Ended>();
  let lastNames = -1;
  let last: Ended | undefined;
  return (set) => {
    const found = namesOf(set);
    if (found === lastNames) return last!;
    const known = answers.get(found);
    last = known ?? endedBy(ending, set);
    lastNames = found;
    if (known === undefined) {
      if (answers.size >= answersMax) answers.clear();
      answers.set(found, last);
    }
    return last;
  };
}

/** `endedBy` for a resource row, by a program once that is worth it. */
export function endingOf(id: string, ending: Ending): EndedBy {
  const { required, goes, joins } = ending;
  const lists = [...goes.values()].flatMap((going) => going.lists.map(([name]) => name));
  const asked = [...required.flatMap(({ names }) => names), ...goes.keys(), ...lists, ...joins];
  const names = [...new Set(asked)];
  const asRuled: EndedBy = (set) => endedBy(ending, set);
  if (names.length > namesMax) return asRuled;
  const program = whenWorthIt(() => generateEnding(id, ending, names));
  return (set) => (program() ?? asRuled)(set);
}
