import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { refusalBytes } from '../../engine/http/index.ts';
import type { Clock, Event, Events } from '../../engine/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { createWish, type Wish } from './wish.ts';

export type LiveOptions = {
  readonly events: Events;
  readonly clock: Clock;
  readonly snapshot: () => Snapshot | undefined;
};

export type Live = {
  /** Takes over the socket of a sender who has signed in. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  lookersOn(): number;
  close(): void;
};

/** The protocol a browser offers beside its token; the server agrees to this one alone. */
export const eventsProtocol = 'plexus.events';

export const liveLimits = {
  /** Everybody who looks on costs a copy of the stream. */
  lookersMax: 32,
  /** Events go out in frames, so often; a person sees no difference and the engine does. */
  frameMs: 100,
  stateMs: 1_000,
  /**
   * Bytes that may wait for a slow reader; past it events are dropped, and their number is told.
   */
  bufferedBytesMax: 256 * 1024,
  /** A peer that answers no ping is gone. */
  pingMs: 30_000,
} as const;

type LookerOn = {
  readonly socket: WebSocket;
  readonly wish: Wish;
  readonly waiting: string[];
  readonly leave: () => void;
  dropped: number;
  isAlive: boolean;
};

/**
 * The live stream on `/api/events`. Frames are JSON: `{type:'events', dropped, events:[Event]}` at
 * most every 100 ms, and with `?state=1` `{type:'state', atUs, channels, quarantine, conservation}`
 * every second. What a looker-on cannot take in is dropped and counted, never kept: nobody who
 * looks on can make the engine grow or wait.
 */
export function createLive({ events, clock, snapshot }: LiveOptions): Live {
  const lookers = new Set<LookerOn>();
  let server: WebSocketServer | undefined;
  const stopListening = events.subscribe((event) => {
    if (lookers.size > 0) offer(lookers, event);
  });
  let stopTimers: readonly (() => void)[] = [];
  const startTimers = () => [
    every(clock, liveLimits.frameMs, () => {
      for (const looker of lookers) sendEvents(looker);
    }),
    every(clock, liveLimits.stateMs, () => sendState(lookers, snapshot())),
    every(clock, liveLimits.pingMs, () => {
      for (const looker of lookers) ping(looker);
    }),
  ];
  const rest = () => {
    for (const stop of stopTimers) stop();
    stopTimers = [];
  };
  const join = (socket: WebSocket, wish: Wish) => {
    const leave = wish.isCostly ? events.watch() : () => {};
    const looker: LookerOn = { socket, wish, waiting: [], leave, dropped: 0, isAlive: true };
    if (lookers.size === 0) stopTimers = startTimers();
    lookers.add(looker);
    socket.on('pong', () => {
      looker.isAlive = true;
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      lookers.delete(looker);
      leave();
      if (lookers.size === 0) rest();
    });
    if (wish.state) sendState(new Set([looker]), snapshot());
  };
  return {
    upgrade(request, socket, head) {
      const wish = createWish(request.url ?? '');
      if (!wish || lookers.size >= liveLimits.lookersMax) {
        socket.end(
          wish ? refusalBytes(503, 'Service Unavailable') : refusalBytes(400, 'Bad Request'),
        );
        return;
      }
      server ??= openServer();
      server.handleUpgrade(request, socket, head, (accepted) => join(accepted, wish));
    },
    lookersOn: () => lookers.size,
    close() {
      stopListening();
      rest();
      for (const { socket } of lookers) socket.close(1001, 'the engine stops');
    },
  };
}

/** Loaded when somebody looks on. */
function openServer(): WebSocketServer {
  const ws = createRequire(import.meta.url)('ws') as typeof import('ws');
  return new ws.WebSocketServer({
    noServer: true,
    maxPayload: 1024,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(eventsProtocol) ? eventsProtocol : false),
  });
}

function every(clock: Clock, periodMs: number, work: () => void): () => void {
  let stop = clock.after(periodMs, function again() {
    stop = clock.after(periodMs, again);
    work();
  });
  return () => stop();
}

/** One event for everybody who wants it; it is written as JSON at most once. */
function offer(lookers: ReadonlySet<LookerOn>, event: Event): void {
  let json: string | undefined;
  for (const looker of lookers) {
    if (!looker.wish.wants(event)) continue;
    if (looker.waiting.length >= looker.wish.frameEventsMax) {
      looker.dropped += 1;
      continue;
    }
    json ??= JSON.stringify(event);
    looker.waiting.push(json);
  }
}

function sendEvents(looker: LookerOn): void {
  const { socket, waiting, dropped } = looker;
  if (waiting.length === 0 && dropped === 0) return;
  if (socket.bufferedAmount > liveLimits.bufferedBytesMax) return;
  socket.send(`{"type":"events","dropped":${dropped},"events":[${waiting.join(',')}]}`);
  looker.dropped = 0;
  waiting.length = 0;
}

const groupsShown = 200;

function sendState(lookers: ReadonlySet<LookerOn>, snapshot: Snapshot | undefined): void {
  if (!snapshot) return;
  let json: string | undefined;
  for (const { socket, wish } of lookers) {
    if (!wish.state || socket.bufferedAmount > liveLimits.bufferedBytesMax) continue;
    const quarantine = snapshot.quarantine.slice(0, groupsShown);
    json ??= JSON.stringify({ type: 'state', ...snapshot, quarantine });
    socket.send(json);
  }
}

function ping(looker: LookerOn): void {
  if (!looker.isAlive) looker.socket.terminate();
  looker.isAlive = false;
  looker.socket.ping();
}
