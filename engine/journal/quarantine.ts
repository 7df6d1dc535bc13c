import type { DatabaseHandle } from '../database.ts';
import { exitCodes, PlexusError } from '../errors.ts';
import { type MessageId, partitionOf } from '../ids.ts';
import { limits } from '../limits.ts';
import type { HeldSelection } from '../operations.ts';
import { hash48 } from './hash.ts';
import type { Journal } from './journal.ts';
import { heldCode } from './landing.ts';
import type { Partition } from './partition.ts';
import { rawUnreadable } from './salvage.ts';
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
  /** To another route of the channel, which `to` names. */
  | { readonly kind: 'move'; readonly to: string; readonly reason: string; readonly by: string }
  | { readonly kind: 'waive'; readonly reason: string; readonly by: string };

/** A queue of the network: a channel's chain (the name is empty) or one of its routes. */
export type Place = { readonly no: number; readonly channel: number; readonly name: string };

export type HeldResult = { readonly count: number; readonly destinations: ReadonlySet<number> };

export type HeldOrder = {
  readonly selection: HeldSelection;
  readonly action: HeldAction;
  readonly nowUs: number;
  /** Does anybody work this queue off? */
  isWorked(place: Place): boolean;
  /** Told after each commit, with what it changed: a large order is many commits. */
  progress(part: HeldResult): void;
};

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

/** The rows that the action is meant for. Throws when it is meant for none of them. */
function wanted(
  found: readonly HeldRow[],
  { action, isWorked }: HeldOrder,
  places: ReadonlyMap<number, Place>,
): readonly HeldRow[] {
  const rows = found.filter((row) => places.has(row.destination));
  if (action.kind !== 'replay' && action.kind !== 'move') return rows;
  const isLeft = (row: HeldRow): boolean => !isWorked(places.get(row.destination)!);
  if (action.kind === 'replay') {
    const workable = rows.filter((row) => !isLeft(row) && !isLost(row));
    const [first] = rows;
    if (!first || workable.length > 0) return workable;
    throw isLost(first) ? nothingLeft() : nobodyWorks(places.get(first.destination)!);
  }
  const deliveries = rows.filter((row) => places.get(row.destination)!.name !== '');
  for (const row of deliveries) {
    const to = routeOf(places, places.get(row.destination)!.channel, action.to);
    if (to && isWorked(to) && to.name !== '') continue;
    const message = `the channel has no route \`${action.to}\` to move to`;
    throw new PlexusError('unknown-route', message, { exit: exitCodes.usage });
  }
  // Of one message that is held at several routes, what nobody would deliver is meant.
  const left = deliveries.filter(isLeft);
  const others = deliveries.filter((row) => places.get(row.destination)!.name !== action.to);
  return left.length > 0 ? left : others;
}

const isLost = (row: HeldRow): boolean => row.code === heldCode('journal', rawUnreadable);

function nothingLeft(): PlexusError {
  const message = 'the bytes are lost: ask the sender to send this again, and waive it';
  return new PlexusError('raw-unreadable', message, { exit: exitCodes.usage });
}

function nobodyWorks({ name }: Place): PlexusError {
  const usage = { exit: exitCodes.usage };
  if (name === '') {
    const message = 'the channel is no more: bring it back, or waive this';
    return new PlexusError('channel-gone', message, usage);
  }
  const message = `the route \`${name}\` is no more: move this, waive it, or bring the route back`;
  return new PlexusError('route-gone', message, usage);
}

function routeOf(
  places: ReadonlyMap<number, Place>,
  channel: number,
  name: string,
): Place | undefined {
  return [...places.values()].find((each) => each.channel === channel && each.name === name);
}

/** At most `limits.heldRowsAtOnce` of a fingerprint, those above an id. */
function findHeld(
  journal: Journal,
  no: number,
  selection: HeldSelection,
  after: number,
): readonly HeldRow[] {
  return journal.partitions.using(no, ({ db }) => readHeld(db, selection, after)) ?? [];
}

function readHeld(db: DatabaseHandle, selection: HeldSelection, after: number): HeldRow[] {
  const columns = 'message_id AS id, generation, destination, code';
  if ('id' in selection) {
    const one = `SELECT ${columns} FROM work WHERE message_id = ? AND state = ${states.held}`;
    return db.prepare(one).all(selection.id) as HeldRow[];
  }
  const groups = db
    .prepare(`SELECT DISTINCT destination, code FROM work WHERE state = ${states.held}`)
    .all() as { destination: number; code: string }[];
  const group = groups.find(
    (each) => fingerprintOf(each.destination, each.code) === selection.fingerprint,
  );
  if (!group) return [];
  const some = `SELECT ${columns} FROM work
    WHERE state = ${states.held} AND destination = ? AND code = ? AND message_id > ?
    ORDER BY message_id LIMIT ${limits.heldRowsAtOnce}`;
  return db.prepare(some).all(group.destination, group.code, after) as HeldRow[];
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
      return change(context, 'owner = ?', action.owner) && keep(context, 'assign', action.owner);
    case 'waive':
      return waive(context) && keep(context, 'waive', action.by, action.reason);
    case 'replay':
      return replay(context) && keep(context, 'replay', action.by);
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
  if (!enqueue(partition, row, row.generation, to.no)) return true;
  tally.add(to.channel, to.no, counts.enqueued, 1);
  tally.add(to.channel, to.no, counts.pending, 1);
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
  if (isChain) enqueue(partition, row, row.generation + 1, place.no);
  tally.add(place.channel, place.no, counts.held, -1);
  tally.add(place.channel, place.no, counts.pending, 1);
  return true;
}

function enqueue(partition: Partition, row: HeldRow, generation: number, to: number): boolean {
  const { changes } = partition.statements.insertWork.run(
    row.id,
    generation,
    to,
    states.ready,
    null,
    null,
    null,
    null,
    null,
  );
  return changes > 0;
}
