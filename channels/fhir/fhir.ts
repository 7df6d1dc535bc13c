import { z } from 'zod';
import {
  type Denied,
  type HttpServer,
  type Refusal,
  serveHttp,
  type Tls,
} from '../../engine/http/index.ts';
import {
  type ConfigIssue,
  limits,
  missingPemFiles,
  type PemPath,
  readPemFile,
  type Source,
  type SourceComponent,
  type SourceContext,
} from '../../engine/index.ts';
import { fhirJson, outcomeJson } from './answers/index.ts';
import { createFhirApp, type FhirApp, metadataPath } from './app.ts';
import { authSchema, checkAuth, isLoopback, openDoor, type Standing } from './auth.ts';
import { entriesMaxDefault, transactionEntriesMaxDefault } from './payload/index.ts';
import { resourceType } from './resource-types.ts';
import { authorizeRequest } from './scopes.ts';

const schema = z
  .strictObject({
    port: z.int().min(1).max(65_535).describe('TCP port to listen on.'),
    host: z.string().min(1).default('127.0.0.1').describe('Address to bind to.'),
    auth: authSchema
      .optional()
      .describe('Who may send; needed unless the listener is bound to loopback.'),
    tls: z
      .strictObject({
        key: z.string().describe('PEM file of the private key.'),
        cert: z.string().describe('PEM file of the certificate chain.'),
        client_ca: z
          .string()
          .optional()
          .describe('PEM file of the authority of client certificates, which are then demanded.'),
      })
      .optional()
      .describe('Serves HTTPS.'),
    body_bytes_max: z
      .int()
      .min(1024)
      .max(limits.bodyBytesMax * 4)
      .default(limits.bodyBytesMax)
      .describe('Largest body that is read, in bytes.'),
    entries_max: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(entriesMaxDefault)
      .describe('Most entries of a Bundle of type `batch`, each of which is a message of its own.'),
    transaction_entries_max: z
      .int()
      .min(1)
      .max(100_000)
      .default(transactionEntriesMaxDefault)
      .describe(
        'Most entries of any other Bundle: it is one message, and all of it is held in memory.',
      ),
    types: z
      .array(resourceType)
      .min(1)
      .optional()
      .describe('Resource types that are taken, as the CapabilityStatement tells; all unless set.'),
    import_from: z
      .array(
        z.string().regex(/^https?:\/\/[^/]+\//, 'is not the beginning of a URL, with its host'),
      )
      .default([])
      .describe('Beginnings of the URLs that `$import` may fetch; without any it does not exist.'),
  })
  .transform(({ body_bytes_max, entries_max, types, import_from, ...written }) => {
    const { transaction_entries_max, ...rest } = written;
    return {
      ...rest,
      transactionEntriesMax: transaction_entries_max,
      importFrom: import_from,
      types,
      entriesMax: entries_max,
      bodyBytesMax: body_bytes_max,
    };
  });

export type FhirConfig = z.output<typeof schema>;

/** Takes FHIR resources and Bundles, and what is asked for them, landed before it is answered. */
export const fhirSource: SourceComponent<FhirConfig> = {
  role: 'source',
  name: 'fhir',
  summary: 'Listens for FHIR R4 resources and Bundles on an HTTP port of its own.',
  guarantees:
    'A 2xx is sent only after the fsync of the body. The same bytes under the same ' +
    'Bundle.identifier or X-Request-Id are known again and get the same answer. ' +
    'Order holds for each patient.',
  example: 'fhir: { port: 8661 }',
  schema,
  check(config, context): readonly ConfigIssue[] {
    const issues = missingPemFiles(pemPaths(config), context);
    issues.push(...checkAuth(config.auth, standingOf(config), context));
    if (isLoopback(config.host)) return issues;
    if (config.tls === undefined) {
      const message = `${config.host} can be reached from elsewhere: set tls or use a proxy`;
      issues.push({ ...context.at(['host']), severity: 'warning', code: 'tls-missing', message });
    }
    return issues;
  },
  create: (config, context) => createFhirSource(config, context),
};

function createFhirSource(config: FhirConfig, context: SourceContext): Source {
  const { channel } = context;
  let server: HttpServer | undefined;
  let app: FhirApp | undefined;
  const denied = ({ client = '', reason }: Denied) =>
    context.events.emit({ type: 'access-refused', channel, client, reason });
  return {
    async open() {
      const door = openDoor(config.auth, standingOf(config), context, {
        baseUrl: () => urlOf(config, server),
        refused: denied,
      });
      app = createFhirApp({ ...config, context });
      server = await serveHttp({
        host: config.host,
        port: context.anyPort ? 0 : config.port,
        app,
        ...door,
        authorize: authorizeRequest,
        publicPaths: [metadataPath],
        limits: { bodyBytesMax: config.bodyBytesMax, requestMs: streamMs },
        streams: ({ headers }) => /ndjson/i.test(headers['content-type'] ?? ''),
        refusalBody: (refusal) => ({
          type: fhirJson,
          text: refusalText(refusal),
        }),
        refused(reason, why) {
          context.events.emit({ type: 'input-refused', channel, reason, bytes: 0 });
          if (why !== undefined) denied(why);
        },
        ...(config.tls === undefined ? {} : { tls: readTls(config.tls, context) }),
      });
      const { host, port } = server;
      return [{ channel, kind: 'fhir', host, port }];
    },
    async close(drainMs) {
      app?.close();
      await server?.close(drainMs);
    },
  };
}

/** For as long as a stream of lines may come; another body has a time of its own. */
const streamMs = 24 * 3600 * 1000;

/** The transform leaves an optional key out, and its type does not say so. */
const pemPaths = ({ tls }: FhirConfig): PemPath[] =>
  Object.entries(tls ?? {}).flatMap(([key, path]) => (path === undefined ? [] : [[key, path]]));

const standingOf = ({ host, tls }: FhirConfig): Standing => ({
  host,
  demandsCertificate: tls?.client_ca !== undefined,
});

function urlOf({ tls }: FhirConfig, server: HttpServer | undefined): string {
  const { host, port } = server as HttpServer;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls === undefined ? 'http' : 'https'}://${name}:${port}`;
}

function refusalText(refusal: Refusal): string {
  const [type, diagnostics] = refusals[refusal];
  return outcomeJson(type, [{ severity: 'error', code: refusal, diagnostics }]);
}

const refusals = {
  unauthorized: ['login', 'Sign in with a bearer token that this listener knows.'],
  forbidden: ['forbidden', 'This sender may not do this here.'],
  'body-too-large': ['too-long', 'The body is over the limit of this listener.'],
  'too-many-connections': ['throttled', 'Too many connections; try again.'],
} as const satisfies Record<Refusal, readonly [string, string]>;

function readTls(
  { key, cert, client_ca: ca }: NonNullable<FhirConfig['tls']>,
  context: SourceContext,
): Tls {
  const read = (path: string) => readPemFile(context.resolvePath(path));
  const server = { key: read(key), cert: read(cert) };
  return ca === undefined ? server : { ...server, ca: read(ca), requireClientCertificate: true };
}
