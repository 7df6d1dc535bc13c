import type { Delivery, Settlement } from '../../../engine/index.ts';
import { type Header, peekHeader } from '../header.ts';
import { buildAck } from './ack.ts';
import { ackModeOf, wantsAck } from './mode.ts';
import { isQuery, refuseQuery } from './query.ts';

export type ApplicationAck = {
  readonly code: 'AA' | 'AE' | 'AR';
  /** MSH-10 of the acknowledgement, which an accept acknowledgement of it names. */
  readonly controlId: string;
  readonly bytes: Buffer;
};

/**
 * Renders the application acknowledgement that the sender of a settled message is owed, or
 * undefined when its MSH-16 does not want this one. AA when the message was processed or is not
 * wanted here, AE with the issues when it was held. The same bytes each time, so that a duplicate
 * gets the answer again. `wantsReceipt`: asks for an accept acknowledgement of itself.
 */
export function applicationAck(
  raw: Buffer,
  { id, receivedUs }: Pick<Delivery, 'id' | 'receivedUs'>,
  settlement: Settlement,
  wantsReceipt = false,
): ApplicationAck | undefined {
  const header = peekHeader(raw);
  const mode = ackModeOf(header);
  if (!header || mode.kind === 'original') return undefined;
  const isHeld = settlement.outcome === 'quarantined';
  const code = isQuery(header) ? 'AR' : isHeld ? 'AE' : 'AA';
  if (!wantsAck(mode.application, code === 'AA')) return undefined;
  const controlId = applicationAckId(id);
  const reply = { header, ackControlId: controlId, timestampUs: receivedUs };
  if (code === 'AR') return { code, controlId, bytes: refuseQuery({ raw, ...reply }) };
  const [first] = settlement.issues;
  const issues = first && isHeld ? { issues: settlement.issues, text: first.diagnostics } : {};
  const acks = { acceptAck: wantsReceipt ? 'AL' : 'NE', applicationAck: 'NE' } as const;
  return { code, controlId, bytes: buildAck({ ...reply, code, ...acks, ...issues }) };
}

/** The accept acknowledgement has the number of the message; this one has a name of its own. */
export const applicationAckId = (id: number): string => `${id}A`;

/** Is the sender of this message owed an answer once it is settled? */
export function owesApplicationAck(header: Header): boolean {
  const mode = ackModeOf(header);
  return mode.kind === 'enhanced' && mode.application !== 'NE';
}
