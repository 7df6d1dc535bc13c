import { isUtf8 } from 'node:buffer';
import type { Denied, Principal } from '../../engine/http/index.ts';
import type { Landing, MessageId, SourceContext } from '../../engine/index.ts';
import { messageHeadOf, replyTo } from './answers/index.ts';
import { type Batch, readBatch } from './batch.ts';
import {
  type Bad,
  checkTypes,
  mediaTypeOf,
  patchType,
  scopeMissing,
  tooManyEntries,
  tooManyIn,
  untaken,
} from './checks.ts';
import { type Asked, envelope, isPlain, patchIssue, patchResource } from './envelope.ts';
import {
  type Payload,
  readBundleHead,
  readPayload,
  readScanned,
  scanJson,
} from './payload/index.ts';
import type { Shape } from './pending.ts';
import { authorizePayload } from './scopes.ts';

export type ArrivalOptions = {
  readonly context: SourceContext;
  readonly entriesMax: number;
  readonly transactionEntriesMax: number;
  /** Resource types that are taken; undefined: all of R4. */
  readonly types: ReadonlySet<string> | undefined;
};

/** What a request brings, ready to land. */
export type Arrival = {
  readonly landing: Landing;
  readonly batch?: Batch;
  /** The answer has to wait until the chain has decided. */
  readonly isDecided: boolean;
  readonly shape: Shape;
  /** What is said once it has landed, where nobody waits for more. */
  landed?(id: MessageId): Response;
};

export type Arrivals = ReturnType<typeof createArrivals>;

/** Makes of a request what lands; what cannot land is a `Bad`. */
export function createArrivals(options: ArrivalOptions) {
  const { context } = options;

  /** A resource or a Bundle, and what is asked for it. `type`: what its address takes. */
  async function read(
    request: Request,
    asked: Asked,
    type: string,
    raw: Buffer,
    principal: Principal | undefined,
  ): Promise<Arrival | Bad> {
    const receivedUs = context.clock.nowUs();
    const asBatch =
      type === 'Bundle' && isPlain(asked) ? await batchIn(request, raw, principal) : undefined;
    if (asBatch !== undefined) return asBatch;
    if (asked.method === 'DELETE') return enveloped(request, asked, undefined, receivedUs);
    if (asked.method === 'PATCH') {
      const language = mediaTypeOf(request) === patchType ? 'json' : 'fhirpath';
      const wrong = patchIssue(raw, language);
      if (wrong !== undefined) return { status: 400, type: 'invalid', ...wrong };
      return enveloped(request, asked, patchResource(raw, language), receivedUs);
    }
    const found = readPayload(raw, options.entriesMax);
    if ('refused' in found) return { status: 400, type: 'invalid', ...found.refused };
    const wrong = checkTypes(found.payload, asked, type, options.types);
    if (wrong !== undefined) return wrong;
    const denied = type === 'Bundle' && authorizePayload(principal, found.payload.value);
    if (denied) return forbid(denied);
    if (!isPlain(asked)) return enveloped(request, asked, raw, receivedUs);
    return {
      landing: landingOf(request, raw, found.payload, receivedUs),
      isDecided: found.payload.isConditional,
      shape: shapeOf(found.payload),
    };
  }

  /** Undefined for what is no batch, or cannot be read. */
  async function batchIn(
    request: Request,
    raw: Buffer,
    principal: Principal | undefined,
  ): Promise<Arrival | Bad | undefined> {
    const scanned = isUtf8(raw) ? scanJson(raw, options.entriesMax) : undefined;
    if (scanned === undefined || 'refused' in scanned) return undefined;
    const head = readBundleHead(raw, scanned.entries);
    if (head === undefined || 'refused' in head) return undefined;
    if (head.type !== 'batch')
      // Before anything reads all of it.
      return tooManyEntries(scanned.entries.length, options.transactionEntriesMax);
    const receivedUs = context.clock.nowUs();
    let denied: Denied | undefined;
    const batch = await readBatch(raw, scanned.entries, receivedUs, (payload) => {
      denied ??= authorizePayload(principal, payload.value);
      return untaken(payload, options.types);
    });
    if (denied !== undefined) return forbid(denied);
    const { bundleIdentifier } = head;
    const named = { orderingKeys: [], ...(bundleIdentifier ? { bundleIdentifier } : {}) };
    return {
      landing: landingOf(request, raw, named, receivedUs),
      batch,
      isDecided: batch.isConditional,
      shape: { kind: 'batch', layout: batch.layout },
    };
  }

  function forbid({ client = '', reason }: Denied): Bad {
    context.events.emit({ type: 'access-refused', channel: context.channel, client, reason });
    return scopeMissing;
  }

  function enveloped(
    request: Request,
    asked: Asked,
    resource: Buffer | undefined,
    receivedUs: number,
  ): Arrival | Bad {
    const raw = envelope(asked, resource);
    const read = readScanned(raw);
    if ('refused' in read) return { status: 400, type: 'invalid', ...read.refused };
    const [type = ''] = asked.url.split(/[/?]/);
    const other = untaken({ ...read.payload, resourceType: type }, options.types);
    if (other !== undefined) return { ...other, status: 404, type: 'not-supported' };
    const { isConditional } = read.payload;
    const landing = landingOf(request, raw, read.payload, receivedUs);
    return { landing, isDecided: isConditional, shape: { kind: 'one' } };
  }

  /** A Bundle of type `message`, which gets a message for an answer. */
  function message(request: Request, raw: Buffer, principal: Principal | undefined): Arrival | Bad {
    const found = readPayload(raw, options.entriesMax);
    if ('refused' in found) return { status: 400, type: 'invalid', ...found.refused };
    const { payload } = found;
    const tooMany = tooManyIn(payload, options.transactionEntriesMax);
    if (tooMany !== undefined) return tooMany;
    const head = payload.resourceType === 'Bundle' ? messageHeadOf(payload.value) : undefined;
    if (head === undefined) return noMessage;
    const other = untaken(payload, options.types);
    if (other !== undefined) return { ...other, status: 404, type: 'not-supported' };
    const denied = authorizePayload(principal, payload.value);
    if (denied) return forbid(denied);
    const landing = landingOf(request, raw, payload, context.clock.nowUs());
    const named = { controlId: head.id, dedupeKey: `message|${head.id}` };
    return {
      landing: payload.bundleIdentifier === undefined ? { ...landing, ...named } : landing,
      isDecided: payload.isConditional,
      shape: { kind: 'message', head },
      landed: (id) => replyTo(context.channel, head, id),
    };
  }

  return { read, message };
}

function shapeOf({ bundleType, value: { entry } }: Payload): Shape {
  if (bundleType !== 'transaction') return { kind: 'one' };
  const isEmpty = entry === undefined || (Array.isArray(entry) && entry.length === 0);
  return isEmpty ? { kind: 'transaction', isEmpty } : { kind: 'transaction' };
}

const noMessage: Bad = {
  status: 400,
  type: 'invalid',
  code: 'fhir-message-invalid',
  diagnostics:
    'Expected a Bundle of type `message` that begins with a MessageHeader with id and event.',
};

/** A client may name each try of one Bundle anew, so the Bundle's own name comes first. */
function landingOf(
  request: Request,
  raw: Buffer,
  payload: Pick<Payload, 'bundleIdentifier' | 'orderingKeys'>,
  receivedUs: number,
): Landing {
  const requestId = request.headers.get('x-request-id')?.slice(0, 200);
  const { bundleIdentifier, orderingKeys } = payload;
  const landing = { raw, receivedUs, orderingKeys };
  if (bundleIdentifier !== undefined) {
    return { ...landing, controlId: bundleIdentifier, dedupeKey: `bundle|${bundleIdentifier}` };
  }
  return requestId
    ? { ...landing, controlId: requestId, dedupeKey: `request|${requestId}` }
    : landing;
}
