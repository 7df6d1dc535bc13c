// Goal: several people work one quarantine at the same time, while messages still come and the
// engine is restarted: each message ends once, delivered or waived, in whatever way it got there.
// Method: a real engine; random replays of the group, waivers, edits and assignments at the same
// time as landings, a stop in between; then every message is counted.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageId } from '../../engine/index.ts';
import { newDataDir, openProbe, type Probe, removeDir, until } from './probe-engine.ts';

type Act = { readonly what: 'replay' | 'waive' | 'edit' | 'assign' | 'one'; readonly at: number };

const act = fc.record({
  what: fc.constantFrom<Act['what']>('replay', 'waive', 'edit', 'assign', 'one', 'replay'),
  at: fc.nat(1_000),
});

describe('several operators of one quarantine', () => {
  let dataDir: string;
  let probe: Probe;
  afterEach(async () => {
    await probe.engine.stop();
    removeDir(dataDir);
  });

  const groups = () => probe.engine.operations.quarantine({});
  const chain = () => probe.engine.operations.conservation()[0]!;

  /** Says what it did, as a person would be told. */
  async function does({ what, at }: Act): Promise<void> {
    const { operations } = probe.engine;
    const held = [...operations.held({})];
    const one = held[at % Math.max(held.length, 1)];
    const [group] = groups();
    if (group === undefined || one === undefined) return;
    const { fingerprint } = group;
    if (what === 'replay') await operations.replay({ fingerprint }, 'ann');
    if (what === 'one') await operations.replay({ id: one.id }, 'bob');
    if (what === 'waive' && at % 3 === 0) await operations.waive({ id: one.id }, 'a test', 'bob');
    if (what === 'assign') await operations.assign({ fingerprint }, 'cid', 'dan');
    if (what === 'edit') await operations.edit(one.id, Buffer.from(`mended ${one.id}`), 'x', 'ann');
  }

  it('ends each message once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 10, maxLength: 14 }),
        fc.array(fc.tuple(fc.constantFrom('FIXED', 'HOLD', 'good'), fc.nat(3)), {
          minLength: 30,
          maxLength: 40,
        }),
        fc.nat(14),
        run,
      ),
      { numRuns: 1 },
    );
  });

  async function run(
    acts: readonly Act[],
    messages: readonly (readonly [string, number])[],
    stopAt: number,
  ): Promise<void> {
    dataDir = newDataDir();
    probe = await openProbe({ dataDir, routes: ['a'], lanes: 3 });
    const delivered: { text: string; id: number }[] = [];
    const ids: MessageId[] = [];
    const landing = (async () => {
      for (const [n, [kind, key]] of messages.entries())
        ids.push((await probe.land(`${kind} ${n}`, { orderingKeys: [`k${key}`] })).id);
    })();
    const [mine, theirs] = [acts.filter((_, n) => n % 2 === 0), acts.filter((_, n) => n % 2 === 1)];
    const work = async (list: readonly Act[]): Promise<void> => {
      for (const one of list) await does(one);
    };
    await Promise.all([landing, work(mine.slice(0, stopAt)), work(theirs.slice(0, stopAt))]);
    await probe.engine.stop();
    delivered.push(...probe.delivered);
    probe = await openProbe({ dataDir, routes: ['a'], lanes: 3 });
    await Promise.all([work(mine.slice(stopAt)), work(theirs.slice(stopAt))]);
    // What is left is decided: each is waived once nothing is under way.
    const isAtRest = () => chain().pending === 0 && chain().destinations[0]!.pending === 0;
    await until(isAtRest, 'nothing is under way');
    for (const { fingerprint } of groups())
      await probe.engine.operations.waive({ fingerprint }, 'the end', 'ann');
    delivered.push(...probe.delivered);
    assert.deepEqual(
      probe.engine.operations.conservation().map((one) => one.violations),
      [0],
    );
    const outcomes = new Map(
      [...probe.engine.operations.messages({})].map((m) => [m.id, m.outcome]),
    );
    const times = new Map<number, number>();
    for (const { id } of delivered) times.set(id, (times.get(id) ?? 0) + 1);
    for (const id of ids) {
      const outcome = outcomes.get(id);
      assert.ok(outcome === 'delivered' || outcome === 'filtered', `${id} ${outcome}`);
      assert.equal(times.get(id) ?? 0, outcome === 'delivered' ? 1 : 0, `${id} ${outcome}`);
    }
    await probe.engine.stop();
    removeDir(dataDir);
  }
});
