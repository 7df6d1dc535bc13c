import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readFrames, readMessages } from '../../bin/hl7-files.ts';
import { buildAck, peekHeader } from '../../transforms/hl7v2/index.ts';
import { run } from './capture.ts';

// Goal: `send` sends each message of a file once, byte for byte, and prints one row an answer;
// files of several messages are taken apart where messages begin and nowhere else.
// Method: a real receiver on a loopback port; random rows of messages with every kind of line end.

const message = (controlId: string) =>
  `MSH|^~\\&|A|B|C|D|20260101||ADT^A01|${controlId}|P|2.5.1\rPID|1||MSH-${controlId}^^^A\r`;

describe('files of messages', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-send-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const fileOf = (text: string) => {
    const file = join(dir, 'messages.hl7');
    writeFileSync(file, text);
    return file;
  };

  it('give back what was put in, framed or not, with any line end between', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[A-Z0-9]{1,8}$/), {
      minLength: 1,
      maxLength: 5,
    });
    const end = fc.constantFrom('\r', '\n', '\r\n');
    fc.assert(
      fc.property(ids, end, fc.boolean(), (controlIds, lineEnd, framed) => {
        const texts = controlIds.map((id) => message(id).replaceAll('\r', lineEnd));
        const text = texts.map((one) => (framed ? `\x0b${one}\x1c\r` : one)).join('');
        const read = readFrames(fileOf(text)).map(({ raw }) => String(raw));
        assert.deepEqual(read, texts);
      }),
      { numRuns: 60 },
    );
  });

  it('a batch is sent whole and read apart', () => {
    const text = `FHS|^~\\&|A\rBHS|^~\\&|A\r${message('1')}${message('2')}BTS|2\rFTS|1\r`;
    const file = fileOf(text);
    assert.deepEqual(
      readFrames(file).map(({ raw }) => String(raw)),
      [text],
    );
    assert.deepEqual(
      readMessages(file).map(({ raw }) => peekHeader(raw)?.controlId),
      ['1', '2'],
    );
  });

  it('without MSH are one message, for the receiver to refuse', () => {
    assert.equal(readMessages(fileOf('hello')).length, 1);
    assert.equal(readMessages(fileOf('')).length, 1);
  });
});

describe('send', () => {
  let dir: string;
  let server: Server;
  const received: Buffer[] = [];
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-send-'));
    received.length = 0;
    server = createServer((socket) => {
      socket.on('data', (chunk) => {
        const raw = chunk.subarray(1, -2);
        received.push(raw);
        const header = peekHeader(raw);
        const code = header?.controlId === 'BAD' ? 'AE' : 'AA';
        const ack = buildAck({ header, code, ackControlId: 'X', timestampUs: 0 });
        socket.write(Buffer.concat([Buffer.from([11]), ack, Buffer.from([28, 13])]));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(async () => {
    rmSync(dir, { recursive: true });
    await new Promise((done) => server.close(done));
  });

  it('prints one row a message, an error answer too, and exits 0', async () => {
    const files = [message('ONE') + message('TWO'), message('BAD')].map((text, index) => {
      const file = join(dir, `${index}.hl7`);
      writeFileSync(file, text);
      return file;
    });
    const to = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, lines } = await run(['send', ...files, '--to', to, '--json']);
    assert.equal(code, 0);
    const rows = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      rows.map(({ file, control_id, ack }) => [file, control_id, ack]),
      [
        [files[0], 'ONE', 'AA'],
        [files[0], 'TWO', 'AA'],
        [files[1], 'BAD', 'AE'],
      ],
    );
    for (const { latency_ms } of rows) assert.equal(typeof latency_ms, 'number');
    assert.deepEqual(received.map(String), [message('ONE'), message('TWO'), message('BAD')]);
  });

  it('to nobody exits 69 and says so', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const file = join(dir, 'a.hl7');
    writeFileSync(file, message('ONE'));
    const { code, lines, said } = await run(['send', file, '--to', `127.0.0.1:${port}`, '--json']);
    assert.deepEqual([code, JSON.parse(lines[0]!).ack], [69, 'none']);
    assert.match(said.at(-1)!, /no-answer/);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
});
