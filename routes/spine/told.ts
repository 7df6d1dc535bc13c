import type { Words } from '../../engine/index.ts';
import type { Contribution, Conversion } from '../../transforms/fhir/index.ts';
import {
  type Elements,
  isHidden,
  type Said,
  saidBy,
  splitElements,
  splitSaid,
} from './fold/index.ts';
import { aroundSet, readOwn, setOf, setTextOf } from './history.ts';
import { listContribution, moveContribution } from './inner/index.ts';
import {
  type ContributionRow,
  listType,
  moveType,
  type Reading,
  type ResourceRow,
  textAfter,
  unpackId,
} from './rows/index.ts';

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
  /** The same of `initial`; undefined where there is none. */
  readonly initialText: string | undefined;
};

export const toldOfList = '(list)';
export const toldOfMove = '(move)';

/** What a conversion says, as it would be kept: its contributions, then its lists and moves. */
export function toldBy({ contributions, lists = [], moves = [] }: Conversion): readonly Told[] {
  const moved = moves.map((move) => moveContribution(move));
  return [...contributions, ...lists.map(listContribution), ...moved].map(toldIn);
}

function toldIn(contribution: Contribution): Told {
  const { set, initial, ...said } = saidBy(contribution);
  const around = splitSaid({ ...said, set: '{}', initial: undefined });
  const texts = { setText: set, initialText: initial, take: () => splitElements(set) };
  return toldOf(contribution.type, contribution.id, around, texts);
}

type Texts = Pick<Told, 'setText' | 'initialText'> & { take(): Elements };

function toldOf(
  type: string,
  id: string,
  said: Omit<Said, 'set' | 'initial'>,
  { setText, initialText, take }: Texts,
): Told {
  const { remove, whole, joins, without, corrects, deleted } = said;
  const shown = type === listType ? toldOfList : type === moveType ? toldOfMove : type;
  let seen: Elements | undefined;
  let first: Elements | undefined;
  return {
    ...{ type: shown, id, setText, initialText, remove, whole, joins, without, corrects, deleted },
    get initial() {
      first ??= initialText === undefined ? new Map() : splitElements(initialText);
      return first;
    },
    get set() {
      if (seen === undefined) {
        seen = take();
        for (const name of seen.keys()) if (isHidden(name)) seen.delete(name);
      }
      return seen;
    },
  };
}

type Named = Pick<ResourceRow, 'type' | 'id'>;

/** The resources of these contributions: what a message made was numbered one after the other. */
function namesOf(reading: Reading, rows: readonly ContributionRow[]): ReadonlyMap<number, Named> {
  const named = new Map<number, Named>();
  const numbers = rows.map(({ resource }) => resource).sort((left, right) => left - right);
  for (let at = 0; at < numbers.length; ) {
    const first = numbers[at]!;
    let last = first;
    for (; at < numbers.length && numbers[at]! <= last + 1; at += 1) last = numbers[at]!;
    for (const row of reading.resourcesBetween.all(first, last)) named.set(row.no, row);
  }
  return named;
}

/** What a generation of a message said. */
export function toldBefore(
  reading: Reading,
  words: Words,
  message: number,
  generation: number,
): readonly Told[] {
  const rows = reading.effects(message, generation);
  const named = namesOf(reading, rows);
  return rows.flatMap((row): Told[] => {
    const own = readOwn(row.own);
    const said = aroundSet(row, { ...own, initial: undefined });
    if (said.retraction) return [];
    const text = textAfter(reading, row);
    const { type, id } = named.get(row.resource)!;
    const take = () => setOf(row, text, own);
    const texts = { setText: setTextOf(row, text, own), initialText: own.initial, take };
    return [toldOf(words.text(type), unpackId(id), said, texts)];
  });
}
