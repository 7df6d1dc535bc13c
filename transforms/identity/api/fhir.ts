import { type Context, Hono } from 'hono';
import type { HttpEnv } from '../../../engine/http/index.ts';
import { PlexusError } from '../../../engine/index.ts';
import { purposeOf } from './access.ts';
import { limitBodies } from './body-limit.ts';
import { capabilityStatement } from './capability.ts';
import { crossReferenced } from './cross-reference.ts';
import { matchPatient } from './match.ts';
import { fhirJson, outcomeOf, refused } from './outcome.ts';
import { personHistory, readLinkage, readPatient, readPerson, searchLinkage } from './persons.ts';
import { searchPatients } from './search.ts';
import type { Handler, Service } from './service.ts';
import { explainPatients, mergePatients, unmergePerson } from './stewardship.ts';

/** A Patient with its photograph; more is no question about identity. */
const bodyBytesMax = 1024 * 1024;

type Route = {
  readonly action: string;
  readonly handler: Handler;
  readonly isChange?: boolean;
  readonly on: readonly (readonly ['GET' | 'POST', string])[];
};

const routes: readonly Route[] = [
  { action: 'match', handler: matchPatient, on: [['POST', '/Patient/$match']] },
  {
    action: 'cross-reference',
    handler: crossReferenced,
    on: [
      ['GET', '/Patient/$ihe-pix'],
      ['POST', '/Patient/$ihe-pix'],
    ],
  },
  {
    action: 'search',
    handler: searchPatients,
    on: [
      ['GET', '/Patient'],
      ['POST', '/Patient/_search'],
    ],
  },
  { action: 'merge', handler: mergePatients, isChange: true, on: [['POST', '/Patient/$merge']] },
  { action: 'explain', handler: explainPatients, on: [['POST', '/Patient/$explain']] },
  { action: 'read', handler: readPatient, on: [['GET', '/Patient/:id{[A-Za-z0-9.-]{1,64}}']] },
  { action: 'read', handler: readPerson, on: [['GET', '/Person/:id{[A-Za-z0-9.-]{1,64}}']] },
  {
    action: 'unmerge',
    handler: unmergePerson,
    isChange: true,
    on: [['POST', '/Person/:id/$unmerge']],
  },
  {
    action: 'history',
    handler: personHistory,
    on: [
      ['GET', '/Person/:id/$identity-history'],
      ['POST', '/Person/:id/$identity-history'],
    ],
  },
  { action: 'read', handler: searchLinkage, on: [['GET', '/Linkage']] },
  { action: 'read', handler: readLinkage, on: [['GET', '/Linkage/:id{[A-Za-z0-9.-]{1,64}}']] },
];

/** `/fhir`: every answer is FHIR JSON, and every error an OperationOutcome. */
export function createFhirFace(service: Service): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    if (c.env?.principal === undefined)
      return outcomeOf(refused('unauthorized', 'sign in with a bearer token'));
    return next();
  });
  app.use(
    limitBodies(bodyBytesMax, () =>
      outcomeOf(refused('body-too-large', `at most ${bodyBytesMax} bytes`)),
    ),
  );
  app.onError((cause) => {
    service.bug(cause);
    return outcomeOf(cause);
  });
  app.get('/metadata', () => fhirResponse(capabilityStatement));
  for (const route of routes)
    for (const [method, path] of route.on) app.on(method, path, (c) => respond(c, service, route));
  for (const path of new Set(routes.flatMap(({ on }) => on.map(([, each]) => each))))
    app.all(path, () => outcomeOf(refused('method-not-allowed', 'not with this method')));
  app.all('*', () => outcomeOf(refused('unknown-path', 'there is nothing at this address')));
  return app;
}

async function respond(
  c: Context<HttpEnv>,
  service: Service,
  { action, handler, isChange = false }: Route,
): Promise<Response> {
  const principal = c.env.principal?.id ?? '';
  const purpose = purposeOf(c.req.header('x-purpose-of-use'));
  const tell = (
    by: string,
    persons: readonly string[],
    records: readonly number[],
    outcome: string,
  ) => service.audit({ principal, by, action, isChange, purpose, persons, records, outcome });
  try {
    requireJson(c);
    const { body, status = 200, headers = {}, touched, by = principal } = await handler(c, service);
    tell(by, touched.persons, touched.records ?? [], 'ok');
    return fhirResponse(body, status, headers);
  } catch (cause) {
    if (!(cause instanceof PlexusError)) service.bug(cause);
    tell(principal, [], [], cause instanceof PlexusError ? cause.code : 'bug');
    return outcomeOf(cause);
  }
}

function requireJson(c: Context): void {
  const format = c.req.query('_format') ?? '';
  const accept = c.req.header('accept') ?? '*/*';
  const isJson =
    format === '' || /^(json|application\/(fhir\+)?json)$/.test(format.replaceAll(' ', '+'));
  if (isJson && /\*\/\*|application\/\*|json/.test(accept)) return;
  throw refused('format-unsupported', 'this service speaks JSON');
}

const fhirResponse = (
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': fhirJson, ...headers },
  });
