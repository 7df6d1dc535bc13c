import type { Socket } from 'node:net';
import type { Clock, Events } from '../../engine/index.ts';
import { type Answer, type AnswerQueue, createAnswerQueue } from './answer-queue.ts';
import { createFramer, type FrameFlag, type Framer, type FramerLimits } from './framing.ts';

export type ConnectionLimits = FramerLimits & {
  /** From a frame's first byte to its last. */
  readonly frameMs: number;
  /** Without a complete frame. */
  readonly idleMs: number;
};

/** What a connection needs of its listener. */
export type ConnectionHost = {
  readonly channel: string;
  readonly clock: Clock;
  readonly events: Events;
  readonly limits: ConnectionLimits;
  received(raw: Buffer, receivedUs: number, flags: readonly FrameFlag[], answer: Answer): void;
  abandoned(raw: Buffer, receivedUs: number): void;
  tooLarge(evidence: Buffer, receivedUs: number, answer: Answer): void;
  /** Bytes that wait for their landing; negative when they landed. */
  waiting(bytes: number): void;
  /** Bytes kept of unfinished frames; negative when released. */
  holding(bytes: number): void;
  /** The first complete frame. */
  spoke(connection: Connection): void;
  closed(connection: Connection): void;
};

export type Connection = {
  readonly socket: Socket;
  heldBytes(): number;
  /** Pauses reading, or lets it go on, for the sake of the whole listener. */
  holdBack(isHeldBack: boolean): void;
  /** Cuts a sender that is idle or slow. */
  check(nowUs: number): void;
  /** Takes no more, lets answers that are under way go out, then closes. */
  finish(cause: string): void;
  cut(cause: string): void;
};

/** Frames that may wait for their answer on one connection before reading pauses. */
const inFlightMax = 512;
/** Bytes of answers that a sender may leave unread before reading pauses. */
const unreadAnswerBytesMax = 64 * 1024;
/** How long a frame whose last byte so far is FS waits for its CR. */
const endWaitMs = 20;
/** How long a connection that is being closed here waits for the answers it owes. */
const lastAnswersMs = 60_000;
/** How long a closed connection reads on, so that the last answer is not lost to a reset. */
const lingerMs = 1_000;

type State = {
  readonly socket: Socket;
  readonly host: ConnectionHost;
  readonly framer: Framer;
  readonly answers: AnswerQueue;
  phase: 'open' | 'finishing' | 'ended' | 'closed';
  cause: string;
  nowUs: number;
  activeUs: number;
  /** When the unfinished frame began, 0 without one. */
  frameSinceUs: number;
  frames: number;
  heldBytes: number;
  isHeldBack: boolean;
  isPaused: boolean;
  pausedSinceUs: number;
  finishingSinceUs: number;
  cancelEndWait: (() => void) | undefined;
};

/** Serves one sender: bytes to frames, answers back in order, and the limits of both. */
export function serveConnection(socket: Socket, host: ConnectionHost): Connection {
  const nowUs = host.clock.nowUs();
  const state: State = {
    socket,
    host,
    framer: createFramer(
      {
        frame: (raw, flags) => onFrame(state, raw, flags),
        abandoned: (raw) => host.abandoned(raw, state.nowUs),
        junk: (bytes) => refused(state, 'junk-between-frames', bytes),
        broken: (reason, evidence, bytes) => onBroken(state, reason, evidence, bytes),
      },
      host.limits,
    ),
    answers: createAnswerQueue(socket, host, () => onAnswered(state)),
    phase: 'open',
    cause: '',
    nowUs,
    activeUs: nowUs,
    frameSinceUs: 0,
    frames: 0,
    heldBytes: 0,
    isHeldBack: false,
    isPaused: false,
    pausedSinceUs: 0,
    finishingSinceUs: 0,
    cancelEndWait: undefined,
  };
  const connection: Connection = {
    socket,
    heldBytes: () => state.heldBytes,
    holdBack(isHeldBack) {
      state.isHeldBack = isHeldBack;
      updateFlow(state);
    },
    check: (now) => check(state, now),
    finish: (cause) => finish(state, cause),
    cut: (cause) => cut(state, cause),
  };
  listen(state, connection);
  return connection;
}

function listen(state: State, connection: Connection): void {
  const { socket, host } = state;
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  socket.on('data', (chunk: Buffer) => {
    if (state.phase !== 'open') return;
    const wasSilent = state.frames === 0;
    onData(state, chunk);
    if (wasSilent && state.frames > 0) host.spoke(connection);
  });
  socket.on('drain', () => updateFlow(state));
  socket.on('end', () => {
    if (state.phase === 'open') endOfStream(state);
    finish(state, 'peer');
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state.cause ||= error.code === 'ECONNRESET' ? 'reset' : 'socket-error';
  });
  socket.on('close', () => {
    if (state.phase === 'open') endOfStream(state);
    state.phase = 'closed';
    state.cancelEndWait?.();
    releaseHeld(state);
    host.events.emit({
      type: 'connection-closed',
      channel: host.channel,
      cause: state.cause || 'peer',
    });
    host.closed(connection);
  });
}

function onData(state: State, chunk: Buffer): void {
  const { framer, host } = state;
  state.nowUs = host.clock.nowUs();
  state.cancelEndWait?.();
  state.cancelEndWait = undefined;
  const framesBefore = state.frames;
  framer.push(chunk);
  if (!framer.inFrame()) state.frameSinceUs = 0;
  else if (state.frameSinceUs === 0 || state.frames > framesBefore) {
    state.frameSinceUs = state.nowUs;
  }
  trackHeld(state);
  if (framer.endPending()) {
    state.cancelEndWait = host.clock.after(endWaitMs, () => {
      state.nowUs = host.clock.nowUs();
      framer.finish();
      state.frameSinceUs = 0;
      trackHeld(state);
    });
  }
  updateFlow(state);
}

function trackHeld(state: State): void {
  const held = state.framer.heldBytes();
  if (held === state.heldBytes) return;
  const more = held - state.heldBytes;
  state.heldBytes = held;
  state.host.holding(more);
}

function releaseHeld(state: State): void {
  if (state.heldBytes > 0) state.host.holding(-state.heldBytes);
  state.heldBytes = 0;
}

function onFrame(state: State, raw: Buffer, flags: readonly FrameFlag[]): void {
  state.frames += 1;
  state.activeUs = state.nowUs;
  state.host.received(raw, state.nowUs, flags, openAnswer(state, raw.length));
}

function onBroken(state: State, reason: string, evidence: Buffer, bytes: number): void {
  if (reason === 'frame-too-large') {
    const answer = openAnswer(state, evidence.length);
    state.host.tooLarge(evidence, state.nowUs, answer);
  } else {
    refused(state, reason, bytes);
  }
  finish(state, reason);
}

/** The sender closed: what it left unfinished was never acknowledged and stays its own. */
function endOfStream(state: State): void {
  state.nowUs = state.host.clock.nowUs();
  const dropped = state.framer.end();
  if (dropped > 0) refused(state, 'frame-cut', dropped);
  trackHeld(state);
}

function refused(state: State, reason: string, bytes: number): void {
  const { events, channel } = state.host;
  events.emit({ type: 'input-refused', channel, reason, bytes });
}

/** A place in the order of answers; the bytes count as waiting until the answer is there. */
function openAnswer(state: State, waitingBytes: number): Answer {
  const slot = state.answers.open(state.nowUs);
  state.host.waiting(waitingBytes);
  const give: Answer['give'] = (code, bytes) => {
    state.host.waiting(-waitingBytes);
    slot.give(code, bytes);
  };
  const hangUp: Answer['hangUp'] = (cause) => {
    finish(state, cause);
    give('none');
  };
  return { ...slot, give, hangUp };
}

function onAnswered(state: State): void {
  if (state.phase === 'finishing' && hasAnsweredAll(state)) endSocket(state);
  else updateFlow(state);
}

const hasAnsweredAll = ({ answers }: State): boolean => answers.waiting() + answers.owed() === 0;

/** Reads no faster than answers leave (backpressure reaches the sender through TCP). */
function updateFlow(state: State): void {
  if (state.phase === 'closed') return;
  const waiting = state.answers.waiting();
  const isFull = waiting >= (state.isPaused ? inFlightMax / 2 : inFlightMax);
  const isChoked = state.socket.writableLength > unreadAnswerBytesMax;
  const shouldPause = state.phase === 'open' && (isFull || isChoked || state.isHeldBack);
  if (shouldPause === state.isPaused) return;
  state.isPaused = shouldPause;
  if (shouldPause) {
    state.pausedSinceUs = state.host.clock.nowUs();
    state.socket.pause();
  } else {
    // The time in which nobody read is not the sender's.
    if (state.frameSinceUs > 0) state.frameSinceUs = state.host.clock.nowUs();
    state.socket.resume();
  }
}

function check(state: State, nowUs: number): void {
  // A sender that is gone is not waited for as long as its message may wait for its turn.
  const isOver = nowUs - state.finishingSinceUs > lastAnswersMs * 1000;
  if (state.phase === 'finishing' && isOver) endSocket(state);
  if (state.phase !== 'open') return;
  const { frameMs, idleMs } = state.host.limits;
  if (state.isPaused) {
    const isUnread = state.socket.writableLength > unreadAnswerBytesMax;
    if (isUnread && nowUs - state.pausedSinceUs > frameMs * 1000) cut(state, 'answers-unread');
  } else if (state.frameSinceUs > 0) {
    if (nowUs - state.frameSinceUs > frameMs * 1000) {
      refused(state, 'slow-sender', state.heldBytes);
      cut(state, 'slow-sender');
    }
  } else if (hasAnsweredAll(state) && nowUs - state.activeUs > idleMs * 1000) {
    cut(state, 'idle');
  }
}

function finish(state: State, cause: string): void {
  if (state.phase !== 'open') return;
  state.phase = 'finishing';
  state.finishingSinceUs = state.host.clock.nowUs();
  state.cause ||= cause;
  updateFlow(state);
  if (hasAnsweredAll(state)) endSocket(state);
}

function endSocket(state: State): void {
  const { socket, host } = state;
  state.phase = 'ended';
  state.answers.uncork();
  socket.end();
  host.clock.after(lingerMs, () => socket.destroy());
}

function cut(state: State, cause: string): void {
  if (state.phase === 'closed') return;
  state.cause ||= cause;
  releaseHeld(state);
  state.framer.end();
  state.phase = 'closed';
  state.socket.destroy();
}
