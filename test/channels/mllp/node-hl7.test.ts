// Goal: node-hl7-client and node-hl7-server work with our listener and our route; and what
// node-hl7-server does wrong, and why our listener is our own, stays on record.
// Method: both packages as real peers over real sockets. A test under "on record" fails when a
// version arrives that does better: then read docs/decisions/0001-our-own-mllp.md again.
import { deepEqual, equal } from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { Client, Message } from 'node-hl7-client';
import { Server } from 'node-hl7-server';
import type { Delivery, MessageId } from '../../../engine/index.ts';
import { delivery, openRoute } from '../../routes/mllp/receiver.ts';
import { adt, frame, msa, openListener, openSender } from './memory-journal.ts';

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A node-hl7-server that answers AA to everything; texts as it delivered them. */
async function openHl7Server(bindAddress = '0.0.0.0') {
  const port = await freePort();
  const texts: string[] = [];
  const raw: string[] = [];
  const inbound = new Server({ bindAddress }).createInbound({ port }, async (request, response) => {
    texts.push(request.getMessage().toString());
    await response.sendResponse('AA');
  });
  inbound.on('data.raw', (text) => raw.push(text));
  // The package keeps no promise that its listener is closed.
  inbound.on('error', () => {});
  await new Promise<void>((resolve) => inbound.on('listen', resolve));
  return { port, texts, raw, inbound };
}

describe('node-hl7-client as sender', () => {
  it('sends 20 messages and gets 20 acknowledgements that name them', async () => {
    const { port, journal, source } = await openListener();
    const answers: string[] = [];
    const client = new Client({ host: '127.0.0.1' });
    let answered = () => {};
    const connection = client.createConnection({ port, waitAck: true }, (response) => {
      const message = response.getMessage();
      answers.push(`${message.get('MSA.1').toString()} ${message.get('MSA.2').toString()}`);
      answered();
    });
    await new Promise<void>((resolve) => connection.on('connect', resolve));
    const ids = Array.from({ length: 20 }, (_, index) => `CLIENT${index}`);
    for (const id of ids) {
      const next = new Promise<void>((resolve) => {
        answered = resolve;
      });
      await connection.sendMessage(new Message({ text: adt(id) }));
      await next;
    }
    deepEqual(
      answers,
      ids.map((id) => `AA ${id}`),
    );
    deepEqual(
      journal.landings.map(({ controlId }) => controlId),
      ids,
    );
    await connection.close();
    await source.close(0);
  });

  it('hears in enhanced mode of the commit, and then of what became of it', async () => {
    const { port, journal, source } = await openListener();
    const answers: string[] = [];
    const client = new Client({ host: '127.0.0.1' });
    let answered = () => {};
    const connection = client.createConnection({ port, waitAck: false }, (response) => {
      const message = response.getMessage();
      answers.push(`${message.get('MSA.1').toString()} ${message.get('MSA.2').toString()}`);
      answered();
    });
    await new Promise<void>((resolve) => connection.on('connect', resolve));
    const until = async (count: number) => {
      while (answers.length < count)
        await new Promise<void>((resolve) => {
          answered = resolve;
        });
    };
    const text = adt('E1').replace('|E1|P|2.5.1', '|E1|P|2.5.1|||AL|AL');
    await connection.sendMessage(new Message({ text }));
    await until(1);
    deepEqual(answers, ['CA E1']);
    const { raw, receivedUs } = journal.landings[0]!;
    const settlement = () => ({ outcome: 'delivered' as const, issues: [] });
    const one = { id: 1 as MessageId, receivedUs, raw: () => raw, settlement };
    equal(source.answer!([one as unknown as Delivery])[0]!.kind, 'delivered');
    await until(2);
    deepEqual(answers, ['CA E1', 'AA E1']);
    await connection.close();
    await source.close(0);
  });
});

describe('node-hl7-server as receiver', () => {
  it('gets each message once from our route at one message a connection', async () => {
    const { port, texts, inbound } = await openHl7Server();
    const { sink } = await openRoute({ port, keep_open: false });
    const ids = ['1', '2', '3', '4', '5', '6', '7'];
    const { verdicts } = await sink.deliver(ids.map((id) => delivery(adt(id), [1])));
    deepEqual(
      verdicts.map(({ kind }) => kind),
      ids.map(() => 'delivered'),
    );
    deepEqual(
      texts.map((text) => text.split('|')[9]),
      ids,
    );
    await sink.close();
    await inbound.close();
  });
});

describe('node-hl7-server 2.5.0, on record', () => {
  it('delivers 7 messages of one connection 28 times', async () => {
    const { port, texts, inbound } = await openHl7Server();
    const sender = await openSender(port);
    for (let sent = 1; sent <= 7; sent += 1) {
      sender.write(frame(adt(`R${sent}`)));
      // Its buffer is never cleared: message n brings all before it along.
      await sender.answered((sent * (sent + 1)) / 2);
    }
    equal(texts.length, 28);
    equal(sender.answers().length, 28);
    sender.socket.destroy();
    await inbound.close();

    const ours = await openListener();
    const same = await openSender(ours.port);
    for (let sent = 1; sent <= 7; sent += 1) same.write(frame(adt(`R${sent}`)));
    deepEqual(
      (await same.answered(7)).map(msa),
      [1, 2, 3, 4, 5, 6, 7].map((n) => `AA R${n}`),
    );
    equal(ours.journal.landings.length, 7);
    same.socket.destroy();
    await ours.source.close(0);
  });

  it('listens on every address though bindAddress names one', async () => {
    // A second loopback address stands for "another network"; where there is none, our own listener
    // and theirs both refuse, and the record is silent.
    const reaches = (port: number) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ port, host: '127.0.0.2', timeout: 2000 });
        socket.on('connect', () => resolve(true));
        socket.on('error', () => resolve(false));
        socket.on('timeout', () => resolve(false));
        socket.on('close', () => socket.destroy());
      });
    const { port, inbound } = await openHl7Server('127.0.0.1');
    equal(await reaches(port), process.platform === 'linux');
    await inbound.close();
    const ours = await openListener();
    equal(await reaches(ours.port), false);
    await ours.source.close(0);
  });

  it('has decoded the bytes before anybody can land them', async () => {
    const { port, raw, inbound } = await openHl7Server();
    const sender = await openSender(port);
    const bytes = Buffer.from(adt('B1').replace('Amber', 'Andr\xe9'), 'latin1');
    sender.write(Buffer.concat([Buffer.of(0x0b), bytes, Buffer.of(0x1c, 0x0d)]));
    await sender.answered(1);
    equal(raw[0]!.includes('Andr\ufffd'), true);
    sender.socket.destroy();
    await inbound.close();

    const ours = await openListener();
    const same = await openSender(ours.port);
    same.write(Buffer.concat([Buffer.of(0x0b), bytes, Buffer.of(0x1c, 0x0d)]));
    await same.answered(1);
    equal(ours.journal.landings[0]!.raw.equals(bytes), true);
    same.socket.destroy();
    await ours.source.close(0);
  });
});
