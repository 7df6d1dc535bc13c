import { type MessageId, partitionOf } from '../ids.ts';
import { limits } from '../limits.ts';
import { enqueue } from './enqueue.ts';
import type { Place } from './held-rows.ts';
import type { Journal } from './journal.ts';
import type { Partition } from './partition.ts';
import { countOf, counts, type State, states } from './schema.ts';
import type { Tally } from './tally.ts';

export type RerunOrder = {
  readonly ids: readonly MessageId[];
  /**
   * `reconvert`: routes that forward messages as they came do not get one again that they have had,
   * and what is held runs too.
   */
  readonly action: 'rerun' | 'reconvert';
  /**
   * The latest generation that the spine has of a message, for those of which the journal has the
   * raw bytes and no work any more.
   */
  readonly generations?: ReadonlyMap<MessageId, number>;
  readonly by: string;
  readonly reason: string;
  readonly nowUs: number;
  /** Does anybody work this queue off? */
  isWorked(place: Place): boolean;
};

/** Messages that will run again, by the number of their chain's queue. */
export type Rerun = ReadonlyMap<number, readonly MessageId[]>;

/**
 * Runs messages that were done with through today's chain once more, as a new generation, whose
 * results go to every route. What is open is left alone: it will run anyway; so is what is held,
 * but for a reconversion. A finished day is open again until they are done. Resolves when it is
 * durable.
 */
export async function rerun(journal: Journal, order: RerunOrder): Promise<Rerun> {
  const places = journal.control.destinations();
  const again = new Map<number, MessageId[]>();
  for (const [no, ids] of Map.groupBy(new Set(order.ids), partitionOf)) {
    if (journal.partitions.byNo(no) === undefined) continue;
    journal.partitions.reopenDay(no);
    for (let from = 0; from < ids.length; from += limits.heldRowsAtOnce) {
      const slice = ids.slice(from, from + limits.heldRowsAtOnce);
      let done: (readonly [number, MessageId])[] = [];
      await journal.ride(no, (partition, tally) => {
        // Runs again when its commit has failed.
        done = slice.flatMap((id) => {
          const place = runAgain(partition, tally, id, places, order);
          return place === undefined ? [] : [[place, id] as const];
        });
      });
      for (const [place, id] of done) again.set(place, [...(again.get(place) ?? []), id]);
    }
  }
  return again;
}

type Last = { readonly place: Place; readonly generation: number; readonly state: State };

function runAgain(
  partition: Partition,
  tally: Tally,
  id: MessageId,
  places: readonly Place[],
  order: RerunOrder,
): number | undefined {
  const { by, reason, nowUs, action } = order;
  const { db } = partition;
  const last = lastRun(db, id, places) ?? expired(db, id, places, order);
  if (last === undefined || !order.isWorked(last.place)) return undefined;
  const { place, generation, state } = last;
  const isDone = state === states.settled || state === states.filtered;
  if (!isDone && !(state === states.held && action === 'reconvert')) return undefined;
  db.prepare(
    'UPDATE work SET state = ? WHERE message_id = ? AND generation = ? AND destination = ?',
  ).run(states.superseded, id, generation, place.no);
  enqueue(partition, { id, generation: generation + 1 }, place.no);
  db.prepare(
    `INSERT INTO history(message_id, generation, destination, at_us, action, by, reason)
      VALUES(?, ?, ?, ?, ?, ?, ?)`,
  ).run(id, generation, place.no, nowUs, action, by, reason);
  tally.add(place.channel, place.no, countOf(state)!, -1);
  tally.add(place.channel, place.no, counts.pending, 1);
  return place.no;
}

type WorkRow = {
  readonly generation: number;
  readonly destination: number;
  readonly state: State;
};

function lastRun(db: Partition['db'], id: MessageId, places: readonly Place[]): Last | undefined {
  const rows = db
    .prepare<[number], WorkRow>(
      `SELECT generation, destination, state FROM work WHERE message_id = ?
       ORDER BY generation DESC`,
    )
    .all(id);
  for (const { destination, generation, state } of rows) {
    const place = places.find(({ no, name }) => no === destination && name === '');
    if (place) return { place, generation, state };
  }
  return undefined;
}

/** Its work has expired; that the spine has it says that it was settled. */
function expired(
  db: Partition['db'],
  id: MessageId,
  places: readonly Place[],
  { generations }: RerunOrder,
): Last | undefined {
  const generation = generations?.get(id);
  if (generation === undefined) return undefined;
  const row = db
    .prepare<[number], { channel: number }>('SELECT channel FROM message WHERE id = ?')
    .get(id);
  const place = places.find(({ channel, name }) => channel === row?.channel && name === '');
  return place && { place, generation, state: states.settled };
}
