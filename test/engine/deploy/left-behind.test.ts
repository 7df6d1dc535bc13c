// Goal: what a route or a channel leaves behind when the configuration has it no more is held with
// a code and an owner, can be moved or waived and nothing else, and is worked off in order when it
// comes back. Method: a real engine whose configuration the test edits while a destination is away.
import assert from 'node:assert/strict';
import type { Verdict } from '../../../engine/index.ts';
import {
  newDataDir,
  openProbe,
  type Probe,
  type ProbeOptions,
  removeDir,
  until,
} from '../probe-engine.ts';

describe('what a route leaves behind', () => {
  let dataDir: string;
  let probe: Probe;

  const start = async (options: Partial<ProbeOptions> = {}): Promise<void> => {
    probe = await openProbe({ dataDir, routes: ['away'], ...options });
  };
  const restart = async (options: Partial<ProbeOptions> = {}): Promise<void> => {
    await probe.engine.stop();
    await start(options);
  };
  const edit = async (revision: string, routes: readonly string[]): Promise<void> => {
    probe.edit(revision, { routes });
    await probe.engine.operations.reload();
  };
  const groups = () =>
    probe.engine.operations
      .quarantine({})
      .map(({ destination, code, owner, count }) => [destination, code, owner, count]);
  const texts = (): string[] => probe.delivered.map(({ text }) => text);
  const pile = async (count: number): Promise<void> => {
    const before = probe.engine.operations.channels()[0]!.settled;
    for (let n = 0; n < count; n += 1) await probe.land(`m${n}`, { orderingKeys: [`k${n % 3}`] });
    const settled = () => probe.engine.operations.channels()[0]!.settled === before + count;
    await until(settled, 'the chain is done');
  };
  const assertConserved = (): void => {
    for (const row of probe.engine.operations.conservation())
      assert.equal(row.violations, 0, JSON.stringify(row));
  };

  beforeEach(async () => {
    dataDir = newDataDir();
    await start();
  });
  afterEach(async () => {
    await probe.engine.stop();
    removeDir(dataDir);
  });

  it('is held with its owner when the route is renamed, and moves in order', async () => {
    await pile(30);
    await edit('two', ['b']);
    assert.deepEqual(groups(), [['away', 'route-gone', 'owner@example.test', 30]]);
    assert.ok(probe.seen.some((event) => event.type === 'held' && event.code === 'route-gone'));
    const outcomes = [...probe.engine.operations.messages({})].map(({ outcome }) => outcome);
    assert.deepEqual([...new Set(outcomes)], ['quarantined']);
    const { fingerprint } = probe.engine.operations.quarantine({})[0]!;
    const { operations } = probe.engine;
    await assert.rejects(operations.replay({ fingerprint }, 'me'), { code: 'route-gone' });
    await assert.rejects(operations.move({ fingerprint }, 'away', '', 'me'), {
      code: 'unknown-route',
    });
    assert.equal(await operations.move({ fingerprint }, 'b', 'renamed', 'me'), 30);
    await until(() => texts().length === 30, 'all are delivered');
    assert.deepEqual(
      texts(),
      Array.from({ length: 30 }, (_, n) => `m${n}`),
    );
    await until(
      () => operations.channels()[0]!.destinations.every((each) => each.pending === 0),
      'no queue',
    );
    assert.deepEqual(groups(), []);
    assertConserved();
  });

  it('is waived with a reason, and one message alone can be moved', async () => {
    await pile(3);
    await edit('two', ['b']);
    const { operations } = probe.engine;
    const [first] = [...operations.held({})];
    assert.equal(await operations.move({ id: first!.id }, 'b', '', 'me'), 1);
    const { fingerprint } = operations.quarantine({})[0]!;
    assert.equal(await operations.waive({ fingerprint }, 'nobody wants it', 'me'), 2);
    await until(() => texts().length === 1, 'the moved one is delivered');
    await until(
      () => operations.channels()[0]!.destinations.every((each) => each.pending === 0),
      'no queue',
    );
    assertConserved();
  });

  it('is delivered in order, before what is newer, when the route comes back', async () => {
    let isAway = true;
    const judge = (): Verdict =>
      isAway ? { kind: 'unavailable', cause: 'away' } : { kind: 'delivered' };
    await restart({ routes: ['b'], judge });
    await pile(10);
    await edit('two', []);
    assert.deepEqual(groups(), [['b', 'route-gone', 'owner@example.test', 10]]);
    isAway = false;
    await edit('three', ['b']);
    await probe.land('new', { orderingKeys: ['k1'] });
    await until(() => texts().length === 11, 'all are delivered');
    assert.deepEqual(texts(), [...Array.from({ length: 10 }, (_, n) => `m${n}`), 'new']);
    assert.deepEqual(groups(), []);
    assertConserved();
  });

  it('is held by the next start when the engine was not there to see the change', async () => {
    await pile(5);
    await restart({ routes: ['b'] });
    assert.deepEqual(groups(), [['away', 'route-gone', 'owner@example.test', 5]]);
    assertConserved();
  });

  it('of a channel is held when its file is gone, and goes on when the file is back', async () => {
    await edit('two', ['a']);
    await probe.engine.operations.pause('probe');
    await probe.land('one', { orderingKeys: ['k'] });
    await probe.land('two', { orderingKeys: ['k'] });
    probe.editAll([]);
    await probe.engine.operations.reload();
    assert.deepEqual(groups(), [['', 'channel-gone', 'owner@example.test', 2]]);
    const { fingerprint } = probe.engine.operations.quarantine({})[0]!;
    const { operations } = probe.engine;
    await assert.rejects(operations.replay({ fingerprint }, 'me'), { code: 'channel-gone' });
    assertConserved();
    await edit('two', ['a']);
    await until(() => texts().length === 2, 'both are delivered');
    assert.deepEqual(texts(), ['one', 'two']);
    await until(
      () => operations.channels()[0]!.destinations.every((each) => each.pending === 0),
      'no queue',
    );
    assertConserved();
  });
});
