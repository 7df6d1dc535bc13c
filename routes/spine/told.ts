import type { Contribution, Conversion } from '../../transforms/fhir/index.ts';
import { type Elements, isHidden, splitElements } from './elements.ts';
import { type Said, saidBy, splitSaid } from './fold.ts';
import { aroundSet, setOf, setTextOf } from './history.ts';
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
  /**
   * `set` as one text, where it is kept so: where two are the same, nobody needs to take them
   * apart.
   */
  readonly setText: string | undefined;
};

export const toldOfList = '(list)';
export const toldOfMove = '(move)';

/** What a conversion says, as it would be kept: its contributions, then its lists and moves. */
export function toldBy({ contributions, lists = [], moves = [] }: Conversion): readonly Told[] {
  const moved = moves.map((move) => moveContribution(move));
  return [...contributions, ...lists.map(listContribution), ...moved].map(toldIn);
}

function toldIn(contribution: Contribution): Told {
  const { set, ...said } = saidBy(contribution);
  const around = splitSaid({ ...said, set: '{}' });
  return toldOf(contribution.type, contribution.id, around, set, () => splitElements(set));
}

function toldOf(
  type: string,
  id: string,
  said: Omit<Said, 'set'>,
  setText: string | undefined,
  take: () => Elements,
): Told {
  const { remove, whole, initial, joins, without, corrects, deleted } = said;
  const shown = type === listType ? toldOfList : type === moveType ? toldOfMove : type;
  let seen: Elements | undefined;
  return {
    ...{ type: shown, id, setText, remove, whole, initial, joins, without, corrects, deleted },
    get set() {
      seen ??= new Map([...take()].filter(([name]) => !isHidden(name)));
      return seen;
    },
  };
}

/** What a generation of a message said. */
export function toldBefore(
  reading: Reading,
  words: Words,
  message: number,
  generation: number,
): readonly Told[] {
  return reading.effects(message, generation).flatMap((row): Told[] => {
    const said = aroundSet(row);
    if (said.retraction) return [];
    const text = textAfter(reading, row);
    const { type, id } = reading.resourceByNo.get(row.resource)!;
    const take = () => setOf(row, text);
    return [toldOf(words.text(type), unpackId(id), said, setTextOf(row, text), take)];
  });
}
