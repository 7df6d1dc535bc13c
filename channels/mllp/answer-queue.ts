import type { Socket } from 'node:net';
import type { Clock, Events } from '../../engine/index.ts';

/** The answer to one frame. */
export type Answer = {
  /** Called once. Without bytes the sender gets none. */
  give(code: string, bytes?: Buffer): void;
  /** Another answer will follow; the connection waits for it. Called before `give`. */
  owe(): void;
  /** The other answer, never before the first. False when the sender is gone. */
  follow(code: string, bytes?: Buffer): boolean;
  /** Gives none, and closes the connection for this cause once the others are answered. */
  hangUp(cause: string): void;
};

/** What the queue does of an answer. */
export type Slot = Omit<Answer, 'hangUp'>;

export type AnswerQueue = {
  /** A place in the order; `receivedUs` is when the frame's last byte came. */
  open(receivedUs: number): Slot;
  /** Frames without an answer yet. */
  waiting(): number;
  /** Answers that are to follow, none once the sender has closed its side. */
  owed(): number;
  /** Hands what is written to the kernel now. */
  uncork(): void;
};

type Said = { readonly code: string; readonly bytes: Buffer | undefined };

type Entry = {
  readonly receivedUs: number;
  state: 'open' | 'given' | 'written';
  /** What is to be written: the answer, and the one that followed before that could be. */
  readonly said: Said[];
};

type State = {
  readonly socket: Socket;
  readonly context: { readonly channel: string; readonly clock: Clock; readonly events: Events };
  readonly answered: () => void;
  /** `slots[head]` is the oldest frame without an answer. */
  readonly slots: Entry[];
  head: number;
  owed: number;
  isCorked: boolean;
  readonly uncork: () => void;
};

const compactAt = 512;

/**
 * Answers leave in the order of their frames, whenever each is ready; those that one commit made
 * ready leave in one write. `answered` is called after each write-out.
 */
export function createAnswerQueue(
  socket: Socket,
  context: State['context'],
  answered: () => void,
): AnswerQueue {
  const state: State = {
    socket,
    context,
    answered,
    slots: [],
    head: 0,
    owed: 0,
    isCorked: false,
    uncork() {
      if (!state.isCorked) return;
      state.isCorked = false;
      socket.uncork();
    },
  };
  return {
    open(receivedUs) {
      const entry: Entry = { receivedUs, state: 'open', said: [] };
      state.slots.push(entry);
      return slotOf(state, entry);
    },
    waiting: () => state.slots.length - state.head,
    owed: () => (isThere(state) ? state.owed : 0),
    uncork: state.uncork,
  };
}

/** Who has closed its side may read its answers yet; nobody can tell, and it waits for none. */
const isThere = ({ socket }: State): boolean => socket.writable && !socket.readableEnded;

function slotOf(state: State, entry: Entry): Slot {
  return {
    give(code, bytes) {
      entry.said.push({ code, bytes });
      entry.state = 'given';
      if (state.slots[state.head] === entry) writeReady(state);
    },
    owe() {
      state.owed += 1;
    },
    follow(code, bytes) {
      state.owed -= 1;
      if (!isThere(state)) return false;
      entry.said.push({ code, bytes });
      if (entry.state === 'written') {
        cork(state);
        write(state, entry, state.context.clock.nowUs());
      }
      state.answered();
      return true;
    },
  };
}

function writeReady(state: State): void {
  const { slots } = state;
  cork(state);
  const nowUs = state.context.clock.nowUs();
  let entry = slots[state.head];
  while (entry && entry.state !== 'open') {
    write(state, entry, nowUs);
    state.head += 1;
    entry = slots[state.head];
  }
  if (state.head === slots.length || state.head > compactAt) {
    slots.splice(0, state.head);
    state.head = 0;
  }
  state.answered();
}

function cork(state: State): void {
  if (!state.socket.writable || state.isCorked) return;
  state.isCorked = true;
  state.socket.cork();
  process.nextTick(state.uncork);
}

function write({ socket, context }: State, entry: Entry, nowUs: number): void {
  const { channel, events } = context;
  entry.state = 'written';
  const isWritable = socket.writable;
  for (const { code, bytes } of entry.said.splice(0)) {
    if (!isWritable || !bytes) continue;
    socket.write(bytes);
    const latencyMs = (nowUs - entry.receivedUs) / 1000;
    events.emit({ type: 'acknowledged', channel, code, latencyMs });
  }
}
