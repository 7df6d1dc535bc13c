// Goal: whatever is asked of a channel, in whatever order and at once, it has one pipeline, it
// takes messages in only while somebody processes them or was told to wait, and it runs when its
// configuration says so. Method: a real engine whose configuration the test edits; a destination
// that remembers.
import assert from 'node:assert/strict';
import { newDataDir, openProbe, type Probe, removeDir, until } from './probe-engine.ts';

describe('channel lifecycle', () => {
  let dataDir: string;
  let probe: Probe;

  const state = (): string => probe.engine.operations.channels()[0]!.state;
  const texts = (): string[] => probe.delivered.map(({ text }) => text);

  beforeEach(async () => {
    dataDir = newDataDir();
    probe = await openProbe({ dataDir, routes: ['a'] });
  });
  afterEach(async () => {
    await probe.engine.stop();
    removeDir(dataDir);
  });

  it('processes each message once after reloads and starts that overlap', async () => {
    const { operations } = probe.engine;
    probe.edit('two');
    await Promise.all([operations.reload(), operations.reload(), operations.start('probe')]);
    probe.edit('three');
    await Promise.all([operations.reload(), operations.deploy('probe'), operations.start('probe')]);
    for (let n = 0; n < 50; n += 1) await probe.land(`m${n}`, { orderingKeys: [`k${n % 3}`] });
    await until(() => texts().length >= 50, 'all are delivered');
    await operations.stop('probe');
    assert.equal(texts().length, 50);
    assert.equal(probe.openSinks(), 0);
    assert.equal(probe.openSources(), 0);
  });

  it('takes nothing in once its configuration has disabled it, and runs when enabled', async () => {
    const { operations } = probe.engine;
    probe.edit('two', { enabled: false });
    await operations.reload();
    assert.deepEqual([state(), probe.openSources()], ['stopped', 0]);
    probe.edit('three', { enabled: true });
    await operations.reload();
    assert.deepEqual([state(), probe.openSources()], ['running', 1]);
    await probe.land('after');
    await until(() => texts().length === 1, 'it is delivered');
  });

  it('runs again when its file comes back', async () => {
    const { operations } = probe.engine;
    probe.editAll([]);
    assert.deepEqual(await operations.reload(), ['probe']);
    assert.deepEqual([state(), probe.openSources()], ['stopped', 0]);
    probe.edit('one');
    assert.deepEqual(await operations.reload(), ['probe']);
    assert.equal(state(), 'running');
  });

  it('goes on as before until its configuration is mended, and others are swapped', async () => {
    const { operations } = probe.engine;
    probe.editAll([
      { revision: 'two', routes: ['refuses'] },
      { name: 'other', revision: 'one' },
    ]);
    assert.deepEqual(await operations.reload(), ['other']);
    const { state: now, revision } = operations.channels()[0]!;
    assert.deepEqual([now, revision], ['running', 'one']);
    assert.equal(operations.channels()[1]?.state, 'running');
    probe.edit('three');
    await operations.reload();
    assert.equal(state(), 'running');
  });

  it('stays stopped over a reload when a person has stopped it', async () => {
    const { operations } = probe.engine;
    await operations.stop('probe');
    probe.edit('two');
    await operations.reload();
    assert.equal(state(), 'stopped');
  });

  it('stays paused over a reload, and delivers what was made', async () => {
    const { operations } = probe.engine;
    await operations.pause('probe');
    probe.edit('two');
    await operations.reload();
    assert.deepEqual([state(), probe.openSources(), probe.openSinks()], ['paused', 1, 1]);
    await probe.land('waits');
    assert.equal(texts().length, 0);
    await operations.start('probe');
    await until(() => texts().length === 1, 'it is delivered');
    assert.deepEqual([probe.openSources(), probe.openSinks()], [1, 1]);
  });

  it('can be stopped while it drains towards a destination that never takes anything', async () => {
    const { operations } = probe.engine;
    probe.edit('two', { routes: ['away'] });
    await operations.reload();
    await probe.land('stays');
    const drained = operations.drain('probe');
    await until(() => state() === 'draining', 'it drains');
    await operations.stop('probe');
    await drained;
    assert.deepEqual([state(), probe.openSinks()], ['stopped', 0]);
  });

  it('drains although a route that it no longer has left a queue', async () => {
    const { operations } = probe.engine;
    probe.edit('two', { routes: ['away'] });
    await operations.reload();
    await probe.land('stays');
    await until(() => operations.channels()[0]!.settled === 1, 'the chain is done');
    probe.edit('three');
    await operations.reload();
    await operations.drain('probe');
    assert.equal(state(), 'stopped');
  });
});
