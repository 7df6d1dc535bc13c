import { partitionOf } from '../ids.ts';
import { limits } from '../limits.ts';
import { enqueue, enqueueCounted } from './enqueue.ts';
import { sha256 } from './hash.ts';
import {
  findHeld,
  type HeldAction,
  type HeldOrder,
  type HeldResult,
  type HeldRow,
  type Place,
  routeOf,
  wanted,
} from './held-rows.ts';
import type { Journal } from './journal.ts';
import type { Partition } from './partition.ts';
import { counts, states } from './schema.ts';
import type { Tally } from './tally.ts';

/**
 * Applies an action to one held message or to all of one fingerprint, oldest first, so many a
 * commit; resolves when all of it is durable, with how many it was. Throws `route-gone` or
 * `channel-gone` for a replay that nobody would work off, `unknown-route` for a move to nowhere.
 */
export async function actOnHeld(journal: Journal, order: HeldOrder): Promise<HeldResult> {
  const places = new Map(journal.control.destinations().map((each) => [each.no, each]));
  const touched = new Set<number>();
  let count = 0;
  for (const { no } of journal.partitions.all()) {
    if ('id' in order.selection && partitionOf(order.selection.id) !== no) continue;
    for (let after = 0; ; ) {
      const found = findHeld(journal, no, order.selection, after);
      const rows = wanted(found, order, places);
      if (rows.length === 0) break;
      const part = await actOnRows(journal, no, rows, order, places);
      count += part.count;
      for (const each of part.destinations) touched.add(each);
      if (part.count > 0) order.progress(part);
      if ('id' in order.selection || found.length < limits.heldRowsAtOnce) break;
      after = found.at(-1)!.id;
    }
  }
  return { count, destinations: touched };
}

async function actOnRows(
  journal: Journal,
  no: number,
  rows: readonly HeldRow[],
  { action, nowUs }: HeldOrder,
  places: ReadonlyMap<number, Place>,
): Promise<HeldResult> {
  let done = 0;
  const touched = new Set<number>();
  await journal.ride(no, (partition, tally) => {
    // Runs again when its commit has failed.
    done = 0;
    for (const row of rows) {
      const place = places.get(row.destination)!;
      const to = action.kind === 'move' ? routeOf(places, place.channel, action.to)! : place;
      if (!act({ partition, tally, row, place, to, nowUs }, action)) continue;
      done += 1;
      touched.add(to.no);
    }
  });
  return { count: done, destinations: touched };
}

type Act = {
  readonly partition: Partition;
  readonly tally: Tally;
  readonly row: HeldRow;
  readonly place: Place;
  /** Where it goes when it is moved; else `place`. */
  readonly to: Place;
  readonly nowUs: number;
};

/** True when the row was still held. */
function act(context: Act, action: HeldAction): boolean {
  switch (action.kind) {
    case 'assign':
      return (
        change(context, 'owner = ?', action.owner) &&
        keep(context, 'assign', action.by, `to ${action.owner}`)
      );
    case 'waive':
      return waive(context) && keep(context, 'waive', action.by, action.reason);
    case 'replay':
      return replay(context) && keep(context, 'replay', action.by);
    case 'edit':
      return edit(context, action.raw) && keep(context, 'edit', action.by, action.reason);
    case 'move':
      return move(context) && keep(context, 'move', action.by, `to ${action.to}: ${action.reason}`);
  }
}

function change({ partition, row }: Act, what: string, ...values: unknown[]): boolean {
  const { changes } = partition.db
    .prepare(
      `UPDATE work SET ${what}
       WHERE message_id = ? AND generation = ? AND destination = ? AND state = ${states.held}`,
    )
    .run(...values, row.id, row.generation, row.destination);
  return changes > 0;
}

/** Always true: the last half of an action that was done. */
function keep({ partition, row, nowUs }: Act, action: string, by: string, reason = ''): true {
  partition.db
    .prepare(
      `INSERT INTO history(message_id, generation, destination, at_us, action, by, reason)
       VALUES(?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(row.id, row.generation, row.destination, nowUs, action, by, reason || null);
  return true;
}

function waive(context: Act): boolean {
  if (!change(context, `state = ${states.waived}, changed_us = ?`, context.nowUs)) return false;
  const { tally, place } = context;
  tally.add(place.channel, place.no, counts.held, -1);
  tally.add(place.channel, place.no, counts.waived, 1);
  return true;
}

/** Waived here and enqueued there, unless it was enqueued there before. */
function move(context: Act): boolean {
  if (!waive(context)) return false;
  const { partition, tally, row, to } = context;
  enqueueCounted(partition, tally, row, to);
  return true;
}

function replay(context: Act): boolean {
  const { partition, tally, row, place } = context;
  const isChain = place.name === '';
  // What held it stays with the superseded generation, for `trace`; a delivery is the same again.
  const what = isChain
    ? `state = ${states.superseded}`
    : `state = ${states.ready}, attempts = 0, retries = 0, code = NULL, issues = NULL`;
  if (!change(context, what)) return false;
  if (isChain) enqueue(partition, { id: row.id, generation: row.generation + 1 }, place.no);
  tally.add(place.channel, place.no, counts.held, -1);
  tally.add(place.channel, place.no, counts.pending, 1);
  return true;
}

function edit(context: Act, raw: Buffer): boolean {
  if (!replay(context)) return false;
  const { partition, row } = context;
  partition.statements.insertEdit.run(row.id, row.generation + 1, sha256(raw), raw);
  return true;
}
