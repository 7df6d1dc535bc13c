import { Hono } from 'hono';
import type { HttpApp, HttpEnv } from '../engine/http/index.ts';
import { type Events, PlexusError } from '../engine/index.ts';
import { refusalOutcome } from '../transforms/identity/index.ts';
import { startTerminology, terminologyTypes } from '../transforms/terminology/index.ts';

export type TerminologyWiring = {
  readonly dataDir: string;
  readonly key: Buffer;
  readonly version: string;
  readonly bug: (cause: unknown) => void;
  readonly events: Pick<Events, 'emit'>;
};

type Json = Record<string, unknown>;

/**
 * Terminology on the console's port: `/fhir` serves its types beside those of the others, and one
 * CapabilityStatement tells of all.
 */
export function mountTerminology(others: HttpApp, wiring: TerminologyWiring) {
  const { dataDir, key, version, bug, events } = wiring;
  const thread = startTerminology(
    { dataDir, key, version },
    {
      bug,
      unavailable: (code) =>
        events.emit({ type: 'service-unavailable', service: 'terminology', code }),
    },
  );
  const ask = async (request: Request, env: HttpEnv['Bindings']): Promise<Response> => {
    const at = new URL(request.url);
    at.pathname = at.pathname.slice('/fhir'.length) || '/';
    try {
      return await thread.fetch(new Request(at, request), env?.principal?.id);
    } catch (cause) {
      if (!(cause instanceof PlexusError)) bug(cause);
      return busy(cause);
    }
  };
  const app = new Hono<HttpEnv>();
  for (const type of terminologyTypes)
    for (const path of [`/fhir/${type}`, `/fhir/${type}/*`])
      app.all(path, (c) => ask(c.req.raw, c.env));
  app.all('/fhir/$versions', (c) => ask(c.req.raw, c.env));
  app.post('/fhir', (c) => ask(c.req.raw, c.env));
  app.get('/fhir/metadata', async (c) => {
    if (c.req.query('mode') === 'terminology') return ask(c.req.raw, c.env);
    const theirs = await others.fetch(c.req.raw, c.env);
    return theirs.ok ? together(theirs, await ask(c.req.raw, c.env)) : theirs;
  });
  app.all('*', (c) => others.fetch(c.req.raw, c.env));
  return { app: app as HttpApp, close: () => thread.close() };
}

function busy(cause: unknown): Response {
  const isKnown = cause instanceof PlexusError;
  const message = isKnown ? cause.message : 'an error inside Plexus; its log says where';
  const { type, text } = refusalOutcome(isKnown ? cause.code : 'bug', message);
  const headers = { 'Content-Type': type, ...(isKnown ? { 'Retry-After': '2' } : {}) };
  return new Response(text, { status: isKnown ? 503 : 500, headers });
}

/** One statement of two: the first names itself, both tell what they serve. */
async function together(first: Response, second: Response): Promise<Response> {
  const [left, right] = (await Promise.all([first.json(), second.json()])) as [Json, Json];
  const list = (of: Json, name: string) => (Array.isArray(of[name]) ? of[name] : []);
  const both = (name: string) => [...new Set([...list(left, name), ...list(right, name)])];
  const [mine = {}, yours = {}] = [list(left, 'rest')[0], list(right, 'rest')[0]] as [Json, Json];
  const rest = {
    ...mine,
    resource: [...list(mine, 'resource'), ...list(yours, 'resource')],
    operation: [...list(mine, 'operation'), ...list(yours, 'operation')],
  };
  const statement = {
    ...{ ...right, ...left, rest: [rest] },
    implementation: { description: 'Identity and terminology of a Plexus network' },
    instantiates: both('instantiates'),
    format: both('format'),
  };
  return new Response(JSON.stringify(statement), {
    headers: { 'Content-Type': 'application/fhir+json; charset=utf-8' },
  });
}
