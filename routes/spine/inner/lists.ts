import type { Contribution, Listing } from '../../../transforms/fhir/index.ts';
import {
  apply,
  counting,
  type Elements,
  endingOrdinal,
  type Placed,
  type Said,
  silence,
  splitElements,
} from '../fold/index.ts';
import { listType } from '../rows/index.ts';

/**
 * What a message says of a list as a contribution to that list, which is kept as a resource of a
 * type of its own. What it ends is never stored as said by anybody: a fold derives it from the
 * list`s history, so that a late or a retracted list changes it as if in order.
 */
export function listContribution(listing: Listing): Contribution {
  const { scope, row, type, whole, listed, gone, ended } = listing;
  return {
    type: listType,
    id: `${scope.slice(scope.indexOf('/') + 1)}/${row}`,
    set: { members: listed, of: type, ended },
    remove: [],
    ...(whole ? {} : { joins: ['members'] }),
    ...(gone.length === 0 ? {} : { without: { members: gone } }),
  };
}

/** Ids of the resources that stand on a list. */
export function membersOf(elements: Elements): readonly string[] {
  const text = elements.get('members');
  return text === undefined ? [] : (JSON.parse(text) as string[]);
}

export function typeOf(elements: Elements): string {
  const text = elements.get('of');
  return text === undefined ? '' : (JSON.parse(text) as string);
}

/** Everything that ever stood on the list, in one of its messages` words, as type and id. */
export function everListed(history: readonly Placed[]): ReadonlyMap<string, string> {
  const listed = new Map<string, string>();
  for (const { set } of history) for (const id of membersOf(set)) listed.set(id, typeOf(set));
  return listed;
}

/** What a list, its elements as one text, makes of those that it ends. */
export function endingBy(text: string): Pick<Said, 'set' | 'remove'> {
  return endingFrom(splitElements(text));
}

function endingFrom(list: Elements): Pick<Said, 'set' | 'remove'> {
  const set = splitElements(list.get('ended') ?? '{}');
  const remove = [...set].filter(([, text]) => text === 'null').map(([name]) => name);
  for (const name of remove) set.delete(name);
  return { set, remove };
}

/** What the messages of a list ended of one of the resources that stood on it. */
export function endingsIn(history: readonly Placed[], id: string): Placed[] {
  const endings: Placed[] = [];
  const elements: Elements = new Map();
  let stood = false;
  for (const list of counting(history)) {
    apply(elements, list);
    const stands = membersOf(elements).includes(id);
    if (stood && !stands && isWhole(list))
      endings.push({ ...list, ...silence, ...endingFrom(list.set), ordinal: endingOrdinal });
    stood = stands;
  }
  return endings;
}

/** Only a message that gave the whole list ends what it left out. */
export const isWhole = ({ joins }: { readonly joins: readonly string[] }): boolean =>
  joins.length === 0;
