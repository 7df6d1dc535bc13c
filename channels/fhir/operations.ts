import type { Context, Hono } from 'hono';
import type { HttpEnv } from '../../engine/http/index.ts';
import type { SourceContext } from '../../engine/index.ts';
import { answer, fhirJson, refusal, said } from './answers/index.ts';
import type { Arrivals } from './arrivals.ts';
import { type BodyBudget, readBody } from './body.ts';
import { type Bad, bad, checkMedia } from './checks.ts';
import { readPayload } from './payload/index.ts';
import type { Receiver } from './receiver.ts';
import { type Imports, readManifest } from './streams/index.ts';
import { validate } from './validate.ts';

export type OperationOptions = {
  readonly context: SourceContext;
  readonly bodyBytesMax: number;
  readonly budget: BodyBudget;
  readonly receiver: Receiver;
  readonly arrivals: Arrivals;
  /** Absent where the channel may fetch from nowhere. */
  readonly imports: Imports | undefined;
  readonly importFrom: readonly string[];
};

/** An operation of the whole server; the CapabilityStatement is made of the same list. */
export type Operation = {
  readonly name: string;
  readonly definition: string;
  /** Of a resource type as well as of the server. */
  readonly ofTypes?: true;
  take(c: Context<HttpEnv>): Promise<Response>;
};

/** What the listener does beside taking in resources: what is not configured is not there. */
export function operationsOf(options: OperationOptions): readonly Operation[] {
  const { receiver, arrivals, imports } = options;
  const post = { method: 'POST', url: '' } as const;
  const processMessage: Operation = {
    name: 'process-message',
    definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message',
    take: ({ req, env: { principal } }) =>
      receiver.receive(req.raw, post, principal, (raw) =>
        arrivals.message(req.raw, raw, principal),
      ),
  };
  const operations = [processMessage];
  const { gate } = options.context;
  if (gate !== undefined)
    operations.push({
      name: 'validate',
      definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
      ofTypes: true,
      take: (c) => validate(c, options, gate),
    });
  if (imports !== undefined)
    operations.push({
      name: 'import',
      definition: 'urn:plexus:operation:import',
      take: (c) => beginImport(c, options, imports),
    });
  return operations;
}

/** As the drafts of bulk import have it: a manifest now, the lines when they are fetched. */
async function beginImport(
  c: Context<HttpEnv>,
  { receiver, context, budget, bodyBytesMax, importFrom }: OperationOptions,
  imports: Imports,
): Promise<Response> {
  const wrongMedia = checkMedia(c.req.raw, { method: 'POST' });
  if (wrongMedia !== undefined) return receiver.refuse(wrongMedia, 0);
  const body = await readBody(c.req.raw, budget, bodyBytesMax, context.clock);
  if ('refused' in body) return receiver.refuse(bad(body.refused), 0);
  body.release();
  const manifest = objectIn(body.raw);
  if ('code' in manifest) return receiver.refuse(manifest, body.raw.length);
  const files = readManifest(manifest.object, importFrom);
  if ('code' in files) {
    const isForbidden = files.code === 'fhir-import-forbidden';
    const status = isForbidden ? 403 : 400;
    const type = isForbidden ? 'forbidden' : 'invalid';
    return receiver.refuse({ ...files, status, type }, body.raw.length);
  }
  const id = imports.start(files, c.env.principal);
  if (id === undefined) return receiver.refuse(tooManyImports, body.raw.length);
  const headers = { 'Content-Location': `${importPath}/${id}` };
  const text = 'The files of the manifest are being fetched.';
  return answer(202, 'informational', said('import-started', text), headers);
}

function objectIn(raw: Buffer): { readonly object: Record<string, unknown> } | Bad {
  const read = readPayload(raw);
  if (!('refused' in read)) return { object: { ...read.payload.value } };
  if (read.refused.code !== 'fhir-resource-type-missing')
    return { status: 400, type: 'invalid', ...read.refused };
  return { object: JSON.parse(raw.toString('utf8')) as Record<string, unknown> };
}

const tooManyImports: Bad = {
  status: 429,
  type: 'throttled',
  code: 'fhir-imports-busy',
  diagnostics: 'As many imports as the listener runs at once are under way; send it again later.',
  headers: { 'Retry-After': '60' },
};

const postOnly = (): Response =>
  refusal(405, 'not-supported', 'method-not-allowed', 'An operation is asked for with POST.', {
    Allow: 'POST',
  });

const importPath = '/fhir/_import';

export function routeOperations(
  app: Hono<HttpEnv>,
  operations: readonly Operation[],
  imports: Imports | undefined,
): void {
  for (const { name, ofTypes, take } of operations) {
    // Behind a parameter the router takes a bare `$` for the end of the text.
    const ofType = `/fhir/:type{[A-Z][A-Za-z]{1,63}}/:operation{\\$${name}}`;
    for (const path of ofTypes ? [`/fhir/$${name}`, ofType] : [`/fhir/$${name}`])
      app.post(path, take).all(path, () => postOnly());
  }
  app.get(`${importPath}/:id`, (c) => {
    const found = imports?.find(c.req.param('id'), c.env.principal?.id ?? '');
    if (found === undefined)
      return refusal(404, 'not-found', 'fhir-address-unknown', 'There is nothing at this address.');
    if (!found.running)
      return new Response(JSON.stringify(found), { headers: { 'Content-Type': fhirJson } });
    const headers = { 'Retry-After': '5', 'X-Progress': `${found.done} of ${found.files} files` };
    const text = 'The files of the manifest are being fetched.';
    return answer(202, 'informational', said('import-started', text), headers);
  });
}
