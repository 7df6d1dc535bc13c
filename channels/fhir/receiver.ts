import { isUtf8 } from 'node:buffer';
import type { Denied, Principal } from '../../engine/http/index.ts';
import {
  type Landing,
  type MessageId,
  PlexusError,
  type Settlement,
  type SourceContext,
} from '../../engine/index.ts';
import {
  batchAnswer,
  landedAnswer,
  pendingAnswer,
  refusal,
  settledAnswer,
  transactionAnswer,
} from './answers.ts';
import { type Batch, readBatch } from './batch.ts';
import { type BodyBudget, readBody } from './body.ts';

import {
  type Bad,
  bad,
  checkMedia,
  checkTypes,
  isAsynchronous,
  scopeMissing,
  unconditional,
  untaken,
} from './checks.ts';
import { type Asked, envelope, isPlain, patchIssue, patchResource } from './envelope.ts';
import { type Payload, readBundleHead, readPayload, readScanned } from './payload.ts';
import type { PendingSettlements, Render } from './pending.ts';
import { scanJson } from './scan-json.ts';
import { authorizePayload } from './scopes.ts';

export type ReceiverOptions = {
  readonly context: SourceContext;
  readonly bodyBytesMax: number;
  readonly entriesMax: number;
  /** Resource types that are taken; undefined: all of R4. */
  readonly types: ReadonlySet<string> | undefined;
  readonly budget: BodyBudget;
  readonly pending: PendingSettlements;
};

/** What a request brings, ready to land. */
type Arrival = {
  readonly landing: Landing;
  readonly batch?: Batch;
  /** The answer has to wait until the chain has decided. */
  readonly isDecided: boolean;
  readonly render: Render;
};

/** A sender that waits longer gets 202 and a status URL. */
const settledWaitMs = 10_000;

export type Receiver = ReturnType<typeof createReceiver>;

/** Takes in one request: looks at it, lands it, and answers when it may. */
export function createReceiver(options: ReceiverOptions) {
  const { context, pending } = options;

  /** `type`: of what may be sent to this address. */
  async function receive(
    request: Request,
    asked: Asked,
    type: string,
    principal: Principal | undefined,
  ): Promise<Response> {
    const startedUs = context.clock.nowUs();
    const response = await take(request, asked, type, principal);
    const latencyMs = (context.clock.nowUs() - startedUs) / 1000;
    const code = String(response.status);
    context.events.emit({ type: 'acknowledged', channel: context.channel, code, latencyMs });
    return response;
  }

  async function take(
    request: Request,
    asked: Asked,
    type: string,
    principal: Principal | undefined,
  ): Promise<Response> {
    const unusable = checkMedia(request, asked) ?? unconditional(asked);
    if (unusable !== undefined) return refuse(unusable, 0);
    const { budget, bodyBytesMax } = options;
    const body =
      asked.method === 'DELETE'
        ? { raw: Buffer.alloc(0), release() {} }
        : await readBody(request, budget, bodyBytesMax, context.clock);
    if ('refused' in body) return refuse(bad(body.refused), 0);
    try {
      const arrival = await read(request, asked, type, body.raw, principal);
      if ('code' in arrival) return refuse(arrival, body.raw.length);
      const id = await land(arrival);
      return await answer(id, arrival, isAsynchronous(request), principal?.id ?? '');
    } catch (cause) {
      if (!(cause instanceof PlexusError)) throw cause;
      const text = 'The payload could not be stored; send it again.';
      return refusal(503, 'transient', cause.code, text, { 'Retry-After': '5' });
    } finally {
      body.release();
    }
  }

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
      const wrong = patchIssue(raw);
      if (wrong !== undefined) return { status: 400, type: 'invalid', ...wrong };
      return enveloped(request, asked, patchResource(raw), receivedUs);
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
      render: found.payload.bundleType === 'transaction' ? asTransaction : asOne,
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
    if (head === undefined || 'refused' in head || head.type !== 'batch') return undefined;
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
      render: (id, settlement) => batchAnswer({ id }, settlement, batch.resultAt),
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
    const { isConditional } = read.payload;
    const landing = landingOf(request, raw, read.payload, receivedUs);
    return { landing, isDecided: isConditional, render: asOne };
  }

  async function land({ landing, batch }: Arrival): Promise<MessageId> {
    if (batch === undefined) return (await context.land(landing)).id;
    return (await context.landBatch(landing, batch.parts))[0]!.id;
  }

  async function answer(
    id: MessageId,
    { isDecided, render }: Arrival,
    isAsync: boolean,
    asker: string,
  ): Promise<Response> {
    if (context.ack === 'landed' && !isDecided && !isAsync) return landedAnswer({ id });
    const settlement = context.settled(id);
    const settled = isAsync ? undefined : await withinTime(settlement);
    if (settled !== undefined) return render(id, settled);
    pending.add(id, { settlement, render, asker });
    return pendingAnswer(id, `/fhir/_status/${id}`);
  }

  async function withinTime(settlement: Promise<Settlement>): Promise<Settlement | undefined> {
    let cancel = () => {};
    const tooLong = new Promise<undefined>((resolve) => {
      cancel = context.clock.after(settledWaitMs, () => resolve(undefined));
    });
    const settled = await Promise.race([settlement, tooLong]);
    cancel();
    return settled;
  }

  function refuse({ status, type, code, diagnostics, headers }: Bad, bytes: number): Response {
    const { channel, events } = context;
    events.emit({ type: 'input-refused', channel, reason: code, bytes });
    return refusal(status, type, code, diagnostics, headers);
  }

  return { receive, refuse };
}

const asOne: Render = (id, settlement) => settledAnswer({ id }, settlement);
const asTransaction: Render = (id, settlement) => transactionAnswer({ id }, settlement);

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
