// Goal: the harness of the fault tests sees what it is there to see.
// Method: books with one planted defect each (missing, twice, out of order, wrong sums) must give a
// finding; honest books must give none. The senders meet a peer that dies and comes back.
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import type { Conservation } from '../../engine/index.ts';
import { audit, type Books, type MessageRow } from './ledger.ts';
import { seeded } from './random.ts';
import { createSenders, frame, readFrames, type Sent } from './sender.ts';

type Counts = Conservation['destinations'][number];

const first: Sent = { controlId: 'C0-1', patient: 'P0-0', turn: 1 };
const second: Sent = { controlId: 'C0-2', patient: 'P0-0', turn: 2 };
const byId = new Map([first, second].map((message) => [message.controlId, message]));
const row = ({ controlId }: Sent): MessageRow => ({
  control_id: controlId,
  channel: 'faults',
  outcome: 'delivered',
  sha256: '',
});
const counts: Conservation = {
  channel: 'faults',
  received: 3,
  duplicate: 1,
  filtered: 0,
  waived: 0,
  held: 0,
  pending: 0,
  settled: 2,
  violations: 0,
  destinations: [
    { destination: 'faults/files', enqueued: 2, delivered: 2, waived: 0, held: 0, pending: 0 },
  ],
};
const honest: Books = {
  acknowledged: byId,
  sent: byId,
  messages: [row(first), row(second)],
  delivered: [first, second],
  conservation: [counts],
};

describe('the books of the fault tests', () => {
  it('find nothing in honest books', () => assert.deepEqual(audit(honest), []));

  const planted: Readonly<Record<string, Books>> = {
    'was acknowledged and is missing': { ...honest, messages: [row(first)], delivered: [first] },
    'landed 2 times': { ...honest, messages: [...honest.messages, row(second)] },
    'landed and was never sent': { ...honest, sent: new Map([['C0-1', first]]) },
    'delivered 2 times': { ...honest, delivered: [first, second, second] },
    'not at the route': { ...honest, delivered: [first] },
    'came after turn 2': { ...honest, delivered: [second, first] },
    'never landed': { ...honest, delivered: [first, second, { patient: 'P9-9', turn: 1 }] },
    'still pending': {
      ...honest,
      messages: [row(first), { ...row(second), outcome: 'pending' }],
    },
    'accounted 3': { ...honest, conservation: [{ ...counts, received: 4 }] },
    'reports 1 violations': { ...honest, conservation: [{ ...counts, violations: 1 }] },
    'enqueued 3, accounted 2': {
      ...honest,
      conservation: [
        { ...counts, destinations: [{ ...(counts.destinations[0] as Counts), enqueued: 3 }] },
      ],
    },
  };
  for (const [finding, books] of Object.entries(planted)) {
    it(`find what ${finding}`, () => {
      const found = audit(books);
      assert.ok(
        found.some((line) => line.includes(finding)),
        `${found.join('; ')} has no "${finding}"`,
      );
    });
  }
});

describe('the senders of the fault tests', () => {
  it('send again what was not acknowledged, and count only an AA', async () => {
    const received: string[] = [];
    const peers = new Set<Socket>();
    let answering = false;
    const server = createServer((socket) => {
      peers.add(socket.on('error', () => undefined));
      readFrames(socket, (bytes) => {
        const id = bytes.toString().split('|')[9] as string;
        received.push(id);
        if (answering) socket.write(frame(Buffer.from(`MSH|^~\\&|\rMSA|AA|${id}\r`)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const senders = createSenders({ connections: 1, patients: 2, random: seeded(1) });
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    senders.start(port);
    await until(() => received.length === 1);
    senders.stop();
    assert.equal(senders.acknowledged.size, 0);
    answering = true;
    senders.start(port);
    await until(() => senders.acknowledged.size >= 3);
    senders.stop();
    for (const peer of peers) peer.destroy();
    server.close();
    assert.deepEqual(received.slice(0, 3), ['C0-1', 'C0-1', 'C0-2']);
    assert.equal(senders.acknowledged.get('C0-1')?.turn, 1);
  });
});
