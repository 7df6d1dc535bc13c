// Goal: G9 under kill -9: every sender that got CA and wants to know what came of its message hears
// it, once it can be told; what can be told to nobody is held, counted and answered to a resend.
// Method: the real engine as a process, fed over real sockets by senders in enhanced mode, killed
// at random moments; a real receiver of the answers, which refuses some; then a start in peace.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Conservation } from '../../engine/index.ts';
import { frame, msa, openSender } from '../channels/mllp/memory-journal.ts';
import { ack, controlIdOf, openReceiver } from '../routes/mllp/receiver.ts';
import { auditConservation } from './ledger.ts';
import { portOf, startEngineProcess } from './process.ts';
import { seeded } from './random.ts';
import { readMessages, stop, whenAtRest } from './rounds.ts';
import { createWorkspace } from './workspace.ts';

const message = (id: string, birth = '19700102'): string =>
  [
    `MSH|^~\\&|REG|WEST|PLEXUS|NET|20250301101500||ADT^A01|${id}|P|2.5.1|||AL|AL`,
    'EVN|A01|20250301101500',
    `PID|1||${id}^^^WEST^MR||Teststone^Amber||${birth}|F`,
    `PV1|1|I|4E^12^1||||||||||||||||${id}^^^WEST^VN|||||||||||||||||||||||||20250301101500`,
    '',
  ].join('\r');

const unsupported = (id: string): string => message(id).replace('ADT^A01', 'ZZZ^Z99');

const booksOf = (rows: readonly Conservation[], name: string) =>
  rows[0]!.destinations.find(({ destination }) => destination.endsWith(name))!;

describe('what senders in enhanced mode are owed', function () {
  this.timeout(240_000);

  it('comes after a kill -9, on the connection that is configured, for every CA', async () => {
    const seed = Number(process.env.PLEXUS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const random = seeded(seed);
    const heard = new Map<string, Set<string>>();
    const receiver = await openReceiver(({ body, socket }) => {
      const text = body.toString('latin1');
      // One in five is not taken, and one in five gets no answer: each must come again.
      const luck = random();
      if (luck < 0.2) socket.write(ack('CE', controlIdOf(body)));
      else if (luck < 0.4) socket.destroy();
      else {
        const [code = '', id = ''] = msa(text).split(' ');
        heard.set(id, new Set([...(heard.get(id) ?? []), code]));
        socket.write(ack('CA', controlIdOf(body)));
      }
    });
    const retry = 'retry: { first_ms: 5, last_ms: 20 }, ack_ms: 500';
    const route = `replies: { host: 127.0.0.1, port: ${receiver.port}, ${retry} }`;
    const workspace = createWorkspace({ routes: [route] });
    const accepted = new Set<string>();
    let count = 0;
    try {
      for (let round = 0; round < 4; round += 1) {
        const engine = startEngineProcess(workspace);
        try {
          const port = portOf(await engine.ready, 'mllp');
          const sender = await openSender(port, connect(port, '127.0.0.1'));
          const enough = 15 + Math.floor(random() * 45);
          const kill = sender
            .answered(enough)
            .then(() => sleep(random() * 100))
            .then(() => engine.signal('SIGKILL'));
          for (let n = 0; n < 60; n += 1) {
            count += 1;
            sender.write(frame(count % 3 ? message(`K${count}`) : unsupported(`K${count}`)));
            if (n % 10 === 0) await sleep(random() * 20);
          }
          await kill;
          await sender.closed();
          for (const each of sender.answers()) {
            const [code, id] = msa(each).split(' ');
            assert.equal(code, 'CA', `PLEXUS_SEED=${seed}`);
            accepted.add(id!);
          }
        } finally {
          engine.signal('SIGKILL');
        }
        await engine.ended;
      }
      const engine = startEngineProcess(workspace);
      const rows = await whenAtRest(await engine.ready);
      await stop(engine);
      assert.ok(accepted.size >= 60, `PLEXUS_SEED=${seed}: only ${accepted.size} accepted`);
      for (const id of accepted) {
        const wanted = Number(id.slice(1)) % 3 ? 'AA' : 'AE';
        assert.deepEqual([...(heard.get(id) ?? [])], [wanted], `PLEXUS_SEED=${seed}: ${id}`);
      }
      assert.deepEqual(rows.flatMap(auditConservation), []);
      const landed = readMessages(workspace).length;
      const { enqueued, delivered, held } = booksOf(rows, 'replies');
      // A message that was under way at three crashes is held with its answer given all the same.
      assert.deepEqual([enqueued, delivered, held], [landed, landed, 0]);
    } finally {
      workspace.remove();
      await receiver.close();
    }
  });

  it('comes on the connection of the message, and is held when that is gone', async () => {
    const workspace = createWorkspace();
    let engine = startEngineProcess(workspace);
    try {
      let port = portOf(await engine.ready, 'mllp');
      const sender = await openSender(port, connect(port, '127.0.0.1'));
      sender.write(frame(message('S1')) + frame(unsupported('S2')));
      const answers = await sender.answered(4);
      assert.deepEqual(answers.map(msa).sort(), ['AA S1', 'AE S2', 'CA S1', 'CA S2']);
      assert.match(
        answers.find((each) => msa(each) === 'AE S2')!,
        /ERR.*message-type-unsupported/s,
      );
      sender.socket.destroy();

      const hasty = await openSender(port, connect(port, '127.0.0.1'));
      hasty.write(frame(message('S3')));
      await hasty.answered(1);
      engine.signal('SIGKILL');
      await engine.ended;
      await hasty.closed();
      const already = hasty.answers().map(msa).includes('AA S3');
      engine = startEngineProcess(workspace);
      const listening = await engine.ready;
      const [books] = await whenAtRest(listening);
      const { held } = booksOf([books!], 'sender');
      // It may have died between the answer and the note that it was given.
      assert.ok(held === 1 || (already && held === 0), `${held} held, answered: ${already}`);
      assert.deepEqual(auditConservation(books!), []);

      port = portOf(listening, 'mllp');
      const again = await openSender(port, connect(port, '127.0.0.1'));
      again.write(frame(message('S3')));
      assert.deepEqual((await again.answered(2)).map(msa), ['CA S3', 'AA S3']);
      const [after] = await whenAtRest(listening);
      assert.equal(booksOf([after!], 'sender').held, 0);
      assert.deepEqual(auditConservation(after!), []);
      again.socket.destroy();
      await stop(engine);
    } finally {
      engine.signal('SIGKILL');
      workspace.remove();
    }
  });
});
