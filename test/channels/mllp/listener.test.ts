// Goal: the listener answers honestly (G1, G2, G4), in order, and survives hostile peers with
// bounded memory while others go on (G8).
// Method: real sockets against a real listener; the journal is an array, faults are injected in
// `land`, and where time matters the clock is turned by hand.
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { createServer } from 'node:net';
import fc from 'fast-check';
import {
  createAccessTokens,
  createEvents,
  type PlexusError,
  type Source,
} from '../../../engine/index.ts';
import { handClock, memoryState } from '../source-context.ts';
import { adt, frame, msa, type Options, openListener, openSender } from './memory-journal.ts';

describe('channels/mllp listener', () => {
  const open: Source[] = [];
  const listener = async (options: Options = {}) => {
    const opened = await openListener(options);
    open.push(opened.source);
    return opened;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(0)));
  });

  it('lands the bytes as they came and answers AA with the header turned round', async () => {
    const { port, journal } = await listener();
    const sender = await openSender(port);
    sender.write(frame(adt('C1', '77')));
    const [ack] = await sender.answered(1);
    match(
      ack!,
      /^MSH\|\^~\\&\|PLEXUS\|NET\|REG\|WEST\|\d{14}[^|]*\|\|ACK\^A01\^ACK\|1\|P\|2\.5\.1/,
    );
    equal(msa(ack!), 'AA C1');
    const [landing] = journal.landings;
    equal(landing!.raw.toString(), adt('C1', '77'));
    deepEqual([landing!.controlId, landing!.dedupeKey], ['C1', 'REG|WEST|C1']);
    deepEqual(landing!.orderingKeys, ['77']);
    sender.socket.destroy();
  });

  it('gives no answer before the landing resolves, and AE when it rejects', async () => {
    const { port, journal } = await listener();
    let release = (_failure?: Error) => {};
    journal.onLand = () =>
      new Promise((resolve, reject) => {
        release = (failure) => (failure ? reject(failure) : resolve());
      });
    const sender = await openSender(port);
    const landing = async (id: string) => {
      const before = release;
      sender.write(frame(adt(id)));
      while (release === before) await new Promise((resolve) => setImmediate(resolve));
    };
    await landing('C1');
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    equal(sender.text(), '');
    release();
    deepEqual((await sender.answered(1)).map(msa), ['AA C1']);
    await landing('C2');
    release(new Error('disk full'));
    const [, second] = await sender.answered(2);
    equal(msa(second!), 'AE C2');
    ok(!second!.includes('disk full'));
    sender.socket.destroy();
  });

  it('answers pipelined frames in order, whatever order they land in and however cut', async () => {
    const { port, journal } = await listener();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }),
        fc.array(fc.nat(3000), { maxLength: 8 }),
        async (count, delays, cuts) => {
          let turn = 0;
          journal.onLand = async () => {
            const turns = delays[turn++ % delays.length]!;
            for (let wait = 0; wait < turns; wait += 1) {
              await new Promise((resolve) => setImmediate(resolve));
            }
          };
          const sender = await openSender(port);
          const ids = Array.from({ length: count }, (_, index) => `P${index}`);
          const bytes = Buffer.from(ids.map((id) => `noise${frame(adt(id))}`).join(''));
          const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b)];
          for (const [index, edge] of edges.entries()) {
            sender.write(bytes.subarray(edge, edges[index + 1] ?? bytes.length));
            await new Promise((resolve) => setImmediate(resolve));
          }
          deepEqual(
            (await sender.answered(count)).map(msa),
            ids.map((id) => `AA ${id}`),
          );
          sender.socket.destroy();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('reads a message that comes byte by byte', async () => {
    const { port, journal } = await listener();
    const sender = await openSender(port);
    for (const byte of Buffer.from(frame(adt('SLOW')))) {
      sender.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    deepEqual((await sender.answered(1)).map(msa), ['AA SLOW']);
    equal(journal.landings[0]!.raw.toString(), adt('SLOW'));
    sender.socket.destroy();
  });

  it('answers a duplicate with the same bytes again', async () => {
    const clock = handClock();
    const { port, journal } = await listener({ clock });
    const sender = await openSender(port);
    sender.write(frame(adt('D1')));
    await sender.answered(1);
    clock.advance(5000);
    sender.write(frame(adt('D1')) + frame(adt('D1', '1001', 'changed')));
    const [first, again, other] = await sender.answered(3);
    equal(again, first);
    ok(other !== first);
    equal(journal.landings.length, 2);
    sender.socket.destroy();
  });

  it('refuses what is no HL7 or is UTF-16 with AR, lands it for quarantine, goes on', async () => {
    const { port, journal, seen } = await listener();
    const sender = await openSender(port);
    sender.write(frame('hello'));
    sender.write(
      Buffer.concat([Buffer.of(0x0b), Buffer.from(adt('U1'), 'utf16le'), Buffer.of(0x1c, 0x0d)]),
    );
    sender.write(frame(adt('C1')));
    const codes = (await sender.answered(3)).map((ack) => msa(ack).trim());
    deepEqual(codes, ['AR', 'AR', 'AA C1']);
    deepEqual(
      journal.landings.map(({ refused }) => refused?.[0]?.code),
      ['no-msh', 'charset-utf16', undefined],
    );
    equal(seen.filter(({ type }) => type === 'input-refused').length, 2);
    sender.socket.destroy();
  });

  it('gives exactly one answer to any frame, whatever is in it', async () => {
    const { port, journal } = await listener();
    const sender = await openSender(port);
    const part = fc.oneof(
      fc.constantFrom(
        'MSH',
        'FHS',
        'BHS',
        '|^~\\&',
        '|',
        '^',
        '\r',
        '\nMSH|',
        '\xef\xbb\xbf',
        '""',
      ),
      fc.constantFrom('PID|1||7\r', 'MRG|8\r', '\0', 'M\0S\0H\0', '\xff\xfe', '\x80'),
      fc.string({ maxLength: 5 }),
    );
    const body = fc
      .array(part, { minLength: 1, maxLength: 12 })
      .map((parts) => parts.join('').replace(/[\x0b\x1c]/g, ''));
    let frames = 0;
    await fc.assert(
      fc.asyncProperty(fc.boolean(), body, async (withHeader, text) => {
        sender.write(frame(withHeader ? `MSH${text}` : text));
        sender.write(frame(adt(`A${frames}`)));
        frames += 2;
        const answers = await sender.answered(frames);
        equal(answers.length, frames);
        match(answers.at(-2)!, /\rMSA.A[AR]/);
        equal(msa(answers.at(-1)!), `AA A${frames - 2}`);
      }),
      { numRuns: 200 },
    );
    ok(journal.landings.every(({ refused }) => refused?.[0]?.code !== 'listener-bug'));
    sender.socket.destroy();
  });

  it('answers AE when the journal throws at once', async () => {
    const { port, journal } = await listener();
    journal.onLand = () => {
      throw new Error('closed');
    };
    const sender = await openSender(port);
    sender.write(frame(adt('T1')) + frame('hello') + frame(`BHS|^~\\&\r${adt('T2')}`));
    const codes = (await sender.answered(3)).map((ack) => msa(ack).trim());
    deepEqual(codes, ['AE T1', 'AE', 'AE T2']);
    sender.socket.destroy();
  });

  it('keeps a frame that was broken off, and answers the one after it alone', async () => {
    const { port, journal } = await listener();
    const sender = await openSender(port);
    sender.write(`\x0b${adt('R1').slice(0, 90)}${frame(adt('R1'))}`);
    deepEqual((await sender.answered(1)).map(msa), ['AA R1']);
    deepEqual(
      journal.landings.map(({ refused }) => refused?.[0]?.code),
      ['frame-abandoned', undefined],
    );
    sender.socket.destroy();
  });

  it('cuts the largest of many unfinished frames before they fill the memory', async () => {
    const { port, seen } = await listener({ config: { frame_bytes_max: 64 * 1024 * 1024 } });
    const senders = await Promise.all([openSender(port), openSender(port), openSender(port)]);
    const block = Buffer.alloc(1024 * 1024, 'x');
    const isCut = () => seen.some((event) => event.type === 'connection-closed');
    for (const sender of senders) sender.write('\x0bMSH|^~\\&|');
    for (let megabytes = 0; megabytes < 120 && !isCut(); megabytes += 1) {
      const sender = senders[megabytes % 3]!;
      await new Promise<void>((resolve) => {
        sender.socket.write(block, () => resolve());
        void sender.closed().then(resolve);
      });
    }
    while (!isCut()) await new Promise((resolve) => setImmediate(resolve));
    const causes = seen.flatMap((event) => (event.type === 'connection-closed' ? event.cause : []));
    deepEqual(causes, ['unfinished-frames']);
    for (const sender of senders) sender.socket.destroy();
  });

  it('cuts a sender that never reads its answers', async () => {
    const clock = handClock();
    const { port, seen } = await listener({ clock, config: { frame_ms: 10_000 } });
    const sender = await openSender(port);
    sender.socket.pause();
    // A long MSH-3 comes back in each answer: a few thousand fill every buffer on the way.
    const long = (id: string) => frame(adt(id).replace('REG', 'R'.repeat(8000)));
    sender.write(Array.from({ length: 6000 }, (_, at) => long(`U${at}`)).join(''));
    const isCut = () => seen.some((event) => event.type === 'connection-closed');
    const answered = () => seen.filter(({ type }) => type === 'acknowledged').length;
    let last = -1;
    while (last !== answered() || last === 0) {
      last = answered();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    ok(last < 6000);
    for (let second = 0; second < 12; second += 1) clock.advance(1000);
    while (!isCut()) await new Promise((resolve) => setImmediate(resolve));
    const causes = seen.flatMap((event) => (event.type === 'connection-closed' ? event.cause : []));
    deepEqual(causes, ['answers-unread']);
    sender.socket.destroy();
  });

  it('answers ack: settled after the chain, AE with ERR when it was quarantined', async () => {
    const { port, journal } = await listener({ ack: 'settled' });
    journal.onSettled = async (id) =>
      id === 1
        ? { outcome: 'delivered', issues: [] }
        : {
            outcome: 'quarantined',
            issues: [
              { severity: 'error', code: 'birth-date', diagnostics: 'No date.', path: 'PID-7' },
            ],
          };
    const sender = await openSender(port);
    sender.write(frame(adt('S1')) + frame(adt('S2')));
    const [first, second] = await sender.answered(2);
    equal(msa(first!), 'AA S1');
    equal(msa(second!), 'AE S2');
    match(second!, /\rERR\|\|PID\^1\^7/);
    sender.socket.destroy();
  });

  it('lands a batch whole and split, and answers it once', async () => {
    const { port, journal } = await listener();
    const sender = await openSender(port);
    const lead = 'FHS|^~\\&|LAB|EAST|PLEXUS|NET|20250301||||F7\rBHS|^~\\&|LAB|EAST\r';
    const batch = `${lead}${adt('B1')}${adt('B2')}BTS|2\rFTS|1\r`;
    sender.write(frame(batch) + frame(adt('AFTER')));
    deepEqual((await sender.answered(2)).map(msa), ['AA F7', 'AA AFTER']);
    deepEqual(
      journal.landings.map(({ raw }) => raw.toString()),
      [batch, adt('B1'), adt('B2'), adt('AFTER')],
    );
    deepEqual(
      journal.landings.map(({ controlId }) => controlId),
      ['F7', 'B1', 'B2', 'AFTER'],
    );
    sender.socket.destroy();
  });

  it('writes answers to a sender that has closed its side', async () => {
    const { port } = await listener();
    const sender = await openSender(port);
    sender.socket.end(Buffer.from(frame(adt('H1')) + frame(adt('H2'))));
    deepEqual((await sender.answered(2)).map(msa), ['AA H1', 'AA H2']);
    await sender.closed();
  });

  it('cuts a frame over the limit with AR, keeps its beginning, and others go on', async () => {
    const { port, journal, seen } = await listener({ config: { frame_bytes_max: 100_000 } });
    const other = await openSender(port);
    const sender = await openSender(port);
    const block = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage();
    sender.write(`\x0b${adt('BIG')}OBX|1|TX|`);
    let written = 0;
    while (!sender.isClosed() && written < 2 ** 30) {
      written += block.length;
      if (!sender.write(block)) {
        await Promise.race([
          new Promise((resolve) => sender.socket.once('drain', resolve)),
          sender.closed(),
        ]);
      }
    }
    await sender.closed();
    const grownBytes = process.memoryUsage().rss - before.rss;
    ok(grownBytes < 100 * 1024 * 1024, `RSS grew by ${grownBytes} bytes`);
    deepEqual(sender.answers().map(msa), ['AR BIG']);
    equal(journal.landings.length, 1);
    equal(journal.landings[0]!.refused![0]!.code, 'frame-too-large');
    equal(journal.landings[0]!.raw.length, 64 * 1024);
    ok(seen.some((event) => event.type === 'input-refused' && event.reason === 'frame-too-large'));
    other.write(frame(adt('OTHER')));
    deepEqual((await other.answered(1)).map(msa), ['AA OTHER']);
    other.socket.destroy();
  });

  it('cuts slow and idle senders by the clock, and nobody else', async () => {
    const clock = handClock();
    const { port, seen } = await listener({
      clock,
      config: { frame_ms: 10_000, idle_ms: 60_000 },
    });
    const slow = await openSender(port);
    const good = await openSender(port);
    const slowReached = good.answered(1);
    slow.write('\x0bMSH|^~\\&|');
    good.write(frame(adt('G1')));
    await slowReached;
    // The good sender's answer came after the slow one's bytes were read or in the same turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let second = 0; second < 9; second += 1) clock.advance(1000);
    equal(slow.isClosed(), false);
    for (let second = 0; second < 3; second += 1) clock.advance(1000);
    await slow.closed();
    equal(good.isClosed(), false);
    for (let second = 0; second < 60; second += 1) clock.advance(1000);
    await good.closed();
    const causes = () =>
      seen.flatMap((event) => (event.type === 'connection-closed' ? event.cause : []));
    while (causes().length < 2) await new Promise((resolve) => setImmediate(resolve));
    deepEqual(causes(), ['slow-sender', 'idle']);
  });

  it('lets a sender in though 2,000 sockets sit idle', async () => {
    const { port, source, seen } = await listener({ config: { connections_max: 256 } });
    const early = await openSender(port);
    early.write(frame(adt('E1')));
    await early.answered(1);
    const idle = [];
    for (let wave = 0; wave < 20; wave += 1) {
      idle.push(...(await Promise.all(Array.from({ length: 100 }, () => openSender(port)))));
    }
    ok(source.connections!() <= 256);
    ok(seen.some((event) => event.type === 'connection-closed' && event.cause === 'evicted'));
    early.write(frame(adt('E2')));
    const late = await openSender(port);
    late.write(frame(adt('L1')));
    deepEqual((await early.answered(2)).map(msa), ['AA E1', 'AA E2']);
    deepEqual((await late.answered(1)).map(msa), ['AA L1']);
    for (const sender of [...idle, early, late]) sender.socket.destroy();
  });

  it('closes on a peer that speaks no MLLP, and counts junk between frames', async () => {
    const { port, seen, journal } = await listener();
    const web = await openSender(port);
    web.write(`GET / HTTP/1.1\r\n${'x'.repeat(70_000)}`);
    await web.closed();
    const sender = await openSender(port);
    sender.write(`junk${frame(adt('J1'))}`);
    deepEqual((await sender.answered(1)).map(msa), ['AA J1']);
    const refused = seen.flatMap((event) =>
      event.type === 'input-refused' ? `${event.reason} ${event.bytes}` : [],
    );
    deepEqual(refused.slice(1), ['junk-between-frames 4']);
    match(refused[0]!, /^garbage \d+$/);
    equal(journal.landings.length, 1);
    sender.socket.destroy();
  });

  it('answers a frame without CR, and flags it', async () => {
    const { port, seen } = await listener();
    const sender = await openSender(port);
    sender.write(`\x0b${adt('N1')}\x1c`);
    deepEqual((await sender.answered(1)).map(msa), ['AA N1']);
    ok(seen.some((event) => event.type === 'input-flagged' && event.code === 'frame-without-cr'));
    sender.socket.destroy();
  });

  it('stops reading while too much waits for its landing, and catches up afterwards', async () => {
    const { port, journal } = await listener();
    let begun = 0;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    journal.onLand = async () => {
      begun += 1;
      await gate;
    };
    const sender = await openSender(port);
    const count = 20_000;
    const stream = Buffer.from(
      Array.from({ length: count }, (_, at) => frame(adt(`W${at}`))).join(''),
    );
    sender.write(stream);
    let last = -1;
    while (last !== begun || begun === 0) {
      last = begun;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    ok(begun < 2000, `${begun} frames were taken in`);
    release();
    equal((await sender.answered(count)).length, count);
    sender.socket.destroy();
  });

  it('lets answers that are under way go out before it closes', async () => {
    const { port, journal, source } = await listener();
    let release = () => {};
    let begun = () => {};
    const reached = new Promise<void>((resolve) => {
      begun = resolve;
    });
    journal.onLand = () =>
      new Promise((resolve) => {
        release = resolve;
        begun();
      });
    const sender = await openSender(port);
    sender.write(frame(adt('LAST')));
    await reached;
    const closing = source.close(5000);
    release();
    await closing;
    deepEqual((await sender.answered(1)).map(msa), ['AA LAST']);
  });

  it('names channel, host and port when the port is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const { mllpSource } = await import('../../../channels/mllp/index.ts');
    const source = mllpSource.create(mllpSource.schema.parse({ port }), {
      channel: 'busy',
      ack: 'landed',
      clock: handClock(),
      events: createEvents(),
      orderBy: [],
      anyPort: false,
      land: () => Promise.reject(new Error('unused')),
      landBatch: () => Promise.reject(new Error('unused')),
      settled: () => Promise.reject(new Error('unused')),
      state: memoryState(),
      tokens: createAccessTokens(),
      resolvePath: (path) => path,
    });
    await rejects(source.open(), (error: PlexusError) => {
      equal(error.code, 'port-in-use');
      ok(error.message.includes('busy') && error.message.includes(`127.0.0.1:${port}`));
      return true;
    });
    taken.close();
  });
});
