import type { Conservation } from '../../engine/index.ts';
import type { Sent } from './sender.ts';

/** A row of `./plexus messages --json`. */
export type MessageRow = {
  readonly control_id: string;
  readonly channel: string;
  readonly outcome: 'pending' | 'delivered' | 'filtered' | 'quarantined';
  readonly sha256: string;
};

/** One message at the idempotent route, in the order of the file. */
export type DeliveredTurn = { readonly patient: string; readonly turn: number };

export type Books = {
  readonly acknowledged: ReadonlyMap<string, Sent>;
  readonly sent: ReadonlyMap<string, Sent>;
  readonly messages: readonly MessageRow[];
  readonly delivered: readonly DeliveredTurn[];
  readonly conservation: readonly Conservation[];
};

const keyOf = (turn: DeliveredTurn): string => `${turn.patient}#${turn.turn}`;

/**
 * What the engine promises, checked from outside on a network that has come to rest: nothing that
 * was acknowledged is missing, nothing landed or was delivered twice, each patient's messages kept
 * their order, and every count adds up. Each finding is a sentence.
 */
export function audit(books: Books): string[] {
  return [
    ...auditLanding(books),
    ...auditDelivery(books),
    ...auditOrder(books.delivered),
    ...books.conservation.flatMap(auditConservation),
  ];
}

function auditLanding({ acknowledged, sent, messages }: Books): string[] {
  const landed = Map.groupBy(messages, (row) => row.control_id);
  const found: string[] = [];
  for (const controlId of acknowledged.keys()) {
    if (!landed.has(controlId)) found.push(`${controlId} was acknowledged and is missing`);
  }
  for (const [controlId, rows] of landed) {
    if (rows.length > 1) found.push(`${controlId} landed ${rows.length} times`);
    if (!sent.has(controlId)) found.push(`${controlId} landed and was never sent`);
  }
  return found;
}

function auditDelivery({ sent, messages, delivered }: Books): string[] {
  const times = new Map<string, number>();
  for (const turn of delivered) times.set(keyOf(turn), (times.get(keyOf(turn)) ?? 0) + 1);
  const found: string[] = [];
  for (const [key, count] of times) {
    if (count > 1) found.push(`${key} was delivered ${count} times`);
  }
  const expected = new Set<string>();
  for (const row of messages) {
    const message = sent.get(row.control_id);
    if (!message) continue;
    const isThere = times.has(keyOf(message));
    expected.add(keyOf(message));
    if (row.outcome === 'pending') found.push(`${row.control_id} is still pending`);
    if (row.outcome === 'delivered' && !isThere) {
      found.push(`${row.control_id} counts as delivered and is not at the route`);
    }
    if (row.outcome === 'filtered')
      found.push(`${row.control_id} was filtered, which nobody asked`);
  }
  for (const key of times.keys()) {
    if (!expected.has(key)) found.push(`${key} was delivered and never landed`);
  }
  return found;
}

function auditOrder(delivered: readonly DeliveredTurn[]): string[] {
  const last = new Map<string, number>();
  const found: string[] = [];
  for (const { patient, turn } of delivered) {
    const before = last.get(patient) ?? 0;
    if (turn < before) found.push(`${patient}: turn ${turn} came after turn ${before}`);
    last.set(patient, turn);
  }
  return found;
}

/**
 * G13, computed again from the parts: the engine's own count of violations is not believed alone.
 */
export function auditConservation(row: Conservation): string[] {
  const found: string[] = [];
  const sum = row.duplicate + row.filtered + row.waived + row.held + row.pending + row.settled;
  if (sum !== row.received)
    found.push(`${row.channel}: received ${row.received}, accounted ${sum}`);
  if (row.violations !== 0) found.push(`${row.channel} reports ${row.violations} violations`);
  for (const out of row.destinations) {
    const accounted = out.delivered + out.waived + out.held + out.pending;
    if (accounted === out.enqueued) continue;
    found.push(`${out.destination}: enqueued ${out.enqueued}, accounted ${accounted}`);
  }
  return found;
}
