import { type MessageId, partitionOf } from '../ids.ts';
import type { HeldSelection } from '../operations.ts';
import { hash48 } from './hash.ts';
import type { Journal } from './journal.ts';
import type { Partition } from './partition.ts';
import { counts, states } from './schema.ts';
import type { Tally } from './tally.ts';

type HeldRow = {
  readonly id: MessageId;
  readonly generation: number;
  readonly destination: number;
  readonly code: string;
};

/** What one fix mends: the same code at the same place of the same destination. */
export function fingerprintOf(destination: number, code: string): string {
  return hash48(`${destination}|${code}`).toString(16).padStart(12, '0');
}

/** What a person may do with held messages. Each action is kept in the message's history. */
export type HeldAction =
  | { readonly kind: 'assign'; readonly owner: string }
  /** Through today's chain again as a new generation; at a destination: sent again. */
  | { readonly kind: 'replay'; readonly by: string }
  | { readonly kind: 'waive'; readonly reason: string; readonly by: string };

export type HeldResult = { readonly count: number; readonly destinations: ReadonlySet<number> };

/**
 * Applies an action to one held message or to all of one fingerprint; resolves when it is durable,
 * with how many it was.
 */
export async function actOnHeld(
  journal: Journal,
  selection: HeldSelection,
  action: HeldAction,
  nowUs: number,
): Promise<HeldResult> {
  const destinations = new Map(journal.control.destinations().map((each) => [each.no, each]));
  const touched = new Set<number>();
  let count = 0;
  for (const partition of journal.partitions.all()) {
    if ('id' in selection && partitionOf(selection.id) !== partition.no) continue;
    const rows = findHeld(partition, selection);
    if (rows.length === 0) continue;
    let done = 0;
    await journal.ride(partition.no, (current, tally) => {
      // Runs again when its commit has failed.
      done = 0;
      for (const row of rows) {
        const place = destinations.get(row.destination);
        if (place && act(current, tally, row, place, action, nowUs)) {
          done += 1;
          touched.add(row.destination);
        }
      }
    });
    count += done;
  }
  return { count, destinations: touched };
}

function findHeld(partition: Partition, selection: HeldSelection): readonly HeldRow[] {
  const columns = 'message_id AS id, generation, destination, code';
  if ('id' in selection) {
    const one = `SELECT ${columns} FROM work WHERE message_id = ? AND state = ${states.held}`;
    return partition.db.prepare(one).all(selection.id) as HeldRow[];
  }
  const groups = partition.db
    .prepare(`SELECT DISTINCT destination, code FROM work WHERE state = ${states.held}`)
    .all() as { destination: number; code: string }[];
  const group = groups.find(
    (each) => fingerprintOf(each.destination, each.code) === selection.fingerprint,
  );
  if (!group) return [];
  const all = `SELECT ${columns} FROM work
    WHERE state = ${states.held} AND destination = ? AND code = ? ORDER BY message_id`;
  return partition.db.prepare(all).all(group.destination, group.code) as HeldRow[];
}

/** True when the row was still held. */
function act(
  partition: Partition,
  tally: Tally,
  row: HeldRow,
  place: { readonly channel: number; readonly name: string },
  action: HeldAction,
  nowUs: number,
): boolean {
  const at = `message_id = ? AND generation = ? AND destination = ? AND state = ${states.held}`;
  const key = [row.id, row.generation, row.destination];
  const history = (name: string, by: string, reason: string | null): void => {
    partition.db
      .prepare(
        `INSERT INTO history(message_id, generation, destination, at_us, action, by, reason)
         VALUES(?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...key, nowUs, name, by, reason);
  };
  if (action.kind === 'assign') {
    const { changes } = partition.db
      .prepare(`UPDATE work SET owner = ? WHERE ${at}`)
      .run(action.owner, ...key);
    if (changes > 0) history('assign', action.owner, null);
    return changes > 0;
  }
  if (action.kind === 'waive') {
    const { changes } = partition.db
      .prepare(`UPDATE work SET state = ${states.waived}, changed_us = ? WHERE ${at}`)
      .run(nowUs, ...key);
    if (changes === 0) return false;
    history('waive', action.by, action.reason);
    tally.add(place.channel, row.destination, counts.held, -1);
    tally.add(place.channel, row.destination, counts.waived, 1);
    return true;
  }
  const isChain = place.name === '';
  const next = isChain ? states.superseded : states.ready;
  const { changes } = partition.db
    .prepare(
      `UPDATE work SET state = ${next}, attempts = 0, retries = 0, code = NULL, issues = NULL
       WHERE ${at}`,
    )
    .run(...key);
  if (changes === 0) return false;
  history('replay', action.by, null);
  if (isChain) {
    partition.statements.insertWork.run(
      row.id,
      row.generation + 1,
      row.destination,
      states.ready,
      null,
      null,
      null,
      null,
      null,
    );
  }
  tally.add(place.channel, row.destination, counts.held, -1);
  tally.add(place.channel, row.destination, counts.pending, 1);
  return true;
}
