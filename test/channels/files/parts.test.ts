import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  type Part,
  type ReadParts,
  readHl7Parts,
  readNdjsonParts,
} from '../../../channels/files/parts.ts';
import { limits } from '../../../engine/index.ts';

// Goal: whatever stands between the messages of a file, each message comes out byte for byte, at
// its offset, once; and a message over the limit costs no memory.
// Method: files are composed from known messages, with every kind of line end, envelope and
// framing, some larger than the reader's chunk, and read back; an oracle knows where each message
// begins.
describe('channels/files: the parts of a file', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plexus-parts-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function read(
    parts: ReadParts,
    bytes: Buffer,
    bytesMax: number = limits.frameBytesMax,
    from = 0,
  ): Promise<Part[]> {
    const path = join(folder, 'file');
    await writeFile(path, bytes);
    const file = await open(path, 'r');
    try {
      const found: Part[] = [];
      for await (const part of parts(file, from, bytesMax)) found.push(part);
      return found;
    } finally {
      await file.close();
    }
  }

  const filler = fc.oneof(
    { weight: 9, arbitrary: fc.stringMatching(/^[a-zéß|^~&]{0,40}$/) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 300_000 }).map((n) => 'x'.repeat(n)) },
  );
  const message = fc
    .tuple(filler, fc.array(filler, { maxLength: 3 }), fc.constantFrom('\r', '\n', '\r\n'))
    .map(([head, rest, end]) =>
      Buffer.from([`MSH|^~\\&|${head}`, ...rest.map((text) => `NTE|${text}`), ''].join(end)),
    );
  const dress = fc.constantFrom('plain', 'framed', 'batch', 'blank-lines');

  it('finds every HL7 message of a file, however they are put together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(message, dress), { maxLength: 6 }), async (items) => {
        const pieces: Buffer[] = [];
        const expected: { offset: number; text: string }[] = [];
        let offset = 0;
        const add = (bytes: Buffer | string): void => {
          pieces.push(Buffer.from(bytes));
          offset += Buffer.byteLength(bytes);
        };
        for (const [bytes, how] of items) {
          if (how === 'batch') add('BHS|^~\\&|LAB\r');
          if (how === 'framed') add('\x0b');
          expected.push({ offset, text: bytes.toString() });
          add(bytes);
          if (how === 'framed') add('\x1c\r');
          if (how === 'batch') add('BTS|1\rFTS|1\r\n');
          if (how === 'blank-lines') expected[expected.length - 1]!.text += '\r\n\r\n';
          if (how === 'blank-lines') add('\r\n\r\n');
        }
        const found = await read(readHl7Parts, Buffer.concat(pieces));
        assert.deepEqual(
          found.map(({ offset, raw, kind }) => ({ offset, text: raw.toString(), kind })),
          expected.map((one) => ({ ...one, kind: 'message' })),
        );
        const second = expected[1];
        if (second === undefined) return;
        const resumed = await read(readHl7Parts, Buffer.concat(pieces), undefined, second.offset);
        assert.deepEqual(
          resumed.map(({ offset }) => offset),
          expected.slice(1).map(({ offset }) => offset),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('finds every line of NDJSON, with any line end and none at the last', async () => {
    const line = fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify({ value }));
    const end = fc.constantFrom('\n', '\r\n', '\n\n');
    await fc.assert(
      fc.asyncProperty(fc.array(line), end, async (lines, lineEnd) => {
        const found = await read(readNdjsonParts, Buffer.from(lines.join(lineEnd)));
        assert.deepEqual(
          found.map(({ raw }) => raw.toString()),
          lines,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('keeps stray bytes apart, and text that looks like a segment inside', async () => {
    const bytes = Buffer.from('hello\rMSH|^~\\&|a\rMSH is a word\rBTSX\r\x1cworld\rMSH|^~\\&|b\r');
    const found = await read(readHl7Parts, bytes);
    assert.deepEqual(
      found.map(({ kind, raw }) => [kind, raw.toString()]),
      [
        ['stray', 'hello\r'],
        ['message', 'MSH|^~\\&|a\rMSH is a word\rBTSX\r'],
        ['stray', 'world\r'],
        ['message', 'MSH|^~\\&|b\r'],
      ],
    );
  });

  it('keeps only the beginning of a message over the limit, and goes on behind it', async () => {
    for (const [parts, head, next] of [
      [readHl7Parts, 'MSH|^~\\&|', '\rMSH|^~\\&|b\r'],
      [readNdjsonParts, '{"a":"', '\n{"b":1}\n'],
    ] as const) {
      const long = Buffer.concat([Buffer.from(head), Buffer.alloc(3_000_000, 'x')]);
      const found = await read(parts, Buffer.concat([long, Buffer.from(next)]), 1_000_000);
      assert.deepEqual(
        found.map(({ kind }) => kind),
        ['too-long', 'message'],
      );
      assert.equal(found[0]?.raw.length, limits.evidenceBytes);
    }
  });
});
