import {
  fold,
  joinElements,
  type Placed,
  type SaidText,
  sameElements,
  silence,
  splitElements,
  splitSaid,
} from '../fold/index.ts';
import { readHistory, saysNothing, spellOwn } from '../history.ts';
import { endingsIn, redirect } from '../inner/index.ts';
import type { State } from '../resource-cache.ts';
import { unpackId } from '../rows/index.ts';
import { append, type Origin, type Spine, save } from '../spine.ts';

/** A late message, a later generation or a retraction: the whole history decides. */
export function refold(
  spine: Spine,
  state: State,
  origin: Origin,
  ordinal: number,
  said: SaidText | undefined,
): void {
  const { id: message, generation } = origin;
  const parts = said === undefined ? silence : splitSaid(said);
  const placed = { ...parts, message, generation, ordinal, retraction: said === undefined };
  const text = foldedText(spine, state, [placed]);
  const spelling = said === undefined ? saysNothing : spellOwn(said, parts.set);
  append(spine, state, origin, text, spelling);
  save(spine, state);
}

/** Folds a resource again whose lists, or whose visit, changed; says whether that changed it. */
export function derive(spine: Spine, state: State, origin: Origin): boolean {
  const text = foldedText(spine, state, []);
  if (text !== undefined) append(spine, state, origin, text, saysNothing);
  return text !== undefined;
}

/** What the history and `more` make of it: '' when nothing, undefined when what it is already. */
export function foldedText(
  spine: Spine,
  state: State,
  more: readonly Placed[],
): string | undefined {
  spine.pack.flush();
  const history = [...readHistory(spine.reading, state.last), ...more];
  const elements = fold(history, endingsOf(spine, state, history));
  if (elements !== undefined) redirect(spine, state, elements, history);
  const before = state.text === '' ? undefined : splitElements(state.text);
  const same =
    elements === undefined || before === undefined
      ? elements === before
      : sameElements(elements, before);
  // When the fold changed nothing the text in force stays, and with it the order of its elements.
  if (same) return undefined;
  return elements === undefined ? '' : joinElements(elements);
}

function endingsOf(spine: Spine, { id }: State, history: readonly Placed[]): readonly Placed[] {
  const lists = new Set(history.map(({ list }) => list));
  lists.delete(0);
  if (lists.size === 0) return none;
  const idOf = (no: number) => unpackId(spine.reading.resourceByNo.get(no)!.id);
  return [...lists]
    .sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1))
    .flatMap((no) => endingsIn(listHistory(spine, no), id));
}

const none: readonly Placed[] = [];

/** The history of a list, read once for all resources of a message. */
export function listHistory(spine: Spine, no: number): readonly Placed[] {
  const known = spine.listHistories.get(no);
  if (known !== undefined) return known;
  const history = readHistory(spine.reading, spine.reading.resourceByNo.get(no)!.last);
  spine.listHistories.set(no, history);
  return history;
}
