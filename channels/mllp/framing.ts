/**
 * The framing of MLLP (HL7 v2.x Appendix C.4, HL7 V3 Transport MLLP R1): `<VT> bytes <FS><CR>`. The
 * standard allows no byte below 0x20 but CR between VT and FS. What is sent in spite of that is
 * read so that nothing is cut or lost:
 *
 * - FS ends a frame when CR, LF or VT follows, or when nothing follows for a moment (`finish`).
 *   Before any other byte it is content: ending there would acknowledge half a message.
 * - VT inside a frame starts anew only before MSH, FHS or BHS: the sender broke off and sends
 *   again. Any other VT is content, since pasted notes hold it as a soft line break.
 * - Between frames CR and LF mean nothing; all other bytes are junk, counted and never kept.
 */
const VT = 0x0b;
const LF = 0x0a;
const CR = 0x0d;
const FS = 0x1c;

export type FrameFlag = 'frame-without-cr' | 'fs-inside-frame' | 'vt-inside-frame';

export type FramerEvents = {
  /** The bytes between VT and FS. They are a view into the chunk where a chunk held the whole. */
  frame(raw: Buffer, flags: readonly FrameFlag[]): void;
  /** A frame without an end, after which the sender began another. */
  abandoned(raw: Buffer): void;
  /** A run of bytes outside of any frame, reported when it ends. */
  junk(bytes: number): void;
  /** The stream is given up; the framer takes no more. `evidence` is the beginning of the frame. */
  broken(reason: 'frame-too-large' | 'garbage', evidence: Buffer, bytes: number): void;
};

export type FramerLimits = {
  readonly frameBytesMax: number;
  readonly evidenceBytes: number;
  /** Junk in one run past which the peer is taken for something that speaks no MLLP. */
  readonly junkBytesMax: number;
};

export type Framer = {
  push(chunk: Buffer): void;
  /** After a silence: a frame whose FS is the last byte so far has ended. */
  finish(): void;
  /** The stream ended. Answers with the bytes of an unfinished frame that are dropped with it. */
  end(): number;
  /** True when FS is the last byte so far. */
  endPending(): boolean;
  inFrame(): boolean;
  /** Bytes kept of an unfinished frame. */
  heldBytes(): number;
};

/** What the machine knows between two chunks. */
type State = {
  readonly events: FramerEvents;
  readonly limits: FramerLimits;
  mode: 'between' | 'inside' | 'broken';
  junkBytes: number;
  /** The unfinished frame, in a buffer that doubles: one-byte chunks cost no object each. */
  held: Buffer;
  heldBytes: number;
  isEndPending: boolean;
  hasContentFs: boolean;
};

const noFlags: readonly FrameFlag[] = [];
const noBytes = Buffer.alloc(0);
const growBytesMin = 4096;

export function createFramer(events: FramerEvents, limits: FramerLimits): Framer {
  const state: State = {
    events,
    limits,
    mode: 'between',
    junkBytes: 0,
    held: noBytes,
    heldBytes: 0,
    isEndPending: false,
    hasContentFs: false,
  };
  const finish = () => {
    if (state.isEndPending) complete(state, state.held.subarray(0, state.heldBytes), 0);
  };
  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length && state.mode !== 'broken') {
        at =
          state.mode === 'between' ? readBetween(state, chunk, at) : readInside(state, chunk, at);
      }
    },
    finish,
    end() {
      finish();
      endJunk(state);
      const dropped = state.heldBytes;
      release(state);
      if (state.mode === 'inside') state.mode = 'between';
      return dropped;
    },
    endPending: () => state.isEndPending,
    inFrame: () => state.mode === 'inside',
    heldBytes: () => state.heldBytes,
  };
}

/** Reads up to the next VT; answers with the position after it, or the chunk's length. */
function readBetween(state: State, chunk: Buffer, from: number): number {
  const found = chunk.indexOf(VT, from);
  const end = found < 0 ? chunk.length : found;
  for (let at = from; at < end; at += 1) {
    if (chunk[at] !== CR && chunk[at] !== LF) state.junkBytes += 1;
  }
  if (state.junkBytes > state.limits.junkBytesMax) {
    giveUp(state, 'garbage', noBytes, state.junkBytes);
    return chunk.length;
  }
  if (found < 0) return chunk.length;
  endJunk(state);
  state.mode = 'inside';
  return found + 1;
}

/** Reads up to the end of the frame; answers with the position after it, or the chunk's length. */
function readInside(state: State, chunk: Buffer, from: number): number {
  if (state.isEndPending) {
    const next = chunk[from]!;
    if (endsAfterFs(next)) {
      complete(state, state.held.subarray(0, state.heldBytes), next);
      return next === VT ? from : from + 1;
    }
    state.isEndPending = false;
    state.hasContentFs = true;
    hold(state, Buffer.of(FS));
  }
  let end = chunk.indexOf(FS, from);
  while (end >= 0 && end + 1 < chunk.length && !endsAfterFs(chunk[end + 1]!)) {
    state.hasContentFs = true;
    end = chunk.indexOf(FS, end + 1);
  }
  const part = chunk.subarray(from, end < 0 ? chunk.length : end);
  if (state.heldBytes + part.length > state.limits.frameBytesMax) {
    giveUp(state, 'frame-too-large', part, state.heldBytes + part.length);
    return chunk.length;
  }
  if (end < 0 || end + 1 === chunk.length) {
    hold(state, part);
    state.isEndPending = end >= 0;
    return chunk.length;
  }
  const next = chunk[end + 1]!;
  if (state.heldBytes > 0) hold(state, part);
  complete(state, state.heldBytes > 0 ? state.held.subarray(0, state.heldBytes) : part, next);
  return next === VT ? end + 1 : end + 2;
}

function complete(state: State, body: Buffer, endedBy: number): void {
  const { events, hasContentFs } = state;
  release(state);
  state.mode = 'between';
  if (endedBy === CR && !hasContentFs && body.indexOf(VT) < 0) {
    events.frame(body, noFlags);
    return;
  }
  const pieces = splitAtRestarts(body);
  const last = pieces.pop() ?? body;
  for (const piece of pieces) {
    const fs = hasContentFs ? piece.indexOf(FS) : -1;
    if (fs >= 0) {
      // It was a frame that ended without CR, and junk before the next one.
      events.frame(piece.subarray(0, fs), ['frame-without-cr']);
      events.junk(piece.length - fs - 1);
    } else if (piece.length > 0) {
      events.abandoned(piece);
    }
  }
  const flags: FrameFlag[] = [];
  if (endedBy !== CR) flags.push('frame-without-cr');
  if (hasContentFs && last.indexOf(FS) >= 0) flags.push('fs-inside-frame');
  if (last.indexOf(VT) >= 0) flags.push('vt-inside-frame');
  events.frame(last, flags);
}

function hold(state: State, bytes: Buffer): void {
  const needed = state.heldBytes + bytes.length;
  if (needed > state.held.length) {
    const roomy = Math.min(Math.max(needed * 2, growBytesMin), state.limits.frameBytesMax + 1);
    const grown = Buffer.allocUnsafe(Math.max(roomy, needed));
    state.held.copy(grown, 0, 0, state.heldBytes);
    state.held = grown;
  }
  bytes.copy(state.held, state.heldBytes);
  state.heldBytes = needed;
}

function release(state: State): void {
  state.held = noBytes;
  state.heldBytes = 0;
  state.isEndPending = false;
  state.hasContentFs = false;
}

function endJunk(state: State): void {
  if (state.junkBytes > 0) state.events.junk(state.junkBytes);
  state.junkBytes = 0;
}

function giveUp(
  state: State,
  reason: 'frame-too-large' | 'garbage',
  rest: Buffer,
  bytes: number,
): void {
  const begun = [state.held.subarray(0, state.heldBytes), rest];
  const evidence = Buffer.concat(
    begun,
    Math.min(state.limits.evidenceBytes, state.heldBytes + rest.length),
  );
  release(state);
  state.junkBytes = 0;
  state.mode = 'broken';
  state.events.broken(reason, evidence, bytes);
}

function endsAfterFs(byte: number): boolean {
  return byte === CR || byte === LF || byte === VT;
}

const headers: readonly Buffer[] = ['MSH', 'FHS', 'BHS'].map((name) => Buffer.from(name));

/** Cuts a frame's bytes before each VT that a header follows; the VT belongs to no piece. */
function splitAtRestarts(body: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = body.indexOf(VT); at >= 0; at = body.indexOf(VT, at + 1)) {
    const next = body.subarray(at + 1, at + 4);
    if (!headers.some((header) => header.equals(next))) continue;
    pieces.push(body.subarray(from, at));
    from = at + 1;
  }
  pieces.push(body.subarray(from));
  return pieces;
}
