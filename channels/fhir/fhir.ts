import { z } from 'zod';
import {
  type Authenticate,
  type HttpServer,
  type Refusal,
  serveHttp,
  type Tls,
  tokenAuthenticator,
} from '../../engine/http/index.ts';
import {
  type ConfigIssue,
  exitCodes,
  limits,
  missingPemFiles,
  PlexusError,
  readPemFile,
  type Source,
  type SourceComponent,
  type SourceContext,
} from '../../engine/index.ts';
import { createFhirApp, metadataPath } from './app.ts';
import { fhirJson, outcomeJson } from './operation-outcome.ts';
import { entriesMaxDefault } from './payload.ts';

const schema = z
  .strictObject({
    port: z.int().min(1).max(65_535).describe('TCP port to listen on.'),
    host: z.string().min(1).default('127.0.0.1').describe('Address to bind to.'),
    auth: z
      .strictObject({
        tokens_sha256: z
          .array(z.string().regex(/^[0-9a-fA-F]{64}$/, 'is not the SHA-256 of a token, in hex'))
          .min(1)
          .describe('SHA-256 (hex) of each bearer token that may send; the tokens stay elsewhere.'),
      })
      .optional()
      .describe('Who may send; needed unless the listener is bound to loopback.'),
    tls: z
      .strictObject({
        key: z.string().describe('PEM file of the private key.'),
        cert: z.string().describe('PEM file of the certificate chain.'),
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
      .describe('Most entries of a Bundle.'),
    types: z
      .array(z.string().regex(/^[A-Z][A-Za-z]{1,63}$/, 'is not the name of a resource type'))
      .min(1)
      .optional()
      .describe('Resource types that are taken, as the CapabilityStatement tells; all unless set.'),
  })
  .transform(({ auth, body_bytes_max, entries_max, types, ...rest }) => ({
    ...rest,
    types,
    entriesMax: entries_max,
    tokensSha256: auth?.tokens_sha256 ?? [],
    bodyBytesMax: body_bytes_max,
  }));

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
    const issues = missingPemFiles(Object.entries(config.tls ?? {}), context);
    if (isLoopback(config.host)) return issues;
    if (config.tokensSha256.length === 0) {
      const message = `${config.host} can be reached from elsewhere: set auth.tokens_sha256`;
      issues.push({ ...context.at(['host']), severity: 'error', code: 'auth-required', message });
    }
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
  return {
    async open() {
      server = await serveHttp({
        host: config.host,
        port: context.anyPort ? 0 : config.port,
        app: createFhirApp({ ...config, context }),
        authenticate: authenticateOf(config, context),
        publicPaths: [metadataPath],
        limits: { bodyBytesMax: config.bodyBytesMax },
        refusalBody: (refusal) => ({
          type: fhirJson,
          text: refusalText(refusal),
        }),
        refused: (reason) =>
          context.events.emit({
            type: 'input-refused',
            channel: context.channel,
            reason,
            bytes: 0,
          }),
        ...(config.tls === undefined ? {} : { tls: readTls(config.tls, context) }),
      });
      const { host, port } = server;
      return [{ channel, kind: 'fhir', host, port }];
    },
    async close(drainMs) {
      await server?.close(drainMs);
    },
  };
}

function authenticateOf(config: FhirConfig, context: SourceContext): Authenticate {
  const { channel } = context;
  if (config.tokensSha256.length > 0) {
    return tokenAuthenticator(
      config.tokensSha256.map((sha256, index) => ({
        sha256,
        principal: { id: `${channel}#${index + 1}`, kind: 'client' },
      })),
    );
  }
  if (!isLoopback(config.host)) {
    throw new PlexusError('auth-required', `${channel}: ${config.host} needs auth.tokens_sha256`, {
      exit: exitCodes.config,
    });
  }
  return () => ({ id: `${channel}#loopback`, kind: 'client' });
}

function refusalText(refusal: Refusal): string {
  const [type, diagnostics] = refusals[refusal];
  return outcomeJson(type, [{ severity: 'error', code: refusal, diagnostics }]);
}

const refusals = {
  unauthorized: ['login', 'Sign in with a bearer token that this listener knows.'],
  'body-too-large': ['too-long', 'The body is over the limit of this listener.'],
  'too-many-connections': ['throttled', 'Too many connections; try again.'],
} as const satisfies Record<Refusal, readonly [string, string]>;

function readTls(tls: { key: string; cert: string }, context: SourceContext): Tls {
  const read = (path: string) => readPemFile(context.resolvePath(path));
  return { key: read(tls.key), cert: read(tls.cert) };
}

/** 127.0.0.0/8, ::1 and localhost: only programs of this machine get there. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
