import type { PersonId } from '../../events.ts';
import type { Unmerged } from '../acts/index.ts';

/** Something that was written or looked at while records were wrongly of one person. */
export type DownstreamItem = {
  readonly kind: 'resource' | 'product-row' | 'access';
  /** Names it where it lives: `Observation/ID`, a product and its row, an entry of the trail. */
  readonly what: string;
  /** The message that it comes from; undefined for an access. */
  readonly message: number | undefined;
};

/** A place that identity decisions flow into; `bin/` fills it from the spine and others. */
export type Downstream = {
  writtenWhile(wrong: {
    readonly messages: readonly number[];
    /** The same, with the runs whose results these are. */
    readonly runs: readonly { readonly message: number; readonly generation: number }[];
    /** Whose data it was shown as, and whose it is. */
    readonly persons: readonly PersonId[];
    /** Microseconds since the epoch. */
    readonly sinceUs: number;
    readonly untilUs: number;
  }): Iterable<DownstreamItem>;
};

/** Everything that must be published again or told to somebody after persons were parted. */
export function* downstreamOf(
  { messages, decisions, survivor, restored, sinceUs, untilUs }: Unmerged,
  places: readonly Downstream[],
): Generator<DownstreamItem> {
  const runs = decisions.map(({ message, generation }) => ({ message, generation }));
  const wrong = { messages, runs, persons: [survivor, restored], sinceUs, untilUs };
  for (const place of places) yield* place.writtenWhile(wrong);
}
