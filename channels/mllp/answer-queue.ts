import type { Socket } from 'node:net';
import type { Clock, Events } from '../../engine/index.ts';

/** Gives the answer to one frame; called once. Without bytes the sender gets none. */
export type Answer = (code: string, bytes?: Buffer) => void;

export type AnswerQueue = {
  /** A place in the order; `receivedUs` is when the frame's last byte came. */
  open(receivedUs: number): Answer;
  /** Frames without an answer yet. */
  waiting(): number;
  /** Hands what is written to the kernel now. */
  uncork(): void;
};

type Slot = { readonly receivedUs: number; code: string; bytes: Buffer | undefined; done: boolean };

type State = {
  readonly socket: Socket;
  readonly context: { readonly channel: string; readonly clock: Clock; readonly events: Events };
  readonly answered: () => void;
  /** `slots[head]` is the oldest frame without an answer. */
  readonly slots: Slot[];
  head: number;
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
    isCorked: false,
    uncork() {
      if (!state.isCorked) return;
      state.isCorked = false;
      socket.uncork();
    },
  };
  return {
    open(receivedUs) {
      const slot: Slot = { receivedUs, code: '', bytes: undefined, done: false };
      state.slots.push(slot);
      return (code, bytes) => {
        slot.code = code;
        slot.bytes = bytes;
        slot.done = true;
        if (state.slots[state.head] === slot) writeReady(state);
      };
    },
    waiting: () => state.slots.length - state.head,
    uncork: state.uncork,
  };
}

function writeReady(state: State): void {
  const { socket, slots, context } = state;
  const isWritable = socket.writable;
  if (isWritable && !state.isCorked) {
    state.isCorked = true;
    socket.cork();
    process.nextTick(state.uncork);
  }
  const nowUs = context.clock.nowUs();
  let slot = slots[state.head];
  while (slot?.done) {
    if (isWritable && slot.bytes) {
      socket.write(slot.bytes);
      context.events.emit({
        type: 'acknowledged',
        channel: context.channel,
        code: slot.code,
        latencyMs: (nowUs - slot.receivedUs) / 1000,
      });
    }
    state.head += 1;
    slot = slots[state.head];
  }
  if (state.head === slots.length || state.head > compactAt) {
    slots.splice(0, state.head);
    state.head = 0;
  }
  state.answered();
}
