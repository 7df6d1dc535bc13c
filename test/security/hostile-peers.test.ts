// Goal: what reaches the port and is no message harms nobody else: memory stays bounded and other
// senders are answered. Method: the real engine; garbage, other protocols, an unterminated frame of
// up to 1 GB and 2,000 idle sockets against its MLLP port, and after each a well-behaved sender
// must get its AAs.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMiB } from '../faults/memory.ts';
import { type Engine, type Listening, portOf, startEngineProcess } from '../faults/process.ts';
import { seeded } from '../faults/random.ts';
import { createSenders } from '../faults/sender.ts';
import { createWorkspace } from '../faults/workspace.ts';

const mebibyte = 1024 * 1024;

describe('hostile peers', function () {
  this.timeout(600_000);
  const workspace = createWorkspace();
  const random = seeded(6);
  const senders = createSenders({ connections: 1, patients: 3, random });
  const open: Socket[] = [];
  let engine: Engine;
  let listening: readonly Listening[] = [];

  const join = (): Socket => {
    const socket = connect({
      port: portOf(listening, 'mllp'),
      host: '127.0.0.1',
      allowHalfOpen: true,
    });
    socket.on('error', () => undefined);
    open.push(socket);
    return socket;
  };

  /** The next twenty messages of a decent sender are acknowledged. */
  const othersAreServed = async (): Promise<void> => {
    const before = senders.acknowledged.size;
    senders.start(portOf(listening, 'mllp'));
    for (let tries = 0; senders.acknowledged.size < before + 20; tries += 1) {
      assert.ok(tries < 30_000, 'the decent sender is not served');
      await sleep(10);
    }
    senders.stop();
  };

  const withinMemory = async (what: string, act: () => Promise<void>): Promise<void> => {
    const before = residentMiB(engine.pid);
    await act();
    const after = residentMiB(engine.pid);
    if (before === undefined || after === undefined) return;
    const grown = after - before;
    assert.ok(grown < 200, `${what} grew the engine by ${grown.toFixed()} MiB`);
  };

  before(async () => {
    engine = startEngineProcess(workspace);
    listening = await engine.ready;
    await othersAreServed();
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });
  after(async () => {
    senders.stop();
    engine.signal('SIGKILL');
    await engine.ended;
    workspace.remove();
  });

  it('listen on loopback alone unless told otherwise', () => {
    assert.deepEqual([...new Set(listening.map((one) => one.host))], ['127.0.0.1']);
  });

  it('may write garbage', async () => {
    await withinMemory('garbage', async () => {
      const noise = [
        randomBytes(2 * mebibyte),
        Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
        Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
        Buffer.from([0x0b, 0x1c, 0x0d, 0x0b, 0x0b, 0x1c, 0x1c, 0x0d]),
      ];
      for (const bytes of noise) join().write(bytes);
      await othersAreServed();
    });
  });

  it('may send a frame of 1 GB that never ends', async () => {
    await withinMemory('an endless frame', async () => {
      const socket = join();
      await once(socket, 'connect');
      socket.write(Buffer.from('\vMSH|^~\\&|HUGE|X|PLEXUS|HUB|20260101||ADT^A08|HUGE-1|P|2.5.1\r'));
      const chunk = Buffer.alloc(mebibyte, 'x');
      let answer = '';
      socket.on('data', (bytes) => {
        answer += bytes;
      });
      const cut = new Promise<void>((done) => socket.once('close', () => done()));
      // What comes after the limit is thrown away for a moment, so that the AR can arrive.
      for (let written = 0; written < 1024 && !socket.destroyed; written += 1) {
        await new Promise<void>((done) => socket.write(chunk, () => done()));
      }
      await cut;
      assert.match(answer, /MSA\|AR\|HUGE-1/);
      await othersAreServed();
    });
  });

  it('may hold 2,000 idle sockets', async () => {
    await withinMemory('2,000 idle sockets', async () => {
      for (let count = 0; count < 2_000; count += 1) {
        join();
        if (count % 100 === 99) await sleep(10);
      }
      await othersAreServed();
    });
  });
});
