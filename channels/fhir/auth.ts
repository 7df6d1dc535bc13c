import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  type Authenticate,
  type Credentials,
  createSmartServer,
  type Denied,
  keySetFault,
  parseScope,
  type SmartClient,
  type SmartServer,
  tokenAuthenticator,
} from '../../engine/http/index.ts';
import {
  baseOf,
  type CheckContext,
  type ConfigIssue,
  exitCodes,
  PlexusError,
  type Scope,
  type SourceContext,
} from '../../engine/index.ts';

const keySetUrl = z
  .url({ protocol: /^https?$/ })
  .refine(isSafeUrl, 'wants https, but for this machine itself');

const client = z
  .strictObject({
    client_id: z
      .string()
      .regex(/^[A-Za-z0-9._~-]{1,64}$/, 'is 1 to 64 of A-Z a-z 0-9 . _ ~ -')
      .describe('The name under which the program asks for tokens.'),
    jwks_file: z
      .string()
      .optional()
      .describe('JWKS file of its public keys; relative to the folder that holds config/.'),
    jwks_url: keySetUrl.optional().describe('Where it publishes its public keys (https).'),
    scopes: z
      .array(z.string().refine((text) => parseScope(text), 'is no scope like system/Patient.cruds'))
      .min(1)
      .describe('What it may do, e.g. `system/*.cruds` or `system/Observation.write`.'),
  })
  .refine((each) => (each.jwks_file === undefined) !== (each.jwks_url === undefined), {
    message: 'names either jwks_file or jwks_url',
  });

export const authSchema = z
  .strictObject({
    tokens_sha256: z
      .array(z.string().regex(/^[0-9a-fA-F]{64}$/, 'is not the SHA-256 of a token, in hex'))
      .min(1)
      .optional()
      .describe('SHA-256 (hex) of each bearer token that may send; the tokens stay elsewhere.'),
    clients: z
      .array(client)
      .min(1)
      .optional()
      .describe('Programs that get tokens at /auth/token (SMART Backend Services).'),
    base_url: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional()
      .describe('This listener as clients call it; needed for `clients` unless on the loopback.'),
    certificates: z
      .array(
        z
          .string()
          .regex(
            /^cn:.+$|^sha256:(?:[0-9A-Fa-f]{2}:?){32}$/,
            'write `cn:NAME`, or `sha256:` and the 64 digits of the fingerprint',
          ),
      )
      .min(1)
      .optional()
      .describe('Client certificates that may send: `cn:NAME` or `sha256:FINGERPRINT`.'),
  })
  .transform(({ tokens_sha256, clients, base_url, certificates }) => ({
    tokensSha256: tokens_sha256 ?? [],
    clients: (clients ?? []).map(({ client_id, jwks_file, jwks_url, scopes }) => ({
      id: client_id,
      jwksFile: jwks_file,
      jwksUrl: jwks_url,
      scopes: scopes.map((text) => parseScope(text) as Scope),
    })),
    baseUrl: base_url,
    certificates: certificates ?? [],
  }));

export type AuthConfig = z.output<typeof authSchema>;

/** Where a listener stands, as far as it matters for who may send. */
export type Standing = { readonly host: string; readonly demandsCertificate: boolean };

/** What the schema cannot know of `auth`. */
export function checkAuth(
  auth: AuthConfig | undefined,
  standing: Standing,
  context: CheckContext,
): ConfigIssue[] {
  const at = (path: (string | number)[], code: string, message: string): ConfigIssue => ({
    ...context.at(path),
    severity: 'error',
    code,
    message,
  });
  const issues: ConfigIssue[] = [];
  if (!isLoopback(standing.host) && !namesAnybody(auth)) {
    const message = `${standing.host} can be reached from elsewhere: set auth`;
    issues.push(at(['host'], 'auth-required', message));
  }
  if (auth === undefined) return issues;
  if (auth.certificates.length > 0 && !standing.demandsCertificate) {
    const message = 'certificates are checked where tls.client_ca names who signs them';
    issues.push(at(['auth', 'certificates'], 'client-ca-missing', message));
  }
  const needsUrl = auth.clients.length > 0 && !isLoopback(standing.host);
  if (needsUrl && auth.baseUrl === undefined) {
    const message = 'clients need auth.base_url: assertions are made out to that address';
    issues.push(at(['auth'], 'base-url-missing', message));
  }
  const seen = new Set<string>();
  for (const [n, { id, jwksFile }] of auth.clients.entries()) {
    const place = ['auth', 'clients', n];
    if (seen.has(id)) issues.push(at(place, 'client-twice', `two clients are called ${id}`));
    seen.add(id);
    if (jwksFile === undefined) continue;
    const fault = keySetFileFault(resolve(baseOf(context), jwksFile));
    if (fault !== undefined)
      issues.push(at([...place, 'jwks_file'], 'key-set-invalid', `${jwksFile}: ${fault}`));
  }
  return issues;
}

const namesAnybody = (auth: AuthConfig | undefined): auth is AuthConfig =>
  auth !== undefined &&
  auth.tokensSha256.length + auth.clients.length + auth.certificates.length > 0;

function keySetFileFault(file: string): string | undefined {
  if (!existsSync(file)) return 'the file is not there';
  try {
    return keySetFault(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return 'it is no JSON';
  }
}

export type Door = { readonly authenticate: Authenticate; readonly smart?: SmartServer };

/**
 * Who may send to one listener: known tokens, programs with a token of their own making, and
 * certificates. Any one of them lets in; a certificate that is not listed keeps out whatever else
 * comes with it. `baseUrl` is asked once the listener is open. Throws PlexusError `auth-required`.
 */
export function openDoor(
  auth: AuthConfig | undefined,
  standing: Standing,
  context: SourceContext,
  options: { baseUrl(): string; refused(why: Denied): void },
): Door {
  const { channel } = context;
  if (!namesAnybody(auth)) {
    if (isLoopback(standing.host))
      return { authenticate: () => ({ id: `${channel}#loopback`, kind: 'client' }) };
    const message = `${channel}: ${standing.host} needs auth`;
    throw new PlexusError('auth-required', message, { exit: exitCodes.config });
  }
  const known = tokenAuthenticator(
    auth.tokensSha256.map((sha256, index) => ({
      sha256,
      principal: { id: `${channel}#${index + 1}`, kind: 'client' },
    })),
  );
  const smart = createSmartServer({
    source: channel,
    clients: auth.clients.map((each) => smartClient(each, context)),
    tokens: context.tokens,
    baseUrl: () => auth.baseUrl ?? options.baseUrl(),
    nowUs: context.clock.nowUs,
    once: context.state.once,
    granted: (client, scopes) =>
      context.events.emit({ type: 'access-granted', channel, client, scopes }),
    refused: options.refused,
  });
  const isListed = certificateCheck(auth.certificates);
  const authenticate: Authenticate = async (credentials) => {
    const { certificate, token } = credentials;
    const listed = isListed(certificate);
    if (listed === false) return { denied: 'forbidden', reason: 'certificate-other-source' };
    if (token !== undefined) return (await known(credentials)) ?? smart.principalOf(token);
    if (!listed || certificate === undefined) return undefined;
    return { id: `${channel}#cn:${certificate.commonName}`, kind: 'client' };
  };
  return auth.clients.length > 0 ? { authenticate, smart } : { authenticate };
}

function smartClient(
  { id, jwksFile, jwksUrl, scopes }: AuthConfig['clients'][number],
  context: SourceContext,
): SmartClient {
  const keys = jwksUrl === undefined ? { file: context.resolvePath(jwksFile ?? '') } : undefined;
  return { id, scopes, keys: keys ?? { url: jwksUrl as string } };
}

/** Undefined where no certificates are listed. */
function certificateCheck(entries: readonly string[]) {
  const names = new Set<string>();
  const fingerprints = new Set<string>();
  for (const entry of entries) {
    if (entry.startsWith('cn:')) names.add(entry.slice('cn:'.length));
    else fingerprints.add(bareHex(entry.slice('sha256:'.length)));
  }
  return (certificate: Credentials['certificate']): boolean | undefined => {
    if (entries.length === 0) return undefined;
    if (certificate === undefined) return false;
    return (
      names.has(certificate.commonName) || fingerprints.has(bareHex(certificate.fingerprint256))
    );
  };
}

const bareHex = (text: string): string => text.replaceAll(':', '').toLowerCase();

/**
 * Whether secrets may travel to an address: by https, or within this machine. What is no URL at all
 * is told as that elsewhere.
 */
export function isSafeUrl(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/** 127.0.0.0/8, ::1 and localhost: only programs of this machine get there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
