// Goal: the sender tells the queue the truth (G3, G7): delivered only when the receiver has said so
// of this message on the connection it went out on, and never out of order within a key (G5).
// Method: a real receiver that answers by script, random scripts as a property, and a clock turned
// by hand for the timeouts.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import fc from 'fast-check';
import type { Sink } from '../../../engine/index.ts';
import { sendFrames } from '../../../routes/mllp/index.ts';
import { handClock } from '../../channels/source-context.ts';
import { ack, controlIdOf, delivery, openReceiver, openRoute } from './receiver.ts';

const message = (id: string) =>
  `MSH|^~\\&|REG|WEST|HIS|EAST|20250301||ADT^A01|${id}|P|2.5.1\r` +
  'PID|1||7^^^WEST||Teststone^Jos\xe9\r';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('routes/mllp', () => {
  const closing: (() => Promise<unknown>)[] = [];
  const receiver = async (onMessage: Parameters<typeof openReceiver>[0]) => {
    const opened = await openReceiver(onMessage);
    closing.push(opened.close);
    return opened;
  };
  const route = async (...args: Parameters<typeof openRoute>) => {
    const opened = await openRoute(...args);
    closing.push(() => opened.sink.close());
    return opened;
  };
  const kinds = async (sink: Sink, ...deliveries: ReturnType<typeof delivery>[]) =>
    (await sink.deliver(deliveries)).verdicts.map((verdict) => verdict.kind);
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('sends the bytes as they came, in order, one under way, over one connection', async () => {
    let underWay = 0;
    const his = await receiver(({ body, socket }) => {
      underWay += 1;
      setImmediate(() => {
        equal(underWay, 1);
        underWay -= 1;
        socket.write(ack('AA', controlIdOf(body)));
      });
    });
    const { sink } = await route({ port: his.port });
    const ids = ['1', '2', '3', '4', '5'];
    const verdicts = await kinds(sink, ...ids.map((id) => delivery(message(id))));
    deepEqual(
      verdicts,
      ids.map(() => 'delivered'),
    );
    deepEqual(
      his.arrived.map(({ body }) => body.toString('latin1')),
      ids.map(message),
    );
    equal(his.connections(), 1);
  });

  it('reads an acknowledgement that comes byte by byte', async () => {
    const his = await receiver(async ({ body, socket }) => {
      for (const byte of Buffer.from(ack('AA', controlIdOf(body)))) {
        socket.write(Buffer.of(byte));
        await turn();
      }
    });
    const { sink } = await route({ port: his.port });
    deepEqual(await kinds(sink, delivery(message('1'))), ['delivered']);
  });

  it('holds what deletes a resource, which no rendered message says, or leaves out', async () => {
    const his = await receiver(
      ({ body, socket }) => void socket.write(ack('AA', controlIdOf(body))),
    );
    const there = { resourceType: 'Patient', id: 'p', name: [{ family: 'Teststone' }] };
    const lines = [
      { type: 'Patient', id: 'p', json: JSON.stringify(there) },
      { type: 'Observation', id: 'o', json: '{}', deleted: true as const },
    ];
    const deliveries = [lines, lines.slice(1)].map((resources) => ({
      ...delivery('{}'),
      resources: () => resources,
    }));
    const render = { mapping: 'base', message: 'ADT^A31', sending_application: 'HUB' };
    const holding = await route({ port: his.port, render });
    const { verdicts } = await holding.sink.deliver(deliveries);
    deepEqual(
      verdicts.map((verdict) => verdict.kind === 'hold' && verdict.issues[0]?.code),
      ['deletion-not-rendered', 'deletion-not-rendered'],
    );
    equal(his.arrived.length, 0);
    const leaving = await route({ port: his.port, render: { ...render, deletions: 'leave-out' } });
    deepEqual(await kinds(leaving.sink, ...deliveries), ['delivered', 'delivered']);
    equal(his.arrived.length, 1, 'of a message that only deletes there is nothing to send');
    const codes = leaving.seen.flatMap((event) => (event.type === 'issue' ? [event.code] : []));
    deepEqual(
      codes.filter((code) => code === 'deletion-not-rendered'),
      ['deletion-not-rendered', 'deletion-not-rendered'],
    );
  });

  it('counts AA and CA as delivered, tries AE and CE again, holds AR and CR', async () => {
    const his = await receiver(({ body, socket }) => {
      const code = controlIdOf(body);
      socket.write(ack(code, code, code === 'AR' ? 'ERR||PID^1^3|101|E\r' : ''));
    });
    const { sink } = await route({ port: his.port });
    const codes = ['AA', 'CA', 'AE', 'CE', 'AR', 'CR', 'XX'];
    const deliveries = codes.map((code, at) => delivery(message(code), [at]));
    const { verdicts } = await sink.deliver(deliveries);
    deepEqual(
      verdicts.map((verdict) => verdict.kind),
      ['delivered', 'delivered', 'retry', 'retry', 'hold', 'hold', 'retry'],
    );
    const [held] = verdicts.flatMap((verdict) => (verdict.kind === 'hold' ? verdict.issues : []));
    equal(held!.code, 'refused-by-destination');
    match(held!.diagnostics, /AR with HL7 error 101/);
  });

  it('keeps what shares a key with a message that must wait, and lets others go', async () => {
    const his = await receiver(({ body, socket }) => {
      const id = controlIdOf(body);
      socket.write(ack(id.startsWith('bad') ? 'AE' : 'AA', id));
    });
    const { sink } = await route({ port: his.port });
    const verdicts = await kinds(
      sink,
      delivery(message('bad'), [1]),
      delivery(message('same'), [1, 2]),
      delivery(message('other'), [3]),
      delivery(message('third'), [2]),
    );
    deepEqual(verdicts, ['retry', 'retry', 'delivered', 'retry']);
    deepEqual(
      his.arrived.map(({ body }) => controlIdOf(body)),
      ['bad', 'other'],
    );
    // Without keys any two may share one.
    const blind = await kinds(sink, delivery(message('bad2')), delivery(message('next')));
    deepEqual(blind, ['retry', 'unavailable']);
  });

  it('says unavailable of all when nobody listens', async () => {
    const his = await receiver(() => {});
    await his.close();
    closing.length = 0;
    const { sink } = await route({ port: his.port });
    const { verdicts } = await sink.deliver([delivery(message('1')), delivery(message('2'))]);
    deepEqual(verdicts, [
      { kind: 'unavailable', cause: 'connection-refused' },
      { kind: 'unavailable', cause: 'connection-refused' },
    ]);
  });

  it('ignores an answer that comes after its time, and closes that connection', async () => {
    const late: (() => void)[] = [];
    const his = await receiver(({ body, socket, connection }) => {
      const answer = () => socket.write(ack('AA', controlIdOf(body)));
      if (connection === 1) late.push(answer);
      else answer();
    });
    const clock = handClock();
    const { sink, seen } = await route({ port: his.port }, clock);
    const first = sink.deliver([delivery(message('1')), delivery(message('2'))]);
    while (late.length === 0) await turn();
    clock.advance(30_001);
    deepEqual((await first).verdicts, [
      { kind: 'retry', cause: 'ack-timeout' },
      { kind: 'unavailable', cause: 'ack-timeout' },
    ]);
    late[0]!();
    while (!seen.some(({ type }) => type === 'late-ack') || his.open() > 0) {
      await turn();
    }
    deepEqual(await kinds(sink, delivery(message('1'))), ['delivered']);
    equal(his.arrived.at(-1)!.connection, 2);
  });

  it('does not take a late answer to the first sending for one to the second', async () => {
    let second = () => {};
    const reached = new Promise<void>((resolve) => {
      second = resolve;
    });
    const his = await receiver(({ connection }) => {
      if (connection === 2) second();
    });
    const clock = handClock();
    const { sink } = await route({ port: his.port }, clock);
    const first = kinds(sink, delivery(message('1')));
    while (his.arrived.length === 0) await turn();
    clock.advance(30_001);
    deepEqual(await first, ['retry']);
    const again = kinds(sink, delivery(message('1')));
    await reached;
    his.arrived[0]!.socket.write(ack('AA', '1'));
    for (let turns = 0; turns < 20; turns += 1) await turn();
    clock.advance(30_001);
    deepEqual(await again, ['retry']);
  });

  it('counts an answer only for the message it names, whatever the receiver sends', async () => {
    const step = fc.record({
      before: fc.array(fc.constantFrom('AA 0', 'AA 99', 'AR 98', 'junk'), { maxLength: 2 }),
      answer: fc.constantFrom('AA', 'AE', 'AR', 'nothing', 'close'),
      after: fc.array(fc.constantFrom('AA own', 'AA 97'), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (script) => {
        const his = await openReceiver(({ body, socket }) => {
          const id = controlIdOf(body);
          const { before, answer, after } = script[Number(id)]!;
          for (const text of before) {
            const [code = '', other = ''] = text.split(' ');
            socket.write(text === 'junk' ? 'junk' : ack(code, `other-${other}`));
          }
          if (answer === 'close') socket.destroy();
          else if (answer !== 'nothing') socket.write(ack(answer, id));
          if (answer === 'close' || answer === 'nothing') return;
          for (const text of after) socket.write(ack('AA', text === 'AA own' ? id : 'x'));
        });
        const clock = handClock();
        const { sink } = await openRoute({ port: his.port, ack_ms: 1000 }, clock);
        const expected = {
          AA: 'delivered',
          AE: 'retry',
          AR: 'hold',
          nothing: 'retry',
          close: 'retry',
        };
        for (const [index, { answer }] of script.entries()) {
          const verdicts = kinds(sink, delivery(message(`${index}`)));
          if (answer === 'nothing') {
            while (his.arrived.length <= index) await turn();
            clock.advance(1001);
          }
          deepEqual(await verdicts, [expected[answer]]);
        }
        await sink.close();
        await his.close();
      }),
      { numRuns: 25 },
    );
  });

  it('holds what no acknowledgement could name or no frame could carry', async () => {
    const his = await receiver(() => {});
    const { sink } = await route({ port: his.port });
    const { verdicts } = await sink.deliver([
      delivery('hello', [1]),
      delivery(message(''), [2]),
      delivery(`${message('1')}OBX|\x1c|\r`, [3]),
    ]);
    deepEqual(
      verdicts.map((verdict) => (verdict.kind === 'hold' ? verdict.issues[0]!.code : verdict.kind)),
      ['no-msh', 'control-id-missing', 'fs-inside-frame'],
    );
    equal(his.arrived.length, 0);
  });

  it('gives one message a connection where the receiver can do no more', async () => {
    const his = await receiver(({ body, socket }) => socket.write(ack('AA', controlIdOf(body))));
    const { sink } = await route({ port: his.port, keep_open: false });
    deepEqual(await kinds(sink, delivery(message('1')), delivery(message('2'))), [
      'delivered',
      'delivered',
    ]);
    equal(his.connections(), 2);
  });

  it('sends files and yields what each came to', async () => {
    const his = await receiver(({ body, socket }) => {
      const id = controlIdOf(body);
      if (id === '3') socket.destroy();
      else socket.write(ack(id === '2' ? 'AE' : 'AA', id));
    });
    const messages = ['1', '2', '3', '4'].map((id) => ({
      file: `${id}.hl7`,
      raw: Buffer.from(message(id)),
    }));
    const sent = [];
    for await (const each of sendFrames(messages, { host: '127.0.0.1', port: his.port })) {
      ok(each.latency_ms >= 0);
      sent.push(`${each.file} ${each.control_id} ${each.ack} ${each.cause ?? ''}`.trim());
    }
    deepEqual(sent, ['1.hl7 1 AA', '2.hl7 2 AE', '3.hl7 3 none connection-lost', '4.hl7 4 AA']);
  });
});
