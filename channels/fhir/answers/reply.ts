import { hash } from 'node:crypto';
import type { Issue, MessageId, Settlement } from '../../../engine/index.ts';
import { fhirJson, type IssueType, outcomeOf } from './operation-outcome.ts';
import { resultOf } from './written.ts';

/** What a FHIR message says of itself, as far as its reply needs it. */
export type MessageHead = {
  readonly id: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** The endpoint that sent it. */
  readonly source: Readonly<Record<string, unknown>> | undefined;
};

type Json = Readonly<Record<string, unknown>>;

/** The header of a Bundle of type `message`; undefined for any other. */
export function messageHeadOf(bundle: Json): MessageHead | undefined {
  const [first] = bundle.type === 'message' && Array.isArray(bundle.entry) ? bundle.entry : [];
  const header = (first as { resource?: Json } | undefined)?.resource;
  if (header?.resourceType !== 'MessageHeader' || typeof header.id !== 'string') return undefined;
  const { id, eventCoding, eventUri, source } = header;
  if (eventCoding === undefined && eventUri === undefined) return undefined;
  const event = eventCoding === undefined ? { eventUri } : { eventCoding };
  const from = typeof source === 'object' && source !== null ? (source as Json) : undefined;
  return { id, event, source: from };
}

/**
 * The reply to a message (https://hl7.org/fhir/R4/messaging.html), the twin of an HL7 v2 ACK: `ok`
 * is AA, `fatal-error` what an AE says of a message that is held. The same message gets the same
 * reply. Without a settlement it says that the message is stored, as a commit ACK does.
 */
export function replyTo(
  channel: string,
  head: MessageHead,
  id: MessageId,
  settlement?: Settlement,
): Response {
  const isHeld = settlement?.outcome === 'quarantined';
  const { type, issues } = settlement === undefined ? stored : resultOf(settlement);
  const names = { header: uuidOf(`${channel} ${id} reply`), outcome: uuidOf(`${channel} ${id}`) };
  const { endpoint } = head.source ?? {};
  const header = {
    resourceType: 'MessageHeader',
    id: names.header,
    ...head.event,
    ...(typeof endpoint === 'string' ? { destination: [{ endpoint }] } : {}),
    source: { endpoint: `urn:plexus:channel:${channel}` },
    response: {
      identifier: head.id,
      code: isHeld ? 'fatal-error' : 'ok',
      details: { reference: `urn:uuid:${names.outcome}` },
    },
  };
  const bundle = {
    resourceType: 'Bundle',
    type: 'message',
    entry: [
      { fullUrl: `urn:uuid:${names.header}`, resource: header },
      { fullUrl: `urn:uuid:${names.outcome}`, resource: outcomeOf(type, issues) },
    ],
  };
  const headers = { 'Content-Type': fhirJson, 'X-Plexus-Message': String(id) };
  return new Response(JSON.stringify(bundle), { status: 200, headers });
}

const stored: { readonly type: IssueType; readonly issues: readonly Issue[] } = {
  type: 'informational',
  issues: [
    { severity: 'information', code: 'landed', diagnostics: 'The message is stored durably.' },
  ],
};

/** A name-based UUID, version 8 (RFC 9562, section 5.8). */
function uuidOf(name: string): string {
  const digest = hash('sha256', name, 'hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
