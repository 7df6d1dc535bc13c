import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Clock } from '../../engine/index.ts';
import { createReplyReader, type Reply, type ReplyReader } from './reply.ts';

export type Target = {
  readonly host: string;
  readonly port: number;
  readonly tls?: ConnectionOptions;
  readonly connectMs: number;
  readonly ackMs: number;
  /** False closes the connection after each answer, for receivers that can do no more. */
  readonly keepOpen: boolean;
};

/** What became of one message. */
export type Exchange =
  | { readonly kind: 'answered'; readonly reply: Reply }
  /** Nothing was sent. */
  | { readonly kind: 'unreachable'; readonly cause: string }
  /** It was sent; whether the peer has it nobody knows. */
  | { readonly kind: 'unanswered'; readonly cause: string };

export type Peer = {
  /**
   * Sends one message and waits for the answer that names it; for one without a control id of its
   * own (a batch, a probe) the next answer counts. Never called twice at once.
   */
  exchange(raw: Buffer, controlId: string | undefined): Promise<Exchange>;
  close(): void;
};

type Connection = {
  readonly socket: Socket;
  readonly replies: ReplyReader;
  /** The message that waits for its answer. */
  waiting: { controlId: string | undefined; settle(exchange: Answered): void } | undefined;
  /**
   * It has given a wrong answer or none: never used again, so that no answer counts for another.
   */
  isSpent: boolean;
};

type Answered = Exclude<Exchange, { kind: 'unreachable' }>;

type State = {
  readonly target: Target;
  readonly clock: Clock;
  /** An acknowledgement came that nobody waits for: too late, or of another message (G7). */
  readonly onStray: () => void;
  connection: Connection | undefined;
  isClosed: boolean;
};

/** One receiver, over one connection at a time, with one message under way. */
export function createPeer(target: Target, clock: Clock, onStray: () => void): Peer {
  const state: State = { target, clock, onStray, connection: undefined, isClosed: false };
  return {
    async exchange(raw, controlId) {
      if (state.connection?.isSpent) drop(state, state.connection);
      if (!state.connection) {
        const opened = await open(state);
        if (typeof opened === 'string') return { kind: 'unreachable', cause: opened };
        state.connection = opened;
      }
      const connection = state.connection;
      const exchange = await send(state, connection, raw, controlId);
      if (exchange.kind !== 'answered') connection.isSpent = true;
      if (!target.keepOpen && exchange.kind === 'answered') drop(state, connection);
      return exchange;
    },
    close() {
      state.isClosed = true;
      if (state.connection) drop(state, state.connection);
    },
  };
}

function drop(state: State, connection: Connection): void {
  connection.isSpent = true;
  connection.waiting?.settle({ kind: 'unanswered', cause: 'closed' });
  connection.socket.destroy();
  if (state.connection === connection) state.connection = undefined;
}

/** Connects; answers with a stable cause when it cannot. */
function open(state: State): Promise<Connection | string> {
  const { host, port, tls, connectMs } = state.target;
  if (state.isClosed) return Promise.resolve('closed');
  const socket = tls ? connectTls({ ...tls, host, port }) : connectTcp({ host, port });
  const connection: Connection = {
    socket,
    replies: createReplyReader(),
    waiting: undefined,
    isSpent: false,
  };
  return new Promise((resolve) => {
    const cancel = state.clock.after(connectMs, () => fail('connect-timeout'));
    const fail = (cause: string) => {
      cancel();
      socket.destroy();
      resolve(cause);
    };
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      cancel();
      listen(state, connection);
      resolve(connection);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(causeOf(error)));
    socket.once('close', () => fail('connection-closed'));
  });
}

function causeOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection-refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'host-not-found';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'host-unreachable';
    case 'ETIMEDOUT':
      return 'connect-timeout';
    default:
      return 'connection-failed';
  }
}

function listen(state: State, connection: Connection): void {
  const { socket, replies } = connection;
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  socket.on('data', (chunk: Buffer) => {
    for (const reply of replies.push(chunk)) onReply(state, connection, reply);
    if (replies.isOverrun()) fail(connection, 'answer-unreadable');
  });
  socket.on('close', () => {
    connection.isSpent = true;
    connection.waiting?.settle({ kind: 'unanswered', cause: 'connection-lost' });
  });
}

function fail(connection: Connection, cause: string): void {
  connection.isSpent = true;
  connection.waiting?.settle({ kind: 'unanswered', cause });
  connection.socket.destroy();
}

function onReply(state: State, connection: Connection, reply: Reply | undefined): void {
  const { waiting } = connection;
  if (!reply) {
    fail(connection, 'answer-unreadable');
  } else if (waiting && reply.controlId === (waiting.controlId ?? reply.controlId)) {
    waiting.settle({ kind: 'answered', reply });
  } else {
    // The wrong message, or too late: it counts for none, and after it the connection for nothing.
    state.onStray();
    connection.isSpent = true;
    if (!waiting) connection.socket.destroy();
  }
}

function send(
  state: State,
  connection: Connection,
  raw: Buffer,
  controlId: string | undefined,
): Promise<Answered> {
  const { clock, target } = state;
  return new Promise((resolve) => {
    const cancel = clock.after(target.ackMs, () =>
      connection.waiting?.settle({ kind: 'unanswered', cause: 'ack-timeout' }),
    );
    connection.waiting = {
      controlId,
      settle(exchange) {
        cancel();
        connection.waiting = undefined;
        resolve(exchange);
      },
    };
    if (connection.socket.destroyed) {
      connection.waiting.settle({ kind: 'unanswered', cause: 'connection-lost' });
    } else {
      connection.socket.write(frame(raw));
    }
  });
}

/** `<VT> bytes <FS><CR>` in one buffer, so that it leaves in one write. */
export function frame(raw: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(raw.length + 3);
  framed[0] = 0x0b;
  raw.copy(framed, 1);
  framed[raw.length + 1] = 0x1c;
  framed[raw.length + 2] = 0x0d;
  return framed;
}
