import type { Contribution } from '../../transforms/fhir/index.ts';
import { saidBy, splitSaid } from './fold.ts';
import { placedOf } from './history.ts';
import { unpackId } from './schema.ts';
import { type Reading, textAfter } from './statements.ts';
import type { Words } from './words.ts';

/** What a message said of one resource, each element as JSON text. */
export type Told = {
  readonly type: string;
  readonly id: string;
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
  readonly initial: ReadonlyMap<string, string>;
  readonly whole: boolean;
  readonly corrects: boolean;
};

/** A contribution as it would be kept. */
export function toldBy(contribution: Contribution): Told {
  const { type, id } = contribution;
  return { type, id, ...splitSaid(saidBy(contribution)) };
}

/** What a generation of a message said, in the order in which it did. */
export function toldIn(
  reading: Reading,
  words: Words,
  message: number,
  generation: number,
): readonly Told[] {
  return reading.effects(message, generation).flatMap((row): Told[] => {
    const placed = placedOf(row, textAfter(reading, row));
    if (placed.retraction) return [];
    const { type, id } = reading.resourceByNo.get(row.resource)!;
    const { set, remove, initial, whole, corrects } = placed;
    const said = { set, remove, initial, whole, corrects };
    return [{ type: words.text(type), id: unpackId(id), ...said }];
  });
}
