import { Hono } from 'hono';
import type { HttpApp, HttpEnv, Principal } from '../../engine/http/index.ts';
import {
  type Landing,
  limits,
  type MessageId,
  PlexusError,
  parseMessageId,
  type SourceContext,
} from '../../engine/index.ts';
import { landedAnswer, pendingAnswer, refusal, settledAnswer } from './answers.ts';
import { type BodyBudget, readBody } from './body.ts';
import { capabilityStatement } from './capability-statement.ts';
import { fhirJson } from './operation-outcome.ts';
import { type Payload, readPayload } from './payload.ts';
import { createPendingSettlements } from './pending.ts';
import { authorizeBundle } from './scopes.ts';

export type AppOptions = {
  readonly context: SourceContext;
  readonly bodyBytesMax: number;
};

export const metadataPath = '/fhir/metadata';
const mediaTypes: ReadonlySet<string> = new Set(['application/fhir+json', 'application/json']);
/** A sender that waits longer gets 202 and a status URL. */
const settledWaitMs = 10_000;

/** The handlers of a FHIR listener; whoever gets here has been authenticated. */
export function createFhirApp({ context, bodyBytesMax }: AppOptions): HttpApp {
  const budget: BodyBudget = {
    bytesMax: Math.max(limits.landingBytesMax, bodyBytesMax),
    bytes: 0,
  };
  const pending = createPendingSettlements();
  const app = new Hono<HttpEnv>();

  async function receive(request: Request, type: string, by: By = {}): Promise<Response> {
    const startedUs = context.clock.nowUs();
    const response = await land(request, type, by);
    const latencyMs = (context.clock.nowUs() - startedUs) / 1000;
    const code = String(response.status);
    context.events.emit({ type: 'acknowledged', channel: context.channel, code, latencyMs });
    return response;
  }

  async function land(
    request: Request,
    type: string,
    { condition, principal }: By,
  ): Promise<Response> {
    const wrongMedia = checkMediaType(request);
    if (wrongMedia !== undefined) return refuse(context, wrongMedia, 'media-type', 0);
    const body = await readBody(request, budget, bodyBytesMax);
    if ('refused' in body) return refuse(context, refusalOf(body.refused), body.refused, 0);
    try {
      const read = readPayload(body.raw);
      if ('refused' in read) {
        const { code, diagnostics } = read.refused;
        const answer = refusal(400, 'invalid', code, diagnostics);
        return refuse(context, answer, code, body.raw.length);
      }
      if (read.payload.resourceType !== type) {
        const text = `This address takes ${type}; the payload is another resource type.`;
        const answer = refusal(400, 'invalid', 'fhir-type-mismatch', text);
        return refuse(context, answer, 'fhir-type-mismatch', body.raw.length);
      }
      const other = condition !== undefined && !read.payload.identifiers.includes(condition);
      if (other)
        return refuse(context, conditionMismatch(), 'fhir-condition-mismatch', body.raw.length);
      const denied = type === 'Bundle' ? authorizeBundle(principal, body.raw) : undefined;
      if (denied) {
        const { client = '', reason } = denied;
        context.events.emit({ type: 'access-refused', channel: context.channel, client, reason });
        return refuse(context, scopeMissing(), 'forbidden', body.raw.length);
      }
      const landing = landingOf(request, body.raw, read.payload, context.clock.nowUs());
      const landed = await context.land(landing);
      return context.ack === 'landed' ? landedAnswer(landed) : await settle(landed.id);
    } catch (cause) {
      if (!(cause instanceof PlexusError)) throw cause;
      return refusal(
        503,
        'transient',
        cause.code,
        'The payload could not be stored; send it again.',
        {
          'Retry-After': '5',
        },
      );
    } finally {
      body.release();
    }
  }

  async function settle(id: MessageId): Promise<Response> {
    const settlement = context.settled(id);
    let cancel = () => {};
    const tooLong = new Promise<undefined>((resolve) => {
      cancel = context.clock.after(settledWaitMs, () => resolve(undefined));
    });
    const settled = await Promise.race([settlement, tooLong]);
    cancel();
    if (settled !== undefined) return settledAnswer({ id }, settled);
    pending.add(id, settlement);
    return pendingAnswer(id, `/fhir/_status/${id}`);
  }

  app.get(metadataPath, () => Response.json(capabilityStatement, jsonHeaders));
  app.get('/fhir/_status/:id', (c) => {
    const id = parseMessageId(c.req.param('id'));
    const found = id === undefined ? undefined : pending.find(id);
    if (id === undefined || found === undefined) return notFound();
    return found === 'pending' ? pendingAnswer(id, c.req.path) : settledAnswer({ id }, found);
  });
  app.all(metadataPath, () => methodNotAllowed('GET, HEAD'));
  app.all('/fhir/_status/:id', () => methodNotAllowed('GET, HEAD'));
  app.post('/fhir', (c) => receive(c.req.raw, 'Bundle', byOf(c.env)));
  app.post('/fhir/:type{[A-Z][A-Za-z]{1,63}}', (c) => receive(c.req.raw, c.req.param('type')));
  // IHE ITI-104: what adds, revises or resolves a patient is one conditional update.
  app.put('/fhir/Patient', (c) => {
    const condition = conditionOf(new URL(c.req.url).searchParams);
    if (condition !== undefined) return receive(c.req.raw, 'Patient', { condition });
    return refuse(context, conditionInvalid(), 'fhir-condition-invalid', 0);
  });
  app.all('/fhir', () => methodNotAllowed('POST'));
  app.all('/fhir/:type{[A-Z][A-Za-z]{1,63}}', () => methodNotAllowed('POST'));
  app.all('/fhir/:type{[A-Z][A-Za-z]{1,63}}/:id', () => methodNotAllowed(''));
  app.notFound(() => notFound());
  app.onError(() =>
    refusal(500, 'transient', 'listener-bug', 'The listener failed; the payload is not stored.'),
  );
  return app;
}

/** Who sends it, and the identifier, as `system|value`, that the resource is written by. */
type By = { readonly principal?: Principal; readonly condition?: string };

const byOf = (env: HttpEnv['Bindings'] | undefined): By =>
  env?.principal ? { principal: env.principal } : {};

const jsonHeaders = { headers: { 'Content-Type': fhirJson } };

const notFound = (): Response =>
  refusal(404, 'not-found', 'fhir-address-unknown', 'There is nothing at this address.');

const methodNotAllowed = (allow: string): Response =>
  refusal(405, 'not-supported', 'method-not-allowed', 'This address does not take this method.', {
    Allow: allow,
  });

/** One identifier with its system and nothing else: any other search could mean several. */
function conditionOf(parameters: URLSearchParams): string | undefined {
  const [identifier, ...others] = parameters.getAll('identifier');
  if (others.length > 0 || [...parameters.keys()].some((key) => key !== 'identifier'))
    return undefined;
  return identifier !== undefined && /^[^|]+\|[^|]+$/.test(identifier) ? identifier : undefined;
}

const scopeMissing = (): Response =>
  refusal(403, 'forbidden', 'forbidden', 'The scopes of this sender do not allow every entry.');

const conditionInvalid = (): Response =>
  refusal(
    412,
    'invalid',
    'fhir-condition-invalid',
    'A Patient is written by PUT [base]/Patient?identifier=system|value, with one identifier.',
  );

const conditionMismatch = (): Response =>
  refusal(
    400,
    'invalid',
    'fhir-condition-mismatch',
    'The Patient does not carry the identifier by which it is written.',
  );

function refuse(
  context: SourceContext,
  response: Response,
  reason: string,
  bytes: number,
): Response {
  context.events.emit({ type: 'input-refused', channel: context.channel, reason, bytes });
  return response;
}

function refusalOf(reason: 'body-too-large' | 'busy'): Response {
  if (reason === 'body-too-large') {
    return refusal(413, 'too-long', reason, 'The body is over the limit of this listener.');
  }
  const text = 'The listener is taking in as much as it can hold; send it again.';
  return refusal(503, 'throttled', reason, text, { 'Retry-After': '2' });
}

function checkMediaType(request: Request): Response | undefined {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (mediaTypes.has(type) && isUtf8 && encoding === 'identity') return undefined;
  const text = 'Send application/fhir+json in UTF-8 and without a content encoding.';
  return refusal(415, 'not-supported', 'media-type', text);
}

/** A client may name each try of one Bundle anew, so the Bundle's own name comes first. */
function landingOf(request: Request, raw: Buffer, payload: Payload, receivedUs: number): Landing {
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
