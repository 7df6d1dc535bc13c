import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import {
  type Listening,
  limits,
  listenError,
  type Source,
  type SourceContext,
} from '../../engine/index.ts';
import { type Connection, type ConnectionHost, serveConnection } from './connection.ts';
import type { MllpOptions } from './options.ts';
import type { Receiver } from './receiver.ts';
import { clientCheck, tlsSettings } from './tls.ts';

type State = {
  readonly options: MllpOptions;
  readonly context: SourceContext;
  readonly host: ConnectionHost;
  readonly connections: Set<Connection>;
  /** Sockets, TLS handshakes included, in the order in which they came. */
  readonly sockets: Map<string, Socket>;
  /** How to be rid of those that never sent a complete frame; the first of them makes room. */
  readonly silent: Map<string, () => void>;
  waitingBytes: number;
  heldBytes: number;
  isHeldBack: boolean;
  isClosing: boolean;
};

/** Junk in one run past which a peer speaks something else. */
const junkBytesMax = 64 * 1024;
/** How often slow and idle senders are looked for. */
const sweepMsMax = 1_000;

/** The port: admits, limits and watches connections; `receiver` decides what becomes of frames. */
export function createListener(
  options: MllpOptions,
  context: SourceContext,
  receiver: Receiver,
): Source {
  const state: State = {
    options,
    context,
    host: {
      ...receiver,
      channel: context.channel,
      clock: context.clock,
      events: context.events,
      limits: {
        frameBytesMax: options.frameBytesMax,
        evidenceBytes: limits.evidenceBytes,
        junkBytesMax,
        frameMs: options.frameMs,
        idleMs: options.idleMs,
      },
      waiting: (bytes) => onWaiting(state, bytes),
      holding: (bytes) => onHolding(state, bytes),
      spoke: ({ socket }) => void state.silent.delete(peerOf(socket)),
      closed: (connection) => void state.connections.delete(connection),
    },
    connections: new Set(),
    sockets: new Map(),
    silent: new Map(),
    waitingBytes: 0,
    heldBytes: 0,
    isHeldBack: false,
    isClosing: false,
  };
  let server: Server | undefined;
  let stopSweep = () => {};
  return {
    async open() {
      server = createServerFor(state);
      const listening = await listen(server, options, context);
      stopSweep = sweep(state);
      return [listening];
    },
    async close(drainMs) {
      stopSweep();
      await drain(state, server, drainMs);
    },
    connections: () => state.sockets.size,
    answer: receiver.answer,
  };
}

function createServerFor(state: State): Server {
  const { options, context } = state;
  // Half-open, since a sender may close its side before it has read its last answers.
  if (!options.tls) {
    const server = createServer({ allowHalfOpen: true });
    return server.on('connection', (socket) => {
      if (admit(state, socket)) serve(state, socket);
    });
  }
  const refusalOf = clientCheck(options.tls);
  const settings = tlsSettings(options.tls, (path) => context.resolvePath(path));
  const server = createTlsServer({ ...settings, allowHalfOpen: true });
  server.on('connection', (socket) => admit(state, socket));
  server.on('tlsClientError', () => refuse(state, 'tls-handshake-failed'));
  server.on('secureConnection', (socket: TLSSocket) => {
    const refusal = refusalOf(socket);
    if (!refusal) {
      serve(state, socket);
      return;
    }
    refuse(state, refusal);
    socket.on('error', () => {});
    socket.destroy();
  });
  return server;
}

/**
 * Takes a socket in, or refuses it. When all places are taken, the connection that has been silent
 * for longest makes room: sockets that only sit there cannot keep a sender out.
 */
function admit(state: State, socket: Socket): boolean {
  // A socket that breaks before anybody serves it must not take the process with it.
  socket.on('error', () => {});
  const peer = peerOf(socket);
  if (state.isClosing) {
    socket.destroy();
    return false;
  }
  if (state.sockets.size >= state.options.connectionsMax) {
    refuse(state, 'connection-limit');
    const oldest = state.silent.entries().next().value;
    if (!oldest) {
      socket.destroy();
      return false;
    }
    const [oldestPeer, evict] = oldest;
    state.silent.delete(oldestPeer);
    state.sockets.delete(oldestPeer);
    evict();
  }
  state.sockets.set(peer, socket);
  state.silent.set(peer, () => socket.destroy());
  socket.on('close', () => {
    if (state.sockets.get(peer) !== socket) return;
    state.sockets.delete(peer);
    state.silent.delete(peer);
  });
  return true;
}

function serve(state: State, socket: Socket): void {
  const { context } = state;
  context.events.emit({ type: 'connection-opened', channel: context.channel });
  const connection = serveConnection(socket, state.host);
  state.connections.add(connection);
  const peer = peerOf(socket);
  if (state.silent.has(peer)) state.silent.set(peer, () => connection.cut('evicted'));
  if (state.isHeldBack) connection.holdBack(true);
}

function refuse({ context }: State, reason: string): void {
  context.events.emit({ type: 'input-refused', channel: context.channel, reason, bytes: 0 });
}

/** Address and port name a peer on both sides of a TLS socket. */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}

/** Backpressure: while more than the limit waits for a commit nobody is read. */
function onWaiting(state: State, bytes: number): void {
  state.waitingBytes += bytes;
  const bound = state.isHeldBack ? limits.landingBytesMax / 2 : limits.landingBytesMax;
  const shouldHoldBack = state.waitingBytes > bound;
  if (shouldHoldBack === state.isHeldBack) return;
  state.isHeldBack = shouldHoldBack;
  for (const connection of state.connections) connection.holdBack(shouldHoldBack);
}

/** Unfinished frames of all senders together are bounded too: the one that holds most is cut. */
function onHolding(state: State, bytes: number): void {
  state.heldBytes += bytes;
  if (bytes < 0 || state.heldBytes <= limits.landingBytesMax) return;
  let largest: Connection | undefined;
  for (const connection of state.connections) {
    if (!largest || connection.heldBytes() > largest.heldBytes()) largest = connection;
  }
  refuse(state, 'unfinished-frames');
  largest?.cut('unfinished-frames');
}

/** Looks for slow and idle senders: one timer a listener, none a connection or frame. */
function sweep(state: State): () => void {
  const { clock } = state.context;
  const { frameMs, idleMs } = state.options;
  const everyMs = Math.min(sweepMsMax, frameMs, idleMs);
  let cancel = () => {};
  const turn = () => {
    const nowUs = clock.nowUs();
    for (const connection of state.connections) connection.check(nowUs);
    cancel = clock.after(everyMs, turn);
  };
  cancel = clock.after(everyMs, turn);
  return () => cancel();
}

function listen(server: Server, options: MllpOptions, context: SourceContext): Promise<Listening> {
  const { host } = options;
  const port = context.anyPort ? 0 : options.port;
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(listenError(cause, host, port, context.channel));
    });
    server.listen({ host, port, backlog: 1024 }, () => {
      const address = server.address();
      server.removeAllListeners('error');
      // An accept that fails (no file descriptors left) costs that connection only.
      server.on('error', () =>
        context.events.emit({
          type: 'input-refused',
          channel: context.channel,
          reason: 'accept-failed',
          bytes: 0,
        }),
      );
      resolve({
        channel: context.channel,
        kind: options.tls ? 'mllps' : 'mllp',
        host,
        port: typeof address === 'object' && address ? address.port : port,
      });
    });
  });
}

/** Stops accepting, lets answers out, and after `drainMs` cuts what is left. */
async function drain(state: State, server: Server | undefined, drainMs: number): Promise<void> {
  if (!server || state.isClosing) return;
  state.isClosing = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const served = new Set([...state.connections].map(({ socket }) => peerOf(socket)));
  for (const connection of state.connections) connection.finish('drain');
  // Handshakes that are under way have sent nothing that could be lost.
  for (const [peer, socket] of state.sockets) if (!served.has(peer)) socket.destroy();
  const cancel = state.context.clock.after(drainMs, () => {
    for (const connection of state.connections) connection.cut('drain-timeout');
  });
  await closed;
  cancel();
}
