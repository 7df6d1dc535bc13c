import type { Principal } from '../../engine/http/index.ts';
import {
  type MessageId,
  PlexusError,
  type Settlement,
  type SourceContext,
} from '../../engine/index.ts';
import { answer, landedAnswer, pendingAnswer, refusal } from './answers/index.ts';
import type { Arrival } from './arrivals.ts';
import { type BodyBudget, readBody } from './body.ts';
import { type Bad, bad, checkMedia, isAsynchronous, unconditional } from './checks.ts';
import type { Asked } from './envelope.ts';
import { type PendingSettlements, render } from './pending.ts';

export type ReceiverOptions = {
  readonly context: SourceContext;
  readonly bodyBytesMax: number;
  readonly budget: BodyBudget;
  readonly pending: PendingSettlements;
};

type Bring = (raw: Buffer) => Arrival | Bad | Promise<Arrival | Bad>;

/** A sender that waits longer gets 202 and a status URL. */
const settledWaitMs = 10_000;

export type Receiver = ReturnType<typeof createReceiver>;

/** Takes in one request: looks at it, lands it, and answers when it may. */
export function createReceiver(options: ReceiverOptions) {
  const { context, pending } = options;

  /** `bring` makes of the body what lands. */
  async function receive(
    request: Request,
    asked: Asked,
    principal: Principal | undefined,
    bring: Bring,
  ): Promise<Response> {
    const startedUs = context.clock.nowUs();
    const response = await take(request, asked, principal, bring);
    const latencyMs = (context.clock.nowUs() - startedUs) / 1000;
    const code = String(response.status);
    context.events.emit({ type: 'acknowledged', channel: context.channel, code, latencyMs });
    return response;
  }

  async function take(
    request: Request,
    asked: Asked,
    principal: Principal | undefined,
    bring: Bring,
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
      const arrival = await bring(body.raw);
      if ('code' in arrival) return refuse(arrival, body.raw.length);
      const id = await land(arrival);
      return await settle(id, arrival, isAsynchronous(request), principal?.id ?? '');
    } catch (cause) {
      if (!(cause instanceof PlexusError)) throw cause;
      const text = 'The payload could not be stored; send it again.';
      return refusal(503, 'transient', cause.code, text, { 'Retry-After': '5' });
    } finally {
      body.release();
    }
  }

  async function land({ landing, batch }: Arrival): Promise<MessageId> {
    if (batch === undefined) return (await context.land(landing)).id;
    return (await context.landBatch(landing, batch.parts))[0]!.id;
  }

  async function settle(
    id: MessageId,
    { isDecided, shape, landed = landedAnswer }: Arrival,
    isAsync: boolean,
    asker: string,
  ): Promise<Response> {
    if (context.ack === 'landed' && !isDecided && !isAsync) return landed(id);
    const settled = isAsync ? undefined : await withinTime(context.settled(id));
    if (settled !== undefined) return render(context.channel, shape, id, settled);
    await pending.add(id, asker, shape);
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

  function refuse(found: Bad, bytes: number): Response {
    const { status, type, code, diagnostics, path, headers } = found;
    const { channel, events } = context;
    events.emit({ type: 'input-refused', channel, reason: code, bytes });
    const issue = { severity: 'error', code, diagnostics } as const;
    return answer(status, type, [path === undefined ? issue : { ...issue, path }], headers);
  }

  return { receive, refuse };
}
