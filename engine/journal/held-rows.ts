import { exitCodes, PlexusError } from '../errors.ts';
import type { MessageId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { HeldSelection } from '../operations.ts';
import type { DatabaseHandle } from '../store/index.ts';
import { hash48 } from './hash.ts';
import { heldCode } from './held-code.ts';
import type { Journal } from './journal.ts';
import { rawUnreadable } from './salvage.ts';
import { states } from './schema.ts';

export type HeldRow = {
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
  | { readonly kind: 'assign'; readonly owner: string; readonly by: string }
  /** Through today's chain again as a new generation; at a destination: sent again. */
  | { readonly kind: 'replay'; readonly by: string }
  /** A replay on a copy that somebody mended; the raw bytes stay. Of one message, and its chain. */
  | { readonly kind: 'edit'; readonly raw: Buffer; readonly reason: string; readonly by: string }
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

/** The rows that the action is meant for. Throws when it is meant for none of them. */
export function wanted(
  found: readonly HeldRow[],
  { action, isWorked }: HeldOrder,
  places: ReadonlyMap<number, Place>,
): readonly HeldRow[] {
  const rows = found.filter((row) => places.has(row.destination));
  if (action.kind === 'edit') return editable(rows, isWorked, places);
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

function editable(
  rows: readonly HeldRow[],
  isWorked: HeldOrder['isWorked'],
  places: ReadonlyMap<number, Place>,
): readonly HeldRow[] {
  const [first] = rows;
  if (first === undefined) return [];
  const place = places.get(first.destination)!;
  if (place.name !== '') {
    const message = `the route \`${place.name}\` holds this: only what a chain holds is edited`;
    throw new PlexusError('edit-of-delivery', message, { exit: exitCodes.usage });
  }
  if (!isWorked(place)) throw nobodyWorks(place);
  return rows;
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

export function routeOf(
  places: ReadonlyMap<number, Place>,
  channel: number,
  name: string,
): Place | undefined {
  return [...places.values()].find((each) => each.channel === channel && each.name === name);
}

/** At most `limits.heldRowsAtOnce` of a fingerprint, those above an id. */
export function findHeld(
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
