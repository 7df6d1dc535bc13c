// Goal: enhanced mode as sender (G9, G7): MSH-15 and MSH-16 are written or honoured, and a message
// counts as delivered when the receiver has accepted it, or when it has processed it.
// Method: a real receiver that answers by script, every script a property, and a clock turned by
// hand for silences; our own listener and node-hl7-server as peers.
import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import type { Delivery, MessageId, Sink } from '../../../engine/index.ts';
import { sendFrames } from '../../../routes/mllp/index.ts';
import { adt, openListener } from '../../channels/mllp/memory-journal.ts';
import { handClock } from '../../channels/source-context.ts';
import { ack, controlIdOf, delivery, openReceiver, openRoute } from './receiver.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const message = (id: string, acks = ''): string =>
  `MSH|^~\\&|REG|WEST|HIS|EAST|20250301||ADT^A01|${id}|P|2.5.1${acks && `|||${acks}`}\r` +
  'PID|1||7^^^WEST||Teststone^Jos\xe9\r';

describe('routes/mllp in enhanced mode', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  const receiver = async (...args: Parameters<typeof openReceiver>) => {
    const opened = await openReceiver(...args);
    closing.push(opened.close);
    return opened;
  };
  const route = async (...args: Parameters<typeof openRoute>) => {
    const opened = await openRoute(...args);
    closing.push(() => opened.sink.close());
    return opened;
  };
  const verdictOf = async (sink: Sink, one: Delivery) => (await sink.deliver([one])).verdicts[0]!;
  const acksOf = (body: Buffer) =>
    body.toString('latin1').split('\r')[0]!.split('|').slice(14, 16).join(' ');

  it('writes what the mode says into MSH-15 and MSH-16, and changes no other byte', async () => {
    const his = await receiver(({ body, socket }) => socket.write(ack('AA', controlIdOf(body))));
    const sent = async (config: Record<string, unknown>, given: string) => {
      const { sink } = await route({ port: his.port, ...config });
      equal((await verdictOf(sink, delivery(given))).kind, 'delivered');
      return his.arrived.at(-1)!.body;
    };
    const enhanced = { mode: 'enhanced' };
    equal(acksOf(await sent(enhanced, message('1'))), 'AL NE');
    const both = await sent({ ...enhanced, until: 'application' }, message('2', 'NE|NE|DEU'));
    equal(both.toString('latin1'), message('2', 'AL|AL|DEU'));
    equal(
      (await sent({ mode: 'original' }, message('3', 'AL|AL'))).toString('latin1'),
      message('3', '|'),
    );
    equal((await sent({ mode: 'original' }, message('4'))).toString('latin1'), message('4'));
    equal((await sent({}, message('5', 'AL|NE'))).toString('latin1'), message('5', 'AL|NE'));
  });

  it('comes to the verdict that its rules and the answers make, for every script', async () => {
    const his = await receiver(({ body, socket }) => {
      for (const code of controlIdOf(body).split('-').slice(1)) {
        if (code !== 'none') socket.write(ack(code, controlIdOf(body)));
      }
    });
    const clock = handClock();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('CA', 'CE', 'CR', 'none'),
        fc.constantFrom('AA', 'AE', 'AR', 'none'),
        fc.constantFrom('accept', 'application'),
        fc.constantFrom('hold', 'retry'),
        async (accept, application, until, policy) => {
          count += 1;
          const isAccepted = accept === 'CA';
          const config = { port: his.port, mode: 'enhanced', until, on_application_error: policy };
          const { sink } = await openRoute(config, clock);
          const codes = isAccepted && until === 'application' ? [accept, application] : [accept];
          const verdict = verdictOf(sink, delivery(message([`${count}`, ...codes].join('-')), [1]));
          const isSilent = codes.includes('none');
          let isDone = false;
          verdict.then(() => {
            isDone = true;
          });
          while (!isDone) {
            await turn();
            if (isSilent && his.arrived.length >= count) clock.advance(61_000);
          }
          const expected = {
            CA: until === 'accept' ? 'delivered' : undefined,
            CE: 'retry',
            CR: 'hold',
            none: 'retry',
          }[accept];
          const later = { AA: 'delivered', AE: policy, AR: 'hold', none: 'retry' }[application];
          equal((await verdict).kind, expected ?? later);
          await sink.close();
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('takes an application acknowledgement that comes late for its own message alone', async () => {
    const answers = new Map<string, () => void>();
    const his = await receiver(({ body, socket }) => {
      const id = controlIdOf(body);
      socket.write(ack('CA', id));
      answers.set(id, () => socket.write(ack('AA', id)));
    });
    const clock = handClock();
    const { sink, seen } = await route(
      { port: his.port, mode: 'enhanced', until: 'application', application_ms: 1000 },
      clock,
    );
    const slow = sink.deliver([delivery(message('1'), [1]), delivery(message('2'), [2])]);
    while (!answers.has('1')) await turn();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    clock.advance(1_001);
    while (!answers.has('2')) await turn();
    answers.get('1')!();
    while (!seen.some(({ type }) => type === 'application-ack')) await turn();
    answers.get('2')!();
    deepEqual((await slow).verdicts, [
      { kind: 'retry', cause: 'application-ack-timeout' },
      { kind: 'delivered' },
    ]);
    // Other bytes under the same id are another message; the same ones need not be sent again.
    const other = verdictOf(sink, delivery(`${message('1')}ZZZ|1\r`));
    while (his.arrived.length < 3) await turn();
    answers.get('1')!();
    equal((await other).kind, 'delivered');
    equal(his.connections(), 1);
    equal(
      seen.some(({ type }) => type === 'late-ack'),
      false,
    );
  });

  it('keeps the connection when an application acknowledgement follows unasked', async () => {
    const his = await receiver(({ body, socket }) => {
      const id = controlIdOf(body);
      socket.write(ack('CA', id) + ack('AE', id));
    });
    const { sink, seen } = await route({ port: his.port });
    for (const id of ['1', '2', '3'])
      equal((await verdictOf(sink, delivery(message(id, 'AL|AL')))).kind, 'delivered');
    while (seen.filter(({ type }) => type === 'application-ack').length < 3) await turn();
    equal(his.connections(), 1);
  });

  it('waits for nobody who was asked to keep silent, and hears the failure', async () => {
    const his = await receiver(({ body, socket }) => {
      if (controlIdOf(body) === 'bad') socket.write(ack('CE', 'bad'));
    });
    const clock = handClock();
    const { sink } = await route({ port: his.port }, clock);
    equal((await verdictOf(sink, delivery(message('1', 'NE|NE')))).kind, 'delivered');
    const silent = verdictOf(sink, delivery(message('2', 'ER|NE')));
    while (his.arrived.length < 2) await turn();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    clock.advance(30_001);
    equal((await silent).kind, 'delivered');
    equal((await verdictOf(sink, delivery(message('bad', 'ER|NE')))).kind, 'retry');
  });

  it('speaks with our own listener: CA, then what came of it', async () => {
    const { port, journal, source } = await openListener();
    closing.push(() => source.close(0));
    const { sink } = await route({ port, mode: 'enhanced', until: 'application' });
    const settled = async (id: number, outcome: 'delivered' | 'quarantined') => {
      while (journal.landings.length < id) await turn();
      await turn();
      const { raw, receivedUs } = journal.landings[id - 1]!;
      const settlement = () => ({ outcome, issues: [] });
      const one = { id: id as MessageId, receivedUs, raw: () => raw, settlement };
      return source.answer!([one as unknown as Delivery]);
    };
    const first = verdictOf(sink, delivery(adt('P1')));
    await settled(1, 'delivered');
    equal((await first).kind, 'delivered');
    const second = verdictOf(sink, delivery(adt('P2')));
    await settled(2, 'quarantined');
    equal((await second).kind, 'hold');
  });

  it('sends files whose MSH-15 wants no answer without waiting for one', async () => {
    const his = await receiver(() => {});
    const raw = Buffer.from(message('1', 'NE|NE'), 'latin1');
    const sent = sendFrames([{ file: 'a', raw }], { host: '127.0.0.1', port: his.port });
    const { value } = await sent.next();
    ok(value);
    deepEqual([value.ack, value.cause], ['none', 'no-ack-wanted']);
    await sent.return(undefined);
  });

  it('sends what the resources are rendered as, and holds what cannot be', async () => {
    const his = await receiver(({ body, socket }) => socket.write(ack('AA', controlIdOf(body))));
    const render = { mapping: 'base', message: 'ADT^A31', receiving_application: 'HIS' };
    const { sink } = await route({ port: his.port, mode: 'enhanced', render });
    const patient = {
      resourceType: 'Patient',
      identifier: [{ value: '7' }],
      telecom: [{ system: 'sms', value: '1' }],
    };
    const line = { type: 'Patient', id: 'p', json: JSON.stringify(patient) };
    const one = { ...delivery(message('1')), id: 41 as MessageId, resources: () => [line] };
    equal((await verdictOf(sink, one)).kind, 'delivered');
    equal(
      his.arrived[0]!.body.toString(),
      'MSH|^~\\&|||HIS||19700101000000+0000||ADT^A31^ADT_A05|41|P|2.5.1|||AL|NE||UNICODE UTF-8\r' +
        'EVN|A31|19700101000000+0000\rPID|1||7\r',
    );
    const held = await verdictOf(sink, delivery(message('2')));
    ok(held.kind === 'hold' && held.issues[0]!.code === 'render-missing');
  });
});
