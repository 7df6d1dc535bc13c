import { type Context, Hono } from 'hono';
import type { HttpApp, HttpEnv } from '../../engine/http/index.ts';
import { limits, parseMessageId, type SourceContext } from '../../engine/index.ts';
import { fhirJson, pendingAnswer, refusal } from './answers/index.ts';
import { createArrivals } from './arrivals.ts';
import type { BodyBudget } from './body.ts';
import { capabilityStatement } from './capability-statement.ts';
import { isNdjson, ndjsonType } from './checks.ts';
import type { Asked } from './envelope.ts';
import { allowedAt, type Interaction, interactions, type Place } from './interactions.ts';
import { operationsOf, routeOperations } from './operations.ts';
import { createPendingSettlements } from './pending.ts';
import { createReceiver } from './receiver.ts';
import { isResourceType } from './resource-types.ts';
import { createImports, receiveStream } from './streams/index.ts';

export type AppOptions = {
  readonly context: SourceContext;
  readonly bodyBytesMax: number;
  readonly entriesMax: number;
  readonly transactionEntriesMax: number;
  readonly types: readonly string[] | undefined;
  /** Beginnings of the URLs that `$import` may fetch; empty: there is no such operation. */
  readonly importFrom: readonly string[];
};

/** Handlers, and what they have under way beside their answers. */
export type FhirApp = HttpApp & { close(): void };

export const metadataPath = '/fhir/metadata';
const statusPath = '/fhir/_status/:id';

const paths = {
  system: '/fhir',
  type: '/fhir/:type{[A-Z][A-Za-z]{1,63}}',
  instance: '/fhir/:type{[A-Z][A-Za-z]{1,63}}/:id{[A-Za-z0-9.-]{1,64}}',
} as const satisfies Record<Place, string>;

type Ask = Context<HttpEnv>;

/** The handlers of a FHIR listener; whoever gets here has been authenticated. */
export function createFhirApp(options: AppOptions): FhirApp {
  const { context, bodyBytesMax } = options;
  const types = options.types && new Set(options.types);
  const budget: BodyBudget = { bytesMax: Math.max(limits.landingBytesMax, bodyBytesMax), bytes: 0 };
  const pending = createPendingSettlements(context);
  const receiver = createReceiver({ ...options, budget, pending });
  const arrivals = createArrivals({ ...options, types });
  const imports =
    options.importFrom.length === 0 ? undefined : createImports({ ...options, types });
  imports?.open();
  const operations = operationsOf({ ...options, budget, receiver, arrivals, imports });
  const statement = JSON.stringify(
    capabilityStatement({
      channel: context.channel,
      openedUs: context.clock.nowUs(),
      types,
      formats: ['application/fhir+json', ndjsonType],
      operations: operations.map(({ name, definition }) => ({ name, definition })),
    }),
  );
  // Many clients put a slash behind an address.
  const app = new Hono<HttpEnv>({ strict: false });

  function take(c: Ask, interaction: Interaction): Promise<Response> | Response {
    const { type = 'Bundle', id } = c.req.param() as { type?: string; id?: string };
    if (interaction.at === 'system' && isNdjson(c.req.raw))
      return receiveStream({ ...options, types }, c.req.raw, c.env.principal);
    const { search } = new URL(c.req.url);
    if (interaction.bySearch && search === '') return receiver.refuse(noSearch, 0);
    const asked = askedOf(c.req.raw, interaction, type, id);
    const { principal } = c.env;
    return receiver.receive(c.req.raw, asked, principal, (raw) =>
      arrivals.read(c.req.raw, asked, type, raw, principal),
    );
  }

  for (const path of [paths.type, paths.instance, `${paths.type}/:operation{\\$[a-z-]+}`])
    app.use(path, (c, next) =>
      isResourceType(c.req.param('type') ?? '') ? next() : Promise.resolve(unknownType()),
    );
  app.get(metadataPath, () => new Response(statement, { headers: { 'Content-Type': fhirJson } }));
  app.get(statusPath, async (c) => {
    const id = parseMessageId(c.req.param('id'));
    const found = id === undefined ? undefined : await pending.find(id, askerOf(c));
    if (id === undefined || found === undefined) return notFound();
    return found === 'pending' ? pendingAnswer(id, c.req.path) : found;
  });
  app.all(metadataPath, () => methodNotAllowed('GET, HEAD'));
  app.all(statusPath, () => methodNotAllowed('GET, HEAD'));
  routeOperations(app, operations, imports);
  for (const interaction of interactions)
    app.on(interaction.method, paths[interaction.at], (c) => take(c, interaction));
  for (const place of ['system', 'type', 'instance'] as const)
    app.all(paths[place], () => methodNotAllowed(allowedAt(place)));
  app.notFound(() => notFound());
  app.onError(() =>
    refusal(500, 'transient', 'listener-bug', 'The listener failed; the payload is not stored.'),
  );
  return {
    fetch: (request, env) => app.fetch(request, env),
    close: () => imports?.close(),
  };
}

const askerOf = (c: Ask): string => c.env.principal?.id ?? '';

function askedOf(
  { headers, url }: Request,
  { method, at, bySearch }: Interaction,
  type: string,
  id: string | undefined,
): Asked {
  const search = bySearch ? new URL(url).search : '';
  const header = (name: string) => headers.get(name) ?? undefined;
  const [ifMatch, ifNoneMatch, ifNoneExist] = [
    header('if-match'),
    header('if-none-match'),
    method === 'POST' && at === 'type' ? header('if-none-exist') : undefined,
  ];
  return {
    method,
    url: `${type}${id === undefined ? '' : `/${id}`}${search}`,
    ...(ifMatch === undefined || method === 'POST' ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined || method === 'POST' ? {} : { ifNoneMatch }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  };
}

const noSearch = {
  status: 400,
  type: 'invalid',
  code: 'fhir-condition-unsupported',
  diagnostics: 'Without an id the resource is named by a search, `?identifier=system|value`.',
} as const;

const notFound = (): Response =>
  refusal(404, 'not-found', 'fhir-address-unknown', 'There is nothing at this address.');

/** http.html#general: "resource type not supported". */
const unknownType = (): Response =>
  refusal(404, 'not-supported', 'fhir-type-unknown', 'FHIR R4 has no resource of this type.');

const methodNotAllowed = (allow: string): Response =>
  refusal(405, 'not-supported', 'method-not-allowed', 'This address does not take this method.', {
    Allow: allow,
  });
