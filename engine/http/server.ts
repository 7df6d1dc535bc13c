import {
  createServer,
  type IncomingMessage,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { listenError } from '../errors.ts';
import { limits as engineLimits } from '../limits.ts';
import {
  type Admitted,
  type Asked,
  admit,
  type GuardOptions,
  identify,
  pathOf,
  type Refusal,
  type RefusalBody,
  refusalBody,
  refusalBytes,
  setSecurityHeaders,
} from './guard.ts';
import type { Authenticate, Denied, Principal } from './principal.ts';
import type { SmartServer } from './smart/index.ts';

/** What a Hono handler finds in `c.env`: `new Hono<HttpEnv>()`. */
export type HttpEnv = {
  Bindings: { principal?: Principal; incoming?: IncomingMessage; outgoing?: ServerResponse };
};

export type HttpApp = {
  fetch(request: Request, env: HttpEnv['Bindings']): Response | Promise<Response>;
};

export type Tls = {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  readonly ca?: string | Buffer;
  /** Mutual TLS: a sender without a certificate of `ca` does not get through the handshake. */
  readonly requireClientCertificate?: boolean;
};

export type HttpLimits = {
  readonly bodyBytesMax: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly connectionsMax: number;
};

/** Takes over a socket (a WebSocket) once its sender is known. */
export type Upgrade = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  principal: Principal,
) => void;

export type HttpOptions = {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly app: HttpApp;
  readonly authenticate: Authenticate;
  readonly publicPaths?: Iterable<string>;
  readonly tls?: Tls;
  readonly limits?: Partial<HttpLimits>;
  readonly upgrades?: Readonly<Record<string, Upgrade>>;
  /** The path is for listeners that speak more than one language. */
  readonly refusalBody?: (refusal: Refusal, path: string) => RefusalBody;
  /** Called for every request and connection that was turned away. */
  readonly refused?: (refusal: Refusal, why?: Denied) => void;
  /** May this principal do this at all? Asked before a body is read. */
  readonly authorize?: (principal: Principal, request: Asked) => Denied | undefined;
  /** Requests whose handler takes the body in as it comes; `bodyBytesMax` is not for them. */
  readonly streams?: GuardOptions['streams'];
  /** Where programs get their tokens; its paths are open to strangers. */
  readonly smart?: SmartServer;
};

export type HttpServer = {
  readonly host: string;
  readonly port: number;
  /** Stops accepting, lets answers under way go out for `drainMs`, then cuts the rest off. */
  close(drainMs: number): Promise<void>;
};

/**
 * The one way in which Plexus serves HTTP: token (or client certificate) to Principal before a body
 * is read, limits on time, size and number, security headers, an orderly end. Everything but
 * `publicPaths` answers 401 to a stranger, whatever the method and whether or not the path exists.
 * Throws PlexusError `port-in-use`, `port-forbidden` or `listen-failed`.
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const limits = { ...defaultLimits, ...options.limits };
  const guard: GuardOptions = {
    authenticate: options.authenticate,
    publicPaths: new Set(options.publicPaths ?? []),
    bodyBytesMax: limits.bodyBytesMax,
    isTls: options.tls !== undefined,
    ...(options.refusalBody ? { refusalBody: options.refusalBody } : {}),
    ...(options.refused ? { refused: options.refused } : {}),
    ...(options.streams ? { streams: options.streams } : {}),
    ...(options.authorize ? { authorize: options.authorize } : {}),
  };
  const server = createNodeServer(options.tls, limits);
  server.maxConnections = limits.connectionsMax;
  server.on('drop', () => options.refused?.('too-many-connections'));
  // Who fails the handshake (a certificate demanded and not shown) is turned away like others.
  server.on('tlsClientError', () =>
    options.refused?.('unauthorized', { denied: 'unauthorized', reason: 'tls-handshake' }),
  );
  handleRequests(server, options, guard);
  const upgraded = handleUpgrades(server, options.upgrades ?? {}, guard);
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  return { host: options.host, port, close: (drainMs) => close(server, upgraded, drainMs) };
}

const defaultLimits: HttpLimits = {
  bodyBytesMax: engineLimits.bodyBytesMax,
  headersMs: engineLimits.httpHeadersMs,
  requestMs: engineLimits.httpRequestMs,
  keepAliveMs: engineLimits.httpKeepAliveMs,
  connectionsMax: engineLimits.connectionsMax,
};

type NodeServer = ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>;

function createNodeServer(tls: Tls | undefined, limits: HttpLimits): NodeServer {
  const timing: ServerOptions = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
  };
  if (!tls) return createServer(timing);
  if (tls.requireClientCertificate && tls.ca === undefined) {
    throw new Error('client certificates are demanded but no authority is named to sign them');
  }
  return createTlsServer({
    ...timing,
    minVersion: 'TLSv1.2',
    key: tls.key,
    cert: tls.cert,
    ...(tls.ca === undefined ? {} : { ca: tls.ca, requestCert: true }),
    rejectUnauthorized: tls.requireClientCertificate ?? false,
  });
}

function handleRequests(
  server: NodeServer,
  { app, smart }: HttpOptions,
  guard: GuardOptions,
): void {
  const admissions = new WeakMap<IncomingMessage, Admitted>();
  const inner = withBodyLimit(app, guard);
  const answer = getRequestListener((request, env) => {
    const incoming = env.incoming as IncomingMessage;
    const { principal } = admissions.get(incoming) ?? {};
    return inner.fetch(request, { ...env, ...(principal ? { principal } : {}) } as never);
  });
  const onRequest = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const path = pathOf(incoming);
    if (smart?.owns(path)) {
      setSecurityHeaders(outgoing, guard);
      if (incoming.headers.expect !== undefined) outgoing.writeContinue();
      return smart.answer(incoming, outgoing, path);
    }
    const admitted = await admit(incoming, outgoing, guard);
    if (!admitted) return;
    if (/^100-continue$/i.test(incoming.headers.expect ?? '')) outgoing.writeContinue();
    admissions.set(incoming, admitted);
    await answer(incoming, outgoing);
  };
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    onRequest(incoming, outgoing).catch(() => outgoing.destroy());
  };
  server.on('request', handle);
  // Left to itself Node would say "100 Continue", and so ask a stranger for the body.
  server.on('checkContinue', handle);
}

/** Counts a body of undeclared length as it comes; a declared one was judged by its header. */
function withBodyLimit(app: HttpApp, guard: GuardOptions): HttpApp {
  const counted = new Hono<HttpEnv>();
  const onError = (c: Context) => {
    guard.refused?.('body-too-large');
    const { type, text } = refusalBody('body-too-large', c.req.path, guard);
    return new Response(text, { status: 413, headers: { 'Content-Type': type } });
  };
  counted.use(bodyLimit({ maxSize: guard.bodyBytesMax, onError }));
  counted.all('*', (c) => app.fetch(c.req.raw, c.env));
  return {
    fetch: (request, env) =>
      env.incoming?.headers['transfer-encoding'] === undefined || guard.streams?.(env.incoming)
        ? app.fetch(request, env)
        : counted.fetch(request, env),
  };
}

function handleUpgrades(
  server: NodeServer,
  upgrades: Readonly<Record<string, Upgrade>>,
  guard: GuardOptions,
): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  const decide = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const admitted = await identify(request, guard);
    const principal = 'denied' in admitted ? undefined : admitted.principal;
    if (!principal) {
      const why = 'denied' in admitted ? admitted : undefined;
      guard.refused?.(why?.denied ?? 'unauthorized', why);
    }
    const path = pathOf(request);
    const upgrade = Object.hasOwn(upgrades, path) ? upgrades[path] : undefined;
    if ('denied' in admitted && admitted.denied === 'forbidden')
      socket.end(refusalBytes(403, 'Forbidden'));
    else if (!principal) socket.end(refusalBytes(401, 'Unauthorized'));
    else if (!upgrade) socket.end(refusalBytes(404, 'Not Found'));
    else upgrade(request, socket, head, principal);
  };
  const handle = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    decide(request, socket, head).catch(() => socket.destroy());
  };
  server.on('upgrade', handle);
  server.on('connect', handle);
  return open;
}

function listen(server: NetServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port));
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      // From here on the only error is an accept that failed for want of descriptors.
      server.on('error', () => server.emit('drop'));
      resolve();
    });
  });
}

async function close(
  server: NodeServer,
  upgraded: ReadonlySet<Duplex>,
  drainMs: number,
): Promise<void> {
  const cutOff = setTimeout(() => {
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
  }, drainMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // An answer that goes out now leaves its connection idle, which nobody else would close.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  // A live stream has no end of its own: it is told to close and, within the time, does.
  for (const socket of upgraded) (socket as Socket).end();
  await closed;
  clearInterval(sweep);
  clearTimeout(cutOff);
}
