import { type Placed, type SaidText, sameElements, splitSaid } from '../fold/index.ts';
import { placedOf, spellOwn } from '../history.ts';
import { textAfter } from '../rows/index.ts';
import type { Origin, Spelling, Spine } from '../spine.ts';

/**
 * What the latest earlier generation of a message said of each resource of which it spoke once;
 * empty when there is none.
 */
export function saidBefore(spine: Spine, id: number, [last]: readonly number[]): Origin['before'] {
  if (last === undefined) return nothing;
  const before = new Map<number, Placed>();
  const spoken = new Set<number>();
  for (const row of spine.reading.effects(id, last)) {
    const placed = placedOf(row, textAfter(spine.reading, row));
    if (placed.retraction) continue;
    if (spoken.has(row.resource)) before.delete(row.resource);
    else before.set(row.resource, placed);
    spoken.add(row.resource);
  }
  return before;
}

const nothing: Origin['before'] = new Map();

/**
 * How a contribution is spelled that repeats what the generation before said; undefined when it
 * does not. Such a one changes no fold, so that no history need be read for it.
 */
export function repetition(before: Placed | undefined, said: SaidText): Spelling | undefined {
  if (before === undefined) return undefined;
  const now = splitSaid(said);
  const isSame =
    now.whole === before.whole &&
    now.corrects === before.corrects &&
    now.deleted === before.deleted &&
    now.list === before.list &&
    sameElements(now.set, before.set) &&
    sameElements(now.initial, before.initial) &&
    now.remove.join() === before.remove.join() &&
    now.joins.join() === before.joins.join() &&
    JSON.stringify(now.without) === JSON.stringify(before.without);
  return isSame ? spellOwn(said, now.set) : undefined;
}
