// Goal: messages that were done with run again when told, as a new generation that every route
// gets; the counts still add up, order holds, nothing is run that is open, held or unknown, and a
// restart knows of it; a reconversion runs what is held, too, and finished days, and tells no route
// what it has had as it came. Method: a real engine with a destination that remembers.
import assert from 'node:assert/strict';
import type { MessageId } from '../../engine/index.ts';
import { expire } from '../../engine/journal/index.ts';
import { newDataDir, openProbe, type Probe, removeDir, until } from './probe-engine.ts';

describe('running again', () => {
  let dataDir: string;
  let probe: Probe;
  const texts = (): string[] => probe.delivered.map(({ route, text }) => `${route} ${text}`);
  const rerun = (ids: readonly number[]) =>
    probe.engine.operations.rerun(ids as readonly MessageId[], 'a reason', 'me');
  const outcome = (id: number) =>
    [...probe.engine.operations.messages({})].find((one) => one.id === id)?.outcome;

  beforeEach(async () => {
    dataDir = newDataDir();
    probe = await openProbe({ dataDir, routes: ['a', 'b'] });
  });
  afterEach(async () => {
    await probe.engine.stop();
    removeDir(dataDir);
  });

  function violations(): number {
    return probe.engine.operations.conservation().reduce((sum, each) => sum + each.violations, 0);
  }

  it('gives every route the results again, in order, and counts each message once', async () => {
    const landed: number[] = [];
    for (let n = 0; n < 40; n += 1)
      landed.push((await probe.land(`m${n}`, { orderingKeys: ['k'] })).id);
    await until(() => texts().length === 80, 'all are delivered');
    probe.delivered.length = 0;
    assert.equal(await rerun([...landed.slice(10, 20), ...landed.slice(10, 20), 4, 2 ** 40]), 10);
    await until(() => texts().length === 20, 'ten are delivered to both');
    const wanted = Array.from({ length: 10 }, (_, n) => `m${n + 10}`);
    for (const route of ['a', 'b'])
      assert.deepEqual(
        texts().filter((one) => one.startsWith(route)),
        wanted.map((one) => `${route} ${one}`),
      );
    assert.equal(violations(), 0);
    const { received, settled, pending } = probe.engine.operations.conservation()[0]!;
    assert.deepEqual([received, settled, pending], [40, 40, 0]);
    const { steps, destinations } = probe.engine.operations.trace(landed[10] as MessageId)!;
    assert.deepEqual(
      steps.map(({ generation, outcome: each }) => [generation, each]),
      [
        [0, 'superseded'],
        [1, 'settled'],
      ],
    );
    assert.deepEqual(
      destinations.map(({ generation }) => generation),
      [0, 0, 1, 1],
    );
    await until(() => outcome(landed[10]!) === 'delivered', 'that is durable');
  });

  it('leaves alone what is held', async () => {
    const { id } = await probe.land('HOLD');
    await until(() => outcome(id) === 'quarantined', 'it is held');
    assert.equal(await rerun([id]), 0);
    assert.equal(violations(), 0);
  });

  it('is not forgotten by a restart', async () => {
    const { id } = await probe.land('m');
    await until(() => texts().length === 2, 'it is delivered');
    await probe.engine.operations.pause('probe');
    assert.equal(await rerun([id]), 1);
    await probe.engine.stop();
    probe = await openProbe({ dataDir, routes: ['a', 'b'] });
    await until(() => texts().length === 2, 'it is delivered again');
    assert.equal(violations(), 0);
  });
});

describe('a reconversion', () => {
  let dataDir: string;
  let probe: Probe;
  const told = () => probe.delivered.map(({ route, text }) => `${route} ${text}`).sort();
  const outcome = (id: number) =>
    [...probe.engine.operations.messages({})].find((one) => one.id === id)?.outcome;
  const reconvert = (ids: readonly number[], generation?: number) =>
    probe.engine.operations.reconvert(
      ids.map((id) => ({
        id: id as MessageId,
        ...(generation === undefined ? {} : { generation }),
      })),
      'a reason',
      'me',
    );

  beforeEach(async () => {
    dataDir = newDataDir();
    probe = await openProbe({ dataDir, routes: ['keeps', 'forwards'] });
  });
  afterEach(async () => {
    await probe.engine.stop();
    removeDir(dataDir);
  });

  const violations = () =>
    probe.engine.operations.conservation().reduce((sum, each) => sum + each.violations, 0);

  it('runs what is done and what is held, but tells no route that forwards messages', async () => {
    const { id } = await probe.land('m');
    const { id: held } = await probe.land('FIXED');
    await until(() => told().length === 2, 'it is delivered');
    await until(() => outcome(held) === 'quarantined', 'the other is held');
    assert.equal(await reconvert([id, held]), 2);
    const { open, inAll } = probe.engine.operations.waiting('probe', [id, held] as MessageId[]);
    assert.ok(open.length <= inAll);
    await until(() => outcome(held) === 'delivered', 'it is delivered at last');
    await until(() => told().length === 5, 'what changed is told');
    assert.deepEqual(told(), ['forwards FIXED', 'forwards m', 'keeps FIXED', 'keeps m', 'keeps m']);
    assert.equal(violations(), 0);
  });

  it('opens a finished day again, whose work has expired, and a restart finds it', async () => {
    const { id } = await probe.land('m');
    await until(() => told().length === 2, 'it is delivered');
    const { journal, operations } = probe.engine;
    const queues = () => operations.conservation().flatMap(({ destinations }) => destinations);
    await until(() => queues().every(({ delivered }) => delivered === 1), 'that is durable');
    const later = (Date.now() + 40 * 24 * 3_600_000) * 1000;
    await expire(journal, dataDir, { workDays: 30 }, later, probe.events);
    assert.equal(journal.control.partitions()[0]?.state, 'raw-only');
    assert.equal(await reconvert([id]), 0);
    await operations.pause('probe');
    assert.equal(await reconvert([id], 0), 1);
    assert.equal(violations(), 0);
    await probe.engine.stop();
    probe = await openProbe({ dataDir, routes: ['keeps', 'forwards'] });
    await until(() => told().length === 1, 'it is told again');
    assert.deepEqual(told(), ['keeps m']);
    assert.equal(violations(), 0);
  });
});
