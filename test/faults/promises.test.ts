// Goal: promises that a sender and an operator can see from outside: duplicates (G4), pipelined
// frames (G8), a wrong configuration that changes nothing (G12), and what cannot be converted is
// held with an owner and a code (G14). Method: the real engine as a process, spoken to over its
// sockets, signals and command line.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HeldGroup } from '../../engine/index.ts';
import {
  type Engine,
  getApi,
  type Listening,
  portOf,
  runCommand,
  startEngineProcess,
} from './process.ts';
import { readMessages, stop, whenAtRest } from './rounds.ts';
import { frame, readFrames, renderMessage } from './sender.ts';
import { channelName, createWorkspace, readDelivered } from './workspace.ts';

describe('the running engine', function () {
  this.timeout(600_000);
  const workspace = createWorkspace();
  let engine: Engine;
  let listening: readonly Listening[] = [];

  /** Sends frames in one write, and answers with as many ACKs, as text. */
  async function send(...messages: Buffer[]): Promise<string[]> {
    const socket = connect(portOf(listening, 'mllp'), '127.0.0.1');
    await once(socket, 'connect');
    const answers: string[] = [];
    const all = new Promise<void>((resolve, reject) => {
      readFrames(socket, (bytes) => {
        answers.push(bytes.toString());
        if (answers.length === messages.length) resolve();
      });
      socket.once('close', () => reject(new Error(`closed after ${answers.length} answers`)));
    });
    socket.write(Buffer.concat(messages.map(frame)));
    await all;
    socket.removeAllListeners('close');
    socket.destroy();
    return answers;
  }

  const codeOf = (answer: string | undefined): string =>
    /MSA\|(\w\w)/.exec(answer ?? '')?.[1] ?? '';
  const rowsOf = (controlId: string): number =>
    readMessages(workspace).filter((row) => row.control_id === controlId).length;

  before(async () => {
    engine = startEngineProcess(workspace);
    listening = await engine.ready;
  });
  after(async () => {
    engine.signal('SIGKILL');
    await engine.ended;
    workspace.remove();
  });

  it('answers a resend with the stored ACK, byte for byte, and delivers it once', async () => {
    const message = renderMessage({ controlId: 'DUP-1', patient: 'P1-1', turn: 1 });
    const [first] = await send(message);
    const [again] = await send(message);
    assert.equal(codeOf(first), 'AA');
    assert.equal(again, first);
    await whenAtRest(listening);
    assert.equal(rowsOf('DUP-1'), 1);
    assert.equal(readDelivered(workspace.out).filter((one) => one.patient === 'P1-1').length, 1);
  });

  it('takes the same key with other bytes for another message', async () => {
    await send(renderMessage({ controlId: 'KEY-1', patient: 'P2-2', turn: 1 }));
    const answers = await send(renderMessage({ controlId: 'KEY-1', patient: 'P2-2', turn: 2 }));
    assert.equal(codeOf(answers[0]), 'AA');
    await whenAtRest(listening);
    assert.equal(rowsOf('KEY-1'), 2);
    assert.equal(readDelivered(workspace.out).filter((one) => one.patient === 'P2-2').length, 2);
  });

  it('answers pipelined frames one by one, in their order', async () => {
    const turns = Array.from({ length: 100 }, (_, index) => index + 1);
    const messages = turns.map((turn) =>
      renderMessage({ controlId: `PIPE-${turn}`, patient: 'P3-3', turn }),
    );
    const answers = await send(...messages);
    const ids = answers.map((answer) => /MSA\|AA\|([^|\r]*)/.exec(answer)?.[1]);
    assert.deepEqual(
      ids,
      turns.map((turn) => `PIPE-${turn}`),
    );
    await whenAtRest(listening);
    const delivered = readDelivered(workspace.out).filter((one) => one.patient === 'P3-3');
    assert.deepEqual(
      delivered.map((one) => one.turn),
      turns,
    );
  });

  it('acknowledges what it cannot convert, and holds it with code, owner and age', async () => {
    const text = 'MSH|^~\\&|FAULTS|WARD|PLEXUS|HUB|20260102030405||ZZZ^Z99|HELD-1|P|2.5.1\rZZZ|1\r';
    const [answer] = await send(Buffer.from(text));
    assert.equal(codeOf(answer), 'AA');
    await whenAtRest(listening);
    const groups = await getApi<HeldGroup[]>(listening, '/api/quarantine');
    const [group] = groups.filter((one) => one.stage === 'convert');
    assert.match(group?.code ?? '', /^[a-z][a-z0-9-]+$/);
    assert.equal(group?.owner, 'faults@plexus.example');
    assert.ok((group?.oldestUs ?? 0) > 0);
    const row = readMessages(workspace).find((one) => one.control_id === 'HELD-1');
    assert.equal(row?.outcome, 'quarantined');
  });

  it('keeps its old configuration when the new one is wrong', async () => {
    const file = join(workspace.config, `channels/${channelName}.yaml`);
    const good = readFileSync(file, 'utf8');
    appendFileSync(file, 'stagse: []\n');
    try {
      engine.signal('SIGHUP');
      await sleep(500);
      const message = renderMessage({ controlId: 'RELOAD-1', patient: 'P4-4', turn: 1 });
      assert.equal(codeOf((await send(message))[0]), 'AA');
      const folders = ['--config', workspace.config, '--data', `${workspace.data}-2`];
      const fresh = runCommand(['run', '--ports', 'any', ...folders]);
      assert.equal(fresh.code, 78);
      assert.match(fresh.stderr, /faults\.yaml:\d+:1\b.*stages/s);
    } finally {
      writeFileSync(file, good);
    }
  });

  it('stops in peace on SIGTERM, with everything kept', async () => {
    await stop(engine);
    assert.equal(rowsOf('PIPE-100'), 1);
    engine = startEngineProcess(workspace);
    listening = await engine.ready;
    await whenAtRest(listening);
  });
});
