import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessTokens } from '../../access-tokens.ts';
import type { Denied, Principal } from '../principal.ts';
import {
  type AssertionContext,
  type AssertionRefusal,
  assertionJudge,
  type SmartClient,
} from './assertion.ts';
import { readForm } from './form.ts';
import { grantScopes, scopeText } from './scopes.ts';

/** How long an access token opens: SMART recommends five minutes at most. */
const tokenS = 300;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const tokenPath = '/auth/token';
const discoveryPaths: ReadonlySet<string> = new Set([
  '/.well-known/smart-configuration',
  '/fhir/.well-known/smart-configuration',
]);

export type SmartOptions = {
  /** The channel at whose source alone these clients may send. */
  readonly source: string;
  readonly clients: readonly SmartClient[];
  readonly tokens: AccessTokens;
  /**
   * As the clients know this listener, e.g. `https://plexus.example.org:8661`. Never taken from a
   * request, which could name any address and so make an assertion for elsewhere good here.
   */
  baseUrl(): string;
  nowUs(): number;
  readonly once: AssertionContext['once'];
  granted(client: string, scopes: string): void;
  refused(why: Denied): void;
};

/** The authorization server beside a FHIR listener, for programs: SMART Backend Services. */
export type SmartServer = {
  /** Is it the token endpoint or its description? These need no sign-in. */
  owns(path: string): boolean;
  answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
  /** Whom a token stands for, or why it opens nothing here. */
  principalOf(token: string): Principal | Denied;
};

type OauthError = { readonly status: number; readonly error: string; readonly why: string };

export function createSmartServer(options: SmartOptions): SmartServer {
  const clients = new Map(options.clients.map((client) => [client.id, client]));
  const judge = assertionJudge(clients);
  const tokenUrl = () => options.baseUrl() + tokenPath;

  function configuration(): object {
    return {
      token_endpoint: tokenUrl(),
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
      scopes_supported: ['system/*.cruds', 'system/*.read', 'system/*.write'],
      capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
    };
  }

  async function issue(request: IncomingMessage): Promise<object | OauthError> {
    const form = await readForm(request);
    if ('refused' in form)
      return { status: form.status, error: 'invalid_request', why: form.refused };
    const fault = formFault(form.fields);
    if (fault !== undefined) return fault;
    const verdict = await judge(form.fields.get('client_assertion') ?? '', {
      audience: tokenUrl(),
      nowUs: options.nowUs(),
      once: options.once,
    });
    if ('refused' in verdict) {
      const { refused: reason, client } = verdict;
      options.refused({ denied: 'unauthorized', reason, ...(client ? { client } : {}) });
      return errorOf(reason);
    }
    const { client } = verdict;
    const asked = (form.fields.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    const scopes = grantScopes(asked, client.scopes);
    if (scopes.length === 0) {
      options.refused({ denied: 'forbidden', reason: 'scope-not-granted', client: client.id });
      const why = 'none of these scopes is granted to this client';
      return { status: 400, error: 'invalid_scope', why };
    }
    const untilUs = options.nowUs() + tokenS * 1_000_000;
    const { source, tokens } = options;
    const access_token = tokens.issue({ client: client.id, source, scopes, untilUs });
    const scope = scopeText(scopes);
    options.granted(client.id, scope);
    return { access_token, token_type: 'bearer', expires_in: tokenS, scope };
  }

  return {
    owns: (path) => path === tokenPath || discoveryPaths.has(path),
    async answer(request, response, path) {
      const isToken = path === tokenPath;
      const methods = isToken ? ['POST'] : ['GET', 'HEAD'];
      if (!methods.includes(request.method ?? '')) {
        response.setHeader('Allow', methods.join(', '));
        send(response, 405, { error: 'invalid_request' });
        return;
      }
      if (!isToken) {
        response.setHeader('Access-Control-Allow-Origin', '*');
        send(response, 200, configuration());
        return;
      }
      const issued = await issue(request);
      if (!('error' in issued)) {
        send(response, 200, issued);
        return;
      }
      const { status, error, why } = issued as OauthError;
      // A body that was not read would be taken for the next request.
      if (!request.complete) response.setHeader('Connection', 'close');
      send(response, status, { error, error_description: why });
    },
    principalOf(token) {
      const grant = options.tokens.find(token, options.nowUs());
      if (grant === undefined) return { denied: 'unauthorized', reason: 'token-unknown' };
      const { client, source, scopes } = grant;
      if (source !== options.source) return { denied: 'forbidden', reason: 'other-source', client };
      // Taken out of the configuration, it is nobody's any more.
      if (!clients.has(client)) return { denied: 'unauthorized', reason: 'token-unknown', client };
      return { id: `${source}#${client}`, kind: 'client', scopes };
    },
  };
}

function formFault(fields: URLSearchParams): OauthError | undefined {
  const bad = (error: string, why: string): OauthError => ({ status: 400, error, why });
  const names = [...fields.keys()];
  if (new Set(names).size < names.length) return bad('invalid_request', 'a parameter occurs twice');
  if (fields.get('grant_type') !== 'client_credentials')
    return bad('unsupported_grant_type', 'grant_type is to be client_credentials');
  if (fields.get('client_assertion_type') !== assertionType)
    return bad('invalid_request', `client_assertion_type is to be ${assertionType}`);
  if (!fields.has('client_assertion'))
    return bad('invalid_request', 'client_assertion is not there');
  return fields.has('scope') ? undefined : bad('invalid_scope', 'scope is not there');
}

function errorOf(reason: AssertionRefusal): OauthError {
  if (reason === 'key-set-unavailable')
    return { status: 503, error: 'temporarily_unavailable', why: 'the key set cannot be fetched' };
  return { status: 401, error: 'invalid_client', why: reason };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', Pragma: 'no-cache' });
  response.end(JSON.stringify(body));
}
