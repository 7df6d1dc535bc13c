import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from '../limits.ts';
import { type Authenticate, credentialsOf, type Denied, type Principal } from './principal.ts';

/** Why a request or a connection was turned away; stable, safe as a metric label. */
export type Refusal = 'unauthorized' | 'forbidden' | 'body-too-large' | 'too-many-connections';

/** How a refusal reads to this listener's callers, e.g. an OperationOutcome for FHIR. */
export type RefusalBody = { readonly type: string; readonly text: string };

export type GuardOptions = {
  readonly authenticate: Authenticate;
  /**
   * Paths that GET and HEAD may have without a sign-in, compared byte for byte, no query counted.
   */
  readonly publicPaths: ReadonlySet<string>;
  readonly bodyBytesMax: number;
  /** Requests whose handler takes the body in as it comes, however long, and limits its parts. */
  readonly streams?: (request: IncomingMessage) => boolean;
  readonly isTls: boolean;
  readonly refusalBody?: (refusal: Refusal, path: string) => RefusalBody;
  /** `why` with a request of somebody who may not, as far as that is known. */
  readonly refused?: (refusal: Refusal, why?: Denied) => void;
  /** May this principal do this at all? Asked before a body is read. */
  readonly authorize?: (principal: Principal, request: Asked) => Denied | undefined;
};

/** What a request asks for, as its first line says it. */
export type Asked = { readonly method: string; readonly path: string };

/** What the guard lets through. */
export type Admitted = { readonly principal?: Principal };

const statusOf = {
  unauthorized: [401, 'Unauthorized', 'sign in with a bearer token'],
  forbidden: [403, 'Forbidden', 'this sign-in does not allow it'],
  'body-too-large': [413, 'Content Too Large', 'the body is over the limit of this listener'],
  'too-many-connections': [503, 'Service Unavailable', 'too many connections'],
} as const;

/** What goes with every 401 (RFC 6750, section 3). */
export const challenge = 'Bearer realm="plexus"';

/** Defaults on every answer; a handler may replace one by naming it (the console's page does). */
const securityHeaders: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cache-Control', 'no-store'],
];

/**
 * Decides on headers alone whether a request may go on; else it has been answered, and nothing of
 * its body was looked at. Undefined means refused.
 */
export async function admit(
  request: IncomingMessage,
  response: ServerResponse,
  options: GuardOptions,
): Promise<Admitted | undefined> {
  setSecurityHeaders(response, options);
  const admitted = await identify(request, options);
  if ('denied' in admitted) return refuse(request, response, admitted.denied, options, admitted);
  if (declaredBytes(request) > options.bodyBytesMax && !options.streams?.(request)) {
    return refuse(request, response, 'body-too-large', options);
  }
  return admitted;
}

export function setSecurityHeaders(response: ServerResponse, { isTls }: GuardOptions): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
  if (isTls) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
}

/** Public path, or a known sender who may do this; why not for everybody else. */
export async function identify(
  request: IncomingMessage,
  options: GuardOptions,
): Promise<Admitted | Denied> {
  const { method = '' } = request;
  const path = pathOf(request);
  const credentials = credentialsOf(request);
  const verdict = await options.authenticate(credentials);
  if (verdict !== undefined && !('denied' in verdict))
    return options.authorize?.(verdict, { method, path }) ?? { principal: verdict };
  if ((method === 'GET' || method === 'HEAD') && options.publicPaths.has(path)) return {};
  if (verdict !== undefined) return verdict;
  const reason = credentials.token === undefined ? 'credentials-missing' : 'token-unknown';
  return { denied: 'unauthorized', reason };
}

/** The path as it was sent; what is not written exactly like a public path is not public. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** An answer on a bare socket, for upgrades and CONNECT, which have no response object. */
export function refusalBytes(status: number, reason: string): string {
  const line = status === 401 ? `WWW-Authenticate: ${challenge}\r\n` : '';
  const head = `HTTP/1.1 ${status} ${reason}\r\n${line}`;
  return `${head}Connection: close\r\nContent-Length: 0\r\n\r\n`;
}

function declaredBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** The body that a refusal carries unless the listener has a language of its own. */
export function refusalBody(refusal: Refusal, path: string, options: GuardOptions): RefusalBody {
  if (options.refusalBody) return options.refusalBody(refusal, path);
  return plainRefusal(refusal);
}

/** A refusal as the JSON that `/api` speaks. */
export function plainRefusal(refusal: Refusal): RefusalBody {
  const error = { code: refusal, message: statusOf[refusal][2] };
  return { type: 'application/json', text: JSON.stringify({ error }) };
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  options: GuardOptions,
  why?: Denied,
): undefined {
  options.refused?.(refusal, why);
  const { type, text } = refusalBody(refusal, pathOf(request), options);
  if (refusal === 'unauthorized') response.setHeader('WWW-Authenticate', challenge);
  // A sender that waits for "100 Continue" will send no body; the connection cannot go on.
  if (request.headers.expect) response.setHeader('Connection', 'close');
  response.writeHead(statusOf[refusal][0], { 'Content-Type': type });
  response.end(text);
  discardBody(request);
  return undefined;
}

/**
 * Throws away what a refused sender still sends, for a short while: closing at once would reset the
 * connection and take the answer with it. Whoever goes on longer is cut off.
 */
function discardBody(request: IncomingMessage): void {
  if (request.complete) return;
  const bytesMax = limits.httpDiscardBytesMax;
  let bytes = 0;
  const cutOff = () => {
    request.pause();
    request.socket.destroySoon();
  };
  const timer = setTimeout(cutOff, limits.httpDiscardMs);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    const before = bytes;
    bytes += chunk.length;
    if (before <= bytesMax && bytes > bytesMax) cutOff();
  });
  const done = () => clearTimeout(timer);
  request.on('end', done);
  request.on('error', done);
  request.on('close', done);
}
