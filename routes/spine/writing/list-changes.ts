import type { Listing } from '../../../transforms/fhir/index.ts';
import {
  apply,
  joinElements,
  type Placed,
  sameElements,
  silence,
  splitElements,
} from '../fold/index.ts';
import { saysNothing } from '../history.ts';
import { endingBy, everListed, membersOf } from '../inner/index.ts';
import type { State } from '../resource-cache.ts';
import { listType } from '../rows/index.ts';
import { append, isInOrder, load, type Origin, type Spine, save } from '../spine.ts';
import { derive, listHistory } from './refold.ts';

/** A list that a message spoke of. */
export type ListChange = {
  readonly listing: Listing;
  /** After what the message said. */
  readonly state: State;
  /** Nobody newer had spoken of it. */
  readonly inOrder: boolean;
  /** Its elements before, as one text; undefined for a new one. */
  readonly before: string | undefined;
};

/** Ends what the message`s lists leave out, as if all messages had come in their order. */
export function endLeftOut(
  spine: Spine,
  origin: Origin,
  changes: readonly ListChange[],
  touched: Map<number, State>,
): void {
  if (origin.earlier.length > 0) spine.listHistories.clear();
  for (const change of inIdOrder(changes)) {
    if (!change.inOrder) deriveAll(spine, origin, change.state, touched);
    else if (change.before !== undefined && change.before !== change.state.text)
      endOnes(spine, origin, change, change.before, touched);
  }
  if (origin.earlier.length === 0) return;
  const spoken = new Set(changes.map(({ state }) => state.no));
  for (const state of [...touched.values()])
    if (state.type === listType && !spoken.has(state.no)) deriveAll(spine, origin, state, touched);
}

/** Two lists may end one resource, and the order of their making must not decide between them. */
const inIdOrder = (changes: readonly ListChange[]): readonly ListChange[] =>
  changes.length < 2
    ? changes
    : changes.toSorted((left, right) => (left.state.id < right.state.id ? -1 : 1));

/** The usual case: what stood on the list and stands on it no longer. */
function endOnes(
  spine: Spine,
  origin: Origin,
  { listing, state: list }: ListChange,
  before: string,
  touched: Map<number, State>,
): void {
  if (!listing.whole) return;
  const listed = new Set(membersOf(splitElements(list.text)));
  for (const id of membersOf(splitElements(before))) {
    if (listed.has(id)) continue;
    const state = load(spine, listing.type, id);
    if (state === undefined || state.text === '') continue;
    end(spine, origin, list, state, touched);
  }
}

function end(
  spine: Spine,
  origin: Origin,
  list: State,
  state: State,
  touched: Map<number, State>,
): void {
  let changed: boolean;
  if (isInOrder(origin, state)) {
    const elements = splitElements(state.text);
    changed = apply(elements, { ...silence, ...endingBy(list.text) });
    if (changed) append(spine, state, origin, joinElements(elements), saysNothing);
  } else changed = derive(spine, state, origin);
  keep(spine, state, origin.id, changed, touched);
}

/** A late or a repeated list may end, or no longer end, whatever ever stood on it. */
function deriveAll(spine: Spine, origin: Origin, list: State, touched: Map<number, State>): void {
  spine.pack.flush();
  const history = listHistory(spine, list.no);
  if (saysTheSameAgain(history, origin)) return;
  for (const [id, type] of everListed(history)) {
    const state = load(spine, type, id);
    if (state === undefined) continue;
    keep(spine, state, list.newest, derive(spine, state, origin), touched);
  }
}

/** `newest`: a message between it and the one that changed the resource is a late one. */
function keep(
  spine: Spine,
  state: State,
  newest: number,
  changed: boolean,
  touched: Map<number, State>,
): void {
  const known = state.newest;
  state.newest = Math.max(known, newest);
  if (changed || state.newest !== known) save(spine, state);
  if (changed) touched.set(state.no, state);
}

/** Did the generation before this one say the same of the list? */
function saysTheSameAgain(
  history: readonly Placed[],
  { id, generation, earlier }: Origin,
): boolean {
  const said = (of: number | undefined) =>
    history.find((one) => one.message === id && one.generation === of && !one.retraction);
  const [now, before] = [said(generation), said(earlier[0])];
  return (
    now !== undefined &&
    before !== undefined &&
    sameElements(now.set, before.set) &&
    JSON.stringify([now.joins, now.without]) === JSON.stringify([before.joins, before.without])
  );
}
