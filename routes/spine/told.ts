import type { Contribution, Conversion } from '../../transforms/fhir/index.ts';
import { isHidden } from './elements.ts';
import { type Said, saidBy, splitSaid } from './fold.ts';
import { placedOf } from './history.ts';
import { listType, moveType } from './inner-types.ts';
import { listContribution } from './lists.ts';
import { moveContribution } from './moves.ts';
import { unpackId } from './schema.ts';
import { type Reading, textAfter } from './statements.ts';
import type { Words } from './words.ts';

/** What a message said of one resource, each element as JSON text. */
export type Told = Omit<Said, 'list'> & {
  /** `toldOfList` for a list, whose id ends in the name of its row; `toldOfMove` for a move. */
  readonly type: string;
  readonly id: string;
};

export const toldOfList = '(list)';
export const toldOfMove = '(move)';

/** What a conversion says, as it would be kept: its contributions, then its lists and moves. */
export function toldBy({ contributions, lists = [], moves = [] }: Conversion): readonly Told[] {
  const moved = moves.map((move) => moveContribution(move));
  return [...contributions, ...lists.map(listContribution), ...moved].map(toldIn);
}

function toldIn(contribution: Contribution): Told {
  return toldOf(contribution.type, contribution.id, splitSaid(saidBy(contribution)));
}

function toldOf(type: string, id: string, said: Said): Told {
  const { set, remove, whole, initial, joins, without, corrects, deleted } = said;
  const shown = type === listType ? toldOfList : type === moveType ? toldOfMove : type;
  const seen = new Map([...set].filter(([name]) => !isHidden(name)));
  return { type: shown, id, set: seen, remove, whole, initial, joins, without, corrects, deleted };
}

/** What a generation of a message said. */
export function toldBefore(
  reading: Reading,
  words: Words,
  message: number,
  generation: number,
): readonly Told[] {
  return reading.effects(message, generation).flatMap((row): Told[] => {
    const placed = placedOf(row, textAfter(reading, row));
    if (placed.retraction) return [];
    const { type, id } = reading.resourceByNo.get(row.resource)!;
    return [toldOf(words.text(type), unpackId(id), placed)];
  });
}
