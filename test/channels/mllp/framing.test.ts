// Goal: the framing state machine gives the same frames however a stream is cut (G8), loses no byte
// that belongs to a message, and keeps its memory bounded.
// Method: properties over random frames, junk and cuts, and an example for each rule of the header.
import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { createFramer } from '../../../channels/mllp/framing.ts';

type Seen = {
  frames: string[];
  flags: string[];
  abandoned: string[];
  junk: number;
  broken: { reason: string; evidence: string; bytes: number }[];
};

const wide = { frameBytesMax: 1_000_000, evidenceBytes: 1000, junkBytesMax: 100_000 };

function framing(limits = wide) {
  const seen: Seen = { frames: [], flags: [], abandoned: [], junk: 0, broken: [] };
  const framer = createFramer(
    {
      frame(raw, flags) {
        seen.frames.push(raw.toString('latin1'));
        seen.flags.push(...flags);
      },
      abandoned: (raw) => void seen.abandoned.push(raw.toString('latin1')),
      junk(bytes) {
        seen.junk += bytes;
      },
      broken: (reason, evidence, bytes) =>
        void seen.broken.push({ reason, evidence: evidence.toString('latin1'), bytes }),
    },
    limits,
  );
  return { seen, framer };
}

/**
 * Feeds a text cut at the given positions; empty chunks are left out, as a socket leaves them.
 */
function read(text: string, cuts: readonly number[] = [], limits = wide): Seen {
  const { seen, framer } = framing(limits);
  const bytes = Buffer.from(text, 'latin1');
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < edges.length; index += 1) {
    const chunk = bytes.subarray(edges[index - 1]!, edges[index]!);
    if (chunk.length > 0) framer.push(chunk);
  }
  framer.end();
  return seen;
}

const frame = (body: string) => `\x0b${body}\x1c\r`;
// Printable bytes, CR and the upper half: all that MLLP allows inside a frame.
const content = fc
  .array(fc.oneof(fc.integer({ min: 0x20, max: 0xff }), fc.constant(0x0d)), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));
const junk = fc
  .array(
    fc.integer({ min: 0, max: 0xff }).filter((code) => code !== 0x0b),
    { maxLength: 20 },
  )
  .map((codes) => String.fromCharCode(...codes));
const cutsOf = (length: number) =>
  fc.array(fc.integer({ min: 0, max: length }), { maxLength: Math.min(length, 30) });

describe('channels/mllp framing', () => {
  it('finds each pipelined frame, with junk between them, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(junk, content), { maxLength: 8 }).chain((parts) => {
          const text = parts.map(([noise, body]) => noise + frame(body)).join('');
          return fc.tuple(fc.constant(parts), fc.constant(text), cutsOf(text.length));
        }),
        ([parts, text, cuts]) => {
          const seen = read(text, cuts);
          deepEqual(
            seen.frames,
            parts.map(([, body]) => body),
          );
          const noise = parts
            .map(([bytes]) => bytes)
            .join('')
            .replace(/[\r\n]/g, '');
          equal(seen.junk, noise.length);
          deepEqual([seen.flags, seen.abandoned, seen.broken], [[], [], []]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads any bytes the same in one piece and byte by byte', () => {
    const nasty = fc
      .array(fc.constantFrom('\x0b', '\x1c', '\r', '\n', 'MSH|', 'FHS|', 'a', '\x0bMSH|x'), {
        maxLength: 30,
      })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(nasty, (text) => {
        deepEqual(
          read(
            text,
            Array.from({ length: text.length }, (_, at) => at),
          ),
          read(text),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every byte of every input: in a frame, abandoned, junk, or cut at the end', () => {
    const nasty = fc
      .array(fc.constantFrom('\x0b', '\x1c', '\x1c\r', 'MSH|', 'a', '\x0bMSH|'), { maxLength: 30 })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(nasty, (text) => {
        const { seen, framer } = framing();
        framer.push(Buffer.from(text, 'latin1'));
        const cut = framer.end();
        const letters = (value: string) => value.replace(/[^MSHa|]/g, '').length;
        const framed = [...seen.frames, ...seen.abandoned].join('');
        // VT, FS and CR delimit or are content; what must never vanish is everything else.
        ok(letters(framed) + seen.junk + cut >= letters(text));
      }),
      { numRuns: 500 },
    );
  });

  it('ends a frame at FS before LF, before VT, and after a silence, and flags it', () => {
    deepEqual(read('\x0bone\x1c\n\x0btwo\x1c\x0bthree\x1c\r').frames, ['one', 'two', 'three']);
    deepEqual(read('\x0bone\x1c\x0btwo\x1c\r').flags, ['frame-without-cr']);
    const { seen, framer } = framing();
    framer.push(Buffer.from('\x0bone\x1c'));
    deepEqual([seen.frames, framer.endPending()], [[], true]);
    framer.finish();
    framer.push(Buffer.from('\r\x0btwo\x1c\r'));
    deepEqual([seen.frames, seen.flags, seen.junk], [['one', 'two'], ['frame-without-cr'], 0]);
  });

  it('takes FS before any other byte for content, in one chunk and cut after it', () => {
    const text = frame('MSH|a\x1cb');
    for (const cuts of [[], [text.indexOf('\x1c') + 1]]) {
      const seen = read(text, cuts);
      deepEqual([seen.frames, seen.flags], [['MSH|a\x1cb'], ['fs-inside-frame']]);
    }
  });

  it('starts anew at VT before a header, and takes VT in pasted text for content', () => {
    const restarted = read('\x0bMSH|broken off\x0bMSH|again\x1c\r');
    deepEqual([restarted.abandoned, restarted.frames], [['MSH|broken off'], ['MSH|again']]);
    const pasted = read(frame('MSH|line one\x0bline two'));
    deepEqual([pasted.frames, pasted.flags], [['MSH|line one\x0bline two'], ['vt-inside-frame']]);
  });

  it('reads a frame without CR, then junk, then a frame as what they are', () => {
    const seen = read('\x0bMSH|one\x1cnoise\x0bMSH|two\x1c\r');
    deepEqual([seen.frames, seen.junk], [['MSH|one', 'MSH|two'], 5]);
  });

  it('gives a frame over the limit up once, with its beginning, and takes nothing more', () => {
    const limits = { frameBytesMax: 100, evidenceBytes: 10, junkBytesMax: 50 };
    for (const cuts of [[], [1], [5, 60], Array.from({ length: 150 }, (_, at) => at)]) {
      const seen = read(`\x0b${'x'.repeat(150)}\x1c\r${frame('next')}`, cuts, limits);
      equal(seen.broken.length, 1);
      equal(seen.broken[0]!.reason, 'frame-too-large');
      equal(seen.broken[0]!.evidence, 'x'.repeat(10));
      deepEqual(seen.frames, []);
    }
    deepEqual(read(frame('x'.repeat(100)), [40], limits).frames, ['x'.repeat(100)]);
  });

  it('gives up on a peer that speaks no MLLP', () => {
    const limits = { ...wide, junkBytesMax: 50 };
    const seen = read(`GET / HTTP/1.1\r\nHost: ${'x'.repeat(60)}`, [10, 30], limits);
    deepEqual(
      seen.broken.map((broken) => broken.reason),
      ['garbage'],
    );
  });

  it('holds a frame that comes in a million one-byte chunks in a few times its size', () => {
    const { seen, framer } = framing({ ...wide, frameBytesMax: 2_000_000 });
    framer.push(Buffer.from('\x0b'));
    const byte = Buffer.from('x');
    const before = process.memoryUsage();
    for (let count = 0; count < 1_000_000; count += 1) framer.push(byte);
    const after = process.memoryUsage();
    equal(framer.heldBytes(), 1_000_000);
    ok(after.arrayBuffers - before.arrayBuffers < 8_000_000);
    framer.push(Buffer.from('\x1c\r'));
    equal(seen.frames[0]!.length, 1_000_000);
  });
});
