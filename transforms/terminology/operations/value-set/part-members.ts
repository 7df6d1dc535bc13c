import type { Chosen } from '../../knowledge.ts';
import type { Described, View } from '../concept-view.ts';
import { chosenOf } from './chosen.ts';
import type { Listed } from './components.ts';
import { candidatesOf } from './filters.ts';
import { holds, isExcluded, type Part, type Prepared, passes } from './prepared.ts';

export type Member = {
  readonly view: View;
  readonly concept: Described;
  readonly listed: Listed | undefined;
};

/** The codes of a part, without asking what is excluded; each once, in the order of definition. */
export function* membersOf(part: Part): Iterable<Member> {
  const { view, listed, component } = part;
  if (component.system === undefined) {
    const [first, ...others] = part.imports;
    if (first === undefined) return;
    for (const member of allMembers(first))
      if (others.every((one) => holds(one, member.view.system, member.concept))) yield member;
    return;
  }
  if (view === undefined) return;
  const { chosen, answered } = chosenFor(part, view);
  const left = { ...part, sieves: part.sieves.filter((_, at) => at !== answered) };
  for (const code of chosen.concepts()) {
    const concept = view.describe(code);
    if (concept === undefined || !passes(left, concept)) continue;
    if (!part.imports.every((one) => holds(one, view.system, concept))) continue;
    yield { view, concept, listed: listed?.get(concept.code) };
  }
}

type Answered = {
  readonly chosen: Pick<Chosen, 'count' | 'concepts'>;
  /** The filter that they all pass, so that nobody needs to ask it again. */
  readonly answered?: number;
};

/** What an index said; a part is asked for its codes and for how many they are. */
const answers = new WeakMap<Part, Answered>();

function chosenFor(part: Part, view: View): Answered {
  const known = answers.get(part);
  if (known !== undefined) return known;
  const found = choiceFor(part, view);
  answers.set(part, found);
  return found;
}

function choiceFor({ listed, component }: Part, view: View): Answered {
  const { system } = view;
  if (listed !== undefined)
    return { chosen: chosenOf(system, { by: 'code', codes: [...listed.keys()] }) };
  for (const [at, filter] of component.filters.entries()) {
    const candidates = candidatesOf(view, filter);
    if (candidates === undefined) continue;
    const isExact = filter.op !== 'descendent-leaf';
    return { chosen: chosenOf(system, candidates), ...(isExact ? { answered: at } : {}) };
  }
  return { chosen: system };
}

/**
 * How many codes a part has, where nobody needs to look at each: it is a whole code system, or all
 * that an index found for its one filter.
 */
export function countOf(part: Part): number | undefined {
  const { view, listed, component, imports } = part;
  if (view === undefined || listed !== undefined || imports.length > 0) return undefined;
  const { chosen, answered } = chosenFor(part, view);
  return component.filters.length === (answered === undefined ? 0 : 1) ? chosen.count : undefined;
}

/** All codes of a value set, excludes heeded; one of several versions may come more than once. */
export function* allMembers(prepared: Prepared): Iterable<Member> {
  for (const part of prepared.includes)
    for (const member of membersOf(part)) {
      if (prepared.inactive === false && member.concept.isInactive) continue;
      if (!isExcluded(prepared, member.view.system, member.concept)) yield member;
    }
}
