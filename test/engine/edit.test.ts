// Goal: a held message runs on a copy that somebody mended, its raw bytes are never touched, and
// every later generation, a restart and the raw-only copy of an old day know of the copy.
// Method: a real engine whose worker holds by what a message says, with destinations that remember.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { MessageId } from '../../engine/index.ts';
import { expire } from '../../engine/journal/index.ts';
import { openRawReader } from '../../engine/reader/index.ts';
import { newDataDir, openProbe, type Probe, probeKey, removeDir, until } from './probe-engine.ts';

describe('an edited copy', () => {
  let dataDir: string;
  let probe: Probe;
  let refuses = false;
  const open = () =>
    openProbe({
      dataDir,
      routes: ['keeps', 'forwards'],
      judge: () => (refuses ? { kind: 'hold', issues: [] } : { kind: 'delivered' }),
    });
  const told = () => probe.delivered.map(({ route, text }) => `${route} ${text}`).sort();
  const outcome = (id: number) =>
    [...probe.engine.operations.messages({})].find((one) => one.id === id)?.outcome;
  const edit = (id: number, text: string) =>
    probe.engine.operations.edit(id as MessageId, Buffer.from(text), 'a wrong code', 'ann');
  const violations = () =>
    probe.engine.operations.conservation().reduce((sum, each) => sum + each.violations, 0);
  const stored = (id: number, asReceived: boolean) => {
    const reader = openRawReader(dataDir, probeKey);
    const raw = reader.one(id as MessageId, asReceived)?.raw.toString();
    reader.close();
    return raw;
  };

  beforeEach(async () => {
    refuses = false;
    dataDir = newDataDir();
    probe = await open();
  });
  afterEach(async () => {
    await probe.engine.stop();
    removeDir(dataDir);
  });

  async function held(text: string): Promise<number> {
    const { id } = await probe.land(text);
    await until(() => outcome(id) === 'quarantined', 'it is held');
    return id;
  }

  it('runs and is forwarded in place of what came, which stays', async () => {
    const id = await held('HOLD me');
    assert.equal(await edit(id, 'let me go'), 1);
    await until(() => told().length === 2, 'it is delivered');
    assert.deepEqual(told(), ['forwards let me go', 'keeps let me go']);
    assert.equal(stored(id, true), 'HOLD me');
    assert.equal(stored(id, false), 'let me go');
    const view = probe.engine.operations.trace(id as MessageId)!;
    assert.equal(view.sha256, hash('sha256', 'HOLD me'));
    assert.deepEqual(
      view.history.map(({ action, by, reason }) => [action, by, reason]),
      [['edit', 'ann', 'a wrong code']],
    );
    assert.equal(violations(), 0);
  });

  it('may be edited again when it is held again, and runs on the last copy', async () => {
    const id = await held('HOLD me');
    await edit(id, 'HOLD still');
    await until(() => outcome(id) === 'quarantined', 'it is held again');
    await edit(id, 'gone');
    await until(() => told().length === 2, 'it is delivered');
    probe.delivered.length = 0;
    assert.equal(await probe.engine.operations.rerun([id as MessageId], 'again', 'me'), 1);
    await until(() => told().length === 2, 'it is delivered again');
    assert.deepEqual(told(), ['forwards gone', 'keeps gone']);
  });

  it('is known after a restart, and when the work of its day has expired', async () => {
    const id = await held('HOLD me');
    await probe.engine.operations.pause('probe');
    await edit(id, 'let me go');
    await probe.engine.stop();
    probe = await open();
    await until(() => told().length === 2, 'it is delivered');
    assert.deepEqual(told(), ['forwards let me go', 'keeps let me go']);
    const { journal, operations } = probe.engine;
    const queues = () => operations.conservation().flatMap(({ destinations }) => destinations);
    await until(() => queues().every(({ delivered }) => delivered === 1), 'that is durable');
    const later = (Date.now() + 40 * 24 * 3_600_000) * 1000;
    await expire(journal, dataDir, { workDays: 30 }, later, probe.events);
    assert.equal(journal.control.partitions()[0]?.state, 'raw-only');
    assert.equal(stored(id, false), 'let me go');
    assert.equal(stored(id, true), 'HOLD me');
    const reader = openRawReader(dataDir, probeKey);
    const query = { channel: 'probe', sinceUs: 0, untilUs: later };
    const [range] = reader.ranges(query, 100);
    const [message] = reader.messages(query, range!);
    reader.close();
    assert.equal(message?.raw.toString(), 'let me go');
    assert.equal(message?.sha256, hash('sha256', 'let me go'));
  });

  it('is refused for what a route held, and is none for what is not held', async () => {
    refuses = true;
    const { id } = await probe.land('m');
    await until(
      () => [...probe.engine.operations.held({})].length === 2,
      'both routes hold the delivery',
    );
    await assert.rejects(edit(id, 'x'), { code: 'edit-of-delivery' });
    assert.equal(await edit(2 ** 40, 'x'), 0);
    assert.equal(violations(), 0);
  });
});
