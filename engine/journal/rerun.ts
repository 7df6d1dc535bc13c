import { type MessageId, partitionOf } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Journal } from './journal.ts';
import type { Partition } from './partition.ts';
import type { Place } from './quarantine.ts';
import { countOf, counts, type State, states } from './schema.ts';
import type { Tally } from './tally.ts';

export type RerunOrder = {
  readonly ids: readonly MessageId[];
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
 * results go to every route. What is open or held is left alone: it will run anyway. So is what the
 * journal has no work of any more. Resolves when it is durable.
 */
export async function rerun(journal: Journal, order: RerunOrder): Promise<Rerun> {
  const places = new Map(journal.control.destinations().map((each) => [each.no, each]));
  const again = new Map<number, MessageId[]>();
  for (const [no, ids] of Map.groupBy(new Set(order.ids), partitionOf)) {
    if (journal.partitions.byNo(no) === undefined) continue;
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

type WorkRow = {
  readonly generation: number;
  readonly destination: number;
  readonly state: State;
};

function runAgain(
  { db, statements }: Partition,
  tally: Tally,
  id: MessageId,
  places: ReadonlyMap<number, Place>,
  { by, reason, nowUs, isWorked }: RerunOrder,
): number | undefined {
  const rows = db
    .prepare<[number], WorkRow>(
      'SELECT generation, destination, state FROM work WHERE message_id = ? ORDER BY generation',
    )
    .all(id);
  const last = rows.findLast(({ destination }) => places.get(destination)?.name === '');
  const place = last && places.get(last.destination);
  if (last === undefined || place === undefined || !isWorked(place)) return undefined;
  if (last.state !== states.settled && last.state !== states.filtered) return undefined;
  db.prepare(
    'UPDATE work SET state = ? WHERE message_id = ? AND generation = ? AND destination = ?',
  ).run(states.superseded, id, last.generation, place.no);
  statements.insertWork.run(
    ...[id, last.generation + 1, place.no, states.ready],
    ...[null, null, null, null, null],
  );
  db.prepare(
    `INSERT INTO history(message_id, generation, destination, at_us, action, by, reason)
      VALUES(?, ?, ?, ?, 'rerun', ?, ?)`,
  ).run(id, last.generation, place.no, nowUs, by, reason);
  tally.add(place.channel, place.no, countOf(last.state)!, -1);
  tally.add(place.channel, place.no, counts.pending, 1);
  return place.no;
}
