// Goal: a destination that was away gets its queue when it is back, without a restart and in order,
// also where the queue runs over midnight. Method: a real engine whose destination fails for a
// while, on a clock that the test moves.
import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../engine/index.ts';
import {
  newDataDir,
  openProbe,
  type Probe,
  type ProbeOptions,
  removeDir,
  until,
} from './probe-engine.ts';

describe('destination', () => {
  let dataDir: string;
  let probe: Probe;

  const start = async (options: Partial<ProbeOptions>): Promise<void> => {
    probe = await openProbe({ dataDir, routes: ['a'], ...options });
  };
  const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`);
  const landAll = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) await probe.land(text, { orderingKeys: ['k'] });
  };
  const conserved = (): boolean =>
    probe.engine.operations.conservation().every((row) => row.violations === 0);

  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(async () => {
    await probe.engine.stop();
    removeDir(dataDir);
  });

  it('delivers all once it is back', async () => {
    let isAway = true;
    await start({
      judge: () => (isAway ? { kind: 'unavailable', cause: 'x' } : { kind: 'delivered' }),
    });
    await landAll(names(40));
    await until(() => probe.seen.some((e) => e.type === 'destination-unavailable'), 'it is away');
    isAway = false;
    await until(() => probe.delivered.length === 40, 'all are delivered');
    assert.deepEqual(
      probe.delivered.map(({ text }) => text),
      names(40),
    );
    await until(() => probe.engine.operations.channels()[0]!.destinations[0]!.pending === 0, 'end');
    assert.ok(conserved());
  });

  for (const kind of ['unavailable', 'retry'] as const) {
    it(`keeps the order of a key over midnight when the first of it says ${kind}`, async () => {
      const real = systemClock();
      let aheadUs = 0;
      const clock: Clock = { ...real, nowUs: () => real.nowUs() + aheadUs };
      let tries = 0;
      let isOpen = false;
      await start({
        clock,
        judge: (delivery) => {
          if (!isOpen) return { kind: 'unavailable', cause: 'not yet' };
          if (delivery.raw().toString() !== 'm0') return { kind: 'delivered' };
          tries += 1;
          return tries < 3 ? { kind, cause: 'x' } : { kind: 'delivered' };
        },
      });
      await landAll(names(5).slice(0, 2));
      aheadUs = 24 * 3600 * 1_000_000;
      await landAll(names(5).slice(2));
      await until(() => probe.engine.operations.channels()[0]!.settled === 5, 'the chain is done');
      isOpen = true;
      await until(() => probe.delivered.length === 5, 'all are delivered');
      assert.deepEqual(
        probe.delivered.map(({ text }) => text),
        names(5),
      );
      assert.ok(conserved());
    });
  }

  it('keeps the order of a key whose retry is due before the journal can write', async () => {
    let isOpen = false;
    let tries = 0;
    await start({
      judge: (delivery) => {
        if (!isOpen) return { kind: 'unavailable', cause: 'not yet' };
        if (delivery.raw().toString() !== 'm0') return { kind: 'delivered' };
        tries += 1;
        if (tries === 1) failCommits(probe, 400);
        return tries === 1 ? { kind: 'retry', cause: 'x' } : { kind: 'delivered' };
      },
    });
    // More than a batch holds: the rest is in the buffer of the lane.
    await landAll(names(30));
    await until(() => probe.engine.operations.channels()[0]!.settled === 30, 'the chain is done');
    isOpen = true;
    await until(() => probe.delivered.length === 30, 'all are delivered');
    assert.deepEqual(
      probe.delivered.map(({ text }) => text),
      names(30),
    );
    assert.ok(conserved());
  });
});

/** For so many milliseconds every commit finds the disk full. */
function failCommits({ engine }: Probe, forMs: number): void {
  const end = Date.now() + forMs;
  for (const { db } of engine.journal.partitions.all()) {
    const exec = db.exec.bind(db);
    db.exec = (sql) => {
      if (sql === 'COMMIT' && Date.now() < end)
        throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      return exec(sql);
    };
  }
}
