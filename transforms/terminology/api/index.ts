import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HttpEnv } from '../../../engine/http/index.ts';
import { type Json, type ResourceType, resourceTypes } from '../knowledge.ts';
import {
  capabilityStatement,
  declined,
  type Operation,
  operations,
  terminologyCapabilities,
} from '../operations/index.ts';
import { answerBatch } from './bundle.ts';
import { failed, fhirResponse, refusal } from './outcome.ts';
import { isR5, toR4 } from './r4.ts';
import { readJson, readParameters } from './read-body.ts';
import { readResource, searchResources } from './resources.ts';
import type { TerminologyServiceOptions } from './service.ts';
import { isNdjson, translateLines } from './translate-lines.ts';

export type { TerminologyServiceOptions } from './service.ts';

/** A value set with its code systems in the question; more is a release, to be imported. */
const bodyBytesMax = 16 * 1024 * 1024;

type Face = Hono<HttpEnv>;

/**
 * `/fhir` of terminology: operations, reads and searches of the three types, and batches of them.
 * It answers in R4, and in R5 who asks with `fhirVersion=5.0`. Every error is an OperationOutcome.
 */
export function createTerminologyFace(options: TerminologyServiceOptions): Face {
  const app: Face = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    if (c.env?.principal !== undefined) return next();
    return refusal(401, 'login', 'sign in with a bearer token');
  });
  app.use(limitBodies());
  app.onError((cause) => failed(cause, options));
  app.get('/metadata', (c) => metadata(c, options));
  app.get('/$versions', () => fhirResponse(versions));
  app.post('/', (c) => batch(c, app));
  addOperations(app, options);
  for (const type of resourceTypes) addReads(app, options, type);
  app.all('*', () => refusal(404, 'not-found', 'there is nothing at this address'));
  return app;
}

function addOperations(app: Face, options: TerminologyServiceOptions): void {
  app.post('/ConceptMap/$translate', async (c, next) => {
    if (!isNdjson(c.req.raw)) return next();
    return translateLines(c.req.raw, options.knowledge());
  });
  for (const [name, operation] of Object.entries(operations)) {
    const [type, verb] = name.split('/') as [ResourceType, string];
    const answer = async (c: Context<HttpEnv>) => {
      const { closures, knowledge, nowUs } = options;
      const header = c.req.header('accept-language');
      const around: Parameters<Operation>[1] = {
        ...{ closures, knowledge: knowledge(), nowMs: Math.floor(nowUs() / 1_000) },
        owner: c.env.principal?.id ?? '',
        ...(header === undefined ? {} : { acceptLanguage: header }),
      };
      const parameters = await readParameters(c.req.raw);
      const id = c.req.param('id');
      const asked = id === undefined ? parameters : about(options, type, id, parameters);
      const resource = operation(asked, around);
      return fhirResponse(isR5(c.req.raw) ? resource : toR4(resource));
    };
    app.on(['GET', 'POST'], [`/${type}/$${verb}`, `/${type}/:id/$${verb}`], answer);
    app.all(`/${type}/$${verb}`, () => refusal(405, 'not-supported', 'GET or POST'));
  }
}

/** How an operation calls the resource that it is asked of, when not by its id. */
const nameOf = {
  CodeSystem: ['system', 'version'],
  ValueSet: ['url', 'valueSetVersion'],
  ConceptMap: ['url', 'conceptMapVersion'],
} as const;

/** A question to one resource (`/ValueSet/ID/$expand`) as one that names it. */
function about(
  { knowledge }: TerminologyServiceOptions,
  type: ResourceType,
  id: string,
  parameters: Json,
): Json {
  const release = knowledge().byId(type, id);
  if (release === undefined) throw declined(404, 'not-found', `there is no ${type}/${id}`);
  const [url, version] = nameOf[type];
  const own = [
    { name: url, valueUri: release.url },
    ...(url === 'system' ? [{ name: 'url', valueUri: release.url }] : []),
    ...(release.version === '' ? [] : [{ name: version, valueString: release.version }]),
  ];
  const given = Array.isArray(parameters.parameter) ? parameters.parameter : [];
  return { ...parameters, parameter: [...own, ...given] };
}

function addReads(app: Face, options: TerminologyServiceOptions, type: ResourceType): void {
  const find = (c: Context<HttpEnv>, query: URLSearchParams) => {
    const at = new URL(c.req.url);
    const path = at.pathname.slice(0, at.pathname.lastIndexOf(`/${type}`));
    const base = `${at.origin}${options.basePath ?? ''}${path}`;
    return searchResources(options.knowledge(), type, query, base);
  };
  app.get(`/${type}`, (c) => find(c, new URL(c.req.url).searchParams));
  app.post(`/${type}/_search`, async (c) => find(c, new URLSearchParams(await c.req.text())));
  app.get(`/${type}/:id{[A-Za-z0-9.-]{1,64}}`, (c) =>
    readResource(options, type, c.req.param('id')),
  );
}

/** Types whose paths under `/fhir` are terminology's. */
export const terminologyTypes: readonly ResourceType[] = resourceTypes;

async function batch(c: Context<HttpEnv>, app: Face): Promise<Response> {
  const bundle = await readJson(c.req.raw);
  const media = c.req.header('content-type') ?? '';
  const base = new URL(c.req.url);
  const body = await answerBatch(bundle, async (method, path, resource) => {
    if (path === '/') return refusal(400, 'not-supported', 'a batch holds no batch');
    const headers = { 'Content-Type': media, Accept: c.req.header('accept') ?? media };
    const text = resource === undefined ? undefined : JSON.stringify(resource);
    const init = { method, headers, ...(method === 'GET' || !text ? {} : { body: text }) };
    return app.fetch(new Request(new URL(path, base.origin), init), c.env);
  });
  return fhirResponse(body);
}

function limitBodies() {
  return bodyLimit({
    maxSize: bodyBytesMax,
    async onError(c: Context) {
      const { body } = c.req.raw;
      // A connection that is closed while its sender still sends takes the refusal with it.
      if (body !== null && !body.locked) for await (const _ of body);
      return refusal(413, 'too-costly', `a body holds at most ${bodyBytesMax} bytes`);
    },
  });
}

/** GET /$versions: the versions of FHIR that answers come in. */
const versions: Json = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'version', valueString: '4.0' },
    { name: 'version', valueString: '5.0' },
    { name: 'default', valueString: '4.0' },
  ],
};

function metadata(c: Context<HttpEnv>, { about: program }: TerminologyServiceOptions): Response {
  const mode = c.req.query('mode') ?? 'full';
  if (mode === 'terminology') return fhirResponse(terminologyCapabilities(program, []));
  if (mode === 'full' || mode === 'normative') return fhirResponse(capabilityStatement(program));
  throw declined(400, 'invalid', `there is no mode ${mode}`);
}
