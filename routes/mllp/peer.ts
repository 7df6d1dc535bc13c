import type { Socket } from 'node:net';
import type { Clock, SinkContext } from '../../engine/index.ts';
import { frame } from '../../transforms/hl7v2/index.ts';
import { createCourse } from './course.ts';
import { dial } from './dial.ts';
import type { Exchange, Target, Wants } from './exchange.ts';
import { createFollowing, type Following } from './following.ts';
import type { TargetOptions } from './options.ts';
import { createReplyReader, type Reply, type ReplyReader } from './reply.ts';
import { tlsSettings } from './tls.ts';

export type Peer = {
  /**
   * Sends one message and waits for the answer that names it; for one without a control id of its
   * own (a batch, a probe) the next answer counts. `wants`: in enhanced mode. Never called twice at
   * once.
   */
  exchange(raw: Buffer, controlId: string | undefined, wants?: Wants): Promise<Exchange>;
  close(): void;
};

/** What the peer says beside the answers that are waited for. */
export type Aside = {
  /** An acknowledgement came that nobody waits for: too late, or of another message (G7). */
  onStray(): void;
  /** The application acknowledgement of a message that was accepted before. */
  onFollowing(reply: Reply): void;
};

type Connection = {
  readonly socket: Socket;
  readonly replies: ReplyReader;
  /** The message that waits for its answer. */
  waiting: Waiting | undefined;
  /** Messages of this connection that were accepted, and what came of them. */
  readonly following: Following;
  /**
   * It has given a wrong answer or none: never used again, so that no answer counts for another.
   */
  isSpent: boolean;
};

type Waiting = {
  readonly controlId: string | undefined;
  hear(reply: Reply): void;
  settle(exchange: Answered): void;
};

type Answered = Exclude<Exchange, { kind: 'unreachable' }>;

type State = Aside & {
  readonly target: Target;
  readonly clock: Clock;
  connection: Connection | undefined;
  isClosed: boolean;
};

/** The receiver that a route's options name. Throws PlexusError `tls-file-unreadable`. */
export function openPeer(
  { tls, ...target }: TargetOptions & Pick<Target, 'applicationMs'>,
  context: SinkContext,
): Peer {
  const { channel, destination, clock, events } = context;
  return createPeer(tls ? { ...target, tls: tlsSettings(tls, context) } : target, clock, {
    onStray: () => events.emit({ type: 'late-ack', channel, destination }),
    onFollowing: ({ code }) => events.emit({ type: 'application-ack', channel, destination, code }),
  });
}

/** One receiver, over one connection at a time, with one message under way. */
export function createPeer(target: Target, clock: Clock, aside: Aside): Peer {
  const state: State = { ...aside, target, clock, connection: undefined, isClosed: false };
  return {
    async exchange(raw, controlId, wants) {
      if (state.connection?.isSpent) drop(state, state.connection);
      const known = state.connection?.following.take(raw, controlId);
      if (known) return { kind: 'answered', reply: known, isAccepted: true };
      if (!state.connection) {
        const opened = await open(state);
        if (typeof opened === 'string') return { kind: 'unreachable', cause: opened };
        state.connection = opened;
      }
      const connection = state.connection;
      const exchange = await send(state, connection, raw, controlId, wants);
      if (exchange.kind === 'unanswered') connection.isSpent = true;
      else if (!target.keepOpen) drop(state, connection);
      return exchange;
    },
    close() {
      state.isClosed = true;
      if (state.connection) drop(state, state.connection);
    },
  };
}

/** An application acknowledgement may come yet, by itself. */
function mayFollow(exchange: Answered, wants: Wants | undefined): boolean {
  if (!wants || wants.application === 'NE') return false;
  const { kind } = exchange;
  return kind === 'accepted' || kind === 'unasked' || (kind === 'answered' && isCa(exchange.reply));
}

const isCa = ({ code }: Reply): boolean => code === 'CA';

function drop(state: State, connection: Connection): void {
  connection.isSpent = true;
  connection.waiting?.settle({ kind: 'unanswered', cause: 'closed' });
  connection.socket.destroy();
  if (state.connection === connection) state.connection = undefined;
}

async function open(state: State): Promise<Connection | string> {
  if (state.isClosed) return 'closed';
  const socket = await dial(state.target, state.clock);
  if (typeof socket === 'string') return socket;
  const connection: Connection = {
    socket,
    replies: createReplyReader(),
    waiting: undefined,
    following: createFollowing(),
    isSpent: false,
  };
  listen(state, connection);
  return connection;
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
    waiting.hear(reply);
  } else if (connection.following.hear(reply)) {
    state.onFollowing(reply);
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
  wants: Wants | undefined,
): Promise<Answered> {
  return new Promise((resolve) => {
    const course = createCourse(state, wants, (exchange) => {
      connection.waiting = undefined;
      // At once: what follows may have come in the same packet.
      if (controlId !== undefined && mayFollow(exchange, wants))
        connection.following.expect(raw, controlId);
      resolve(exchange);
    });
    connection.waiting = { controlId, ...course };
    if (connection.socket.destroyed) {
      course.settle({ kind: 'unanswered', cause: 'connection-lost' });
    } else {
      connection.socket.write(frame(raw), () => course.written());
    }
  });
}
