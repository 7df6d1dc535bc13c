import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Clock, MessageId } from '../../../engine/index.ts';
import type { Row } from '../../../engine/lanes/row.ts';
import { createScheduler } from '../../../engine/lanes/scheduler.ts';

// Goal: rows of one key leave in order and never two at once, a stuck key blocks itself only, a
// two-key row runs alone against both, and everything is finished in the end. Method: random queues
// with none, one or two keys are worked by all lanes at once over a model of the store, with random
// durations, retries and lost workers, on a clock that the test turns.

type Planned = { readonly id: number; readonly keys: readonly number[]; readonly retries: number };

function testClock() {
  let nowUs = 1_000_000;
  const timers: { atUs: number; callback: () => void }[] = [];
  const clock: Clock = {
    nowUs: () => nowUs,
    after(delayMs, callback) {
      const timer = { atUs: nowUs + delayMs * 1000, callback };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
  };
  const turn = (us: number): void => {
    nowUs += us;
    for (const timer of timers.filter((each) => each.atUs <= nowUs)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.callback();
    }
  };
  return { clock, turn };
}

const rowsArbitrary = fc
  .array(
    fc.record({
      keys: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
      retries: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 })),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) => rows.map((row, n): Planned => ({ id: n + 1, ...row })));

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('scheduler', () => {
  it('keeps every key in order under retries, lost workers and late arrivals', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsArbitrary,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 60 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        async (planned, lanes, known, dice) => {
          const roll = (): number => dice.next().value as number;
          const { clock, turn } = testClock();
          const open = new Map<number, Row>();
          const toRow = (plan: Planned): Row => ({
            id: plan.id as MessageId,
            generation: 0,
            keys: plan.keys,
            bytes: 10,
            attempts: 0,
            retries: 0,
            suspect: false,
            dueUs: 0,
          });
          const late = planned.slice(known);
          for (const plan of planned.slice(0, known)) open.set(plan.id, toRow(plan));
          const scheduler = createScheduler({
            lanes,
            clock,
            read: (afterId, limit) =>
              [...open.values()]
                .filter((row) => row.id > afterId)
                .sort((a, b) => a.id - b.id)
                .slice(0, limit),
            claimRows: 4,
            claimBytes: 1000,
            parkedKeysMax: 100,
          });
          const failures = new Map(planned.map((plan) => [plan.id, plan.retries]));
          const finished: number[] = [];
          const running = new Set<number>();
          let stop = false;

          async function lane(n: number): Promise<void> {
            while (!stop) {
              const rows = await scheduler.next(n);
              for (const row of rows) {
                for (const key of row.keys) {
                  const clash = [...running].some(
                    (id) => planned[id - 1]!.keys.includes(key) && !rows.some((r) => r.id === id),
                  );
                  assert.ok(!clash, `key ${key} runs twice at once`);
                }
              }
              for (const row of rows) running.add(row.id);
              await turns(roll() % 3);
              if (rows.length > 0 && roll() === 0 && !rows[0]!.suspect) {
                for (const row of rows) running.delete(row.id);
                scheduler.again(rows);
                continue;
              }
              const ended: Row[] = [];
              for (const row of rows) {
                const left = failures.get(row.id)!;
                if (left > 0) {
                  failures.set(row.id, left - 1);
                  const dueUs = clock.nowUs() + 5_000;
                  scheduler.retry(row, dueUs);
                  open.set(row.id, { ...row, dueUs, suspect: false });
                  // The rest of the batch with this key must not overtake it.
                  const rest = rows.slice(rows.indexOf(row) + 1);
                  ended.push(row);
                  const overtaken = rest.filter((each) =>
                    each.keys.some((key) => row.keys.includes(key)),
                  );
                  for (const each of overtaken) failures.set(each.id, failures.get(each.id)!);
                } else {
                  finished.push(row.id);
                  open.delete(row.id);
                  ended.push(row);
                }
              }
              for (const row of rows) running.delete(row.id);
              scheduler.processed(rows);
              await turns(roll() % 2);
              scheduler.done(ended);
            }
          }
          const working = Array.from({ length: lanes }, (_, n) => lane(n));
          for (const plan of late) {
            open.set(plan.id, toRow(plan));
            scheduler.offer(toRow(plan));
            scheduler.wake();
            if (roll() < 3) await turns(1);
          }
          for (let n = 0; n < 1000 && finished.length < planned.length; n += 1) {
            turn(1_000);
            await turns(1);
          }
          stop = true;
          scheduler.stop();
          await Promise.all(working);
          assert.equal(
            finished.length,
            planned.length,
            `stuck: ${JSON.stringify(scheduler.load())}`,
          );
          const single = planned.every((plan) => plan.retries === 0);
          if (single) {
            for (let key = 1; key <= 5; key += 1) {
              const order = finished.filter((id) => planned[id - 1]!.keys.includes(key));
              assert.deepEqual(
                order,
                [...order].sort((a, b) => a - b),
              );
            }
          }
        },
      ),
      { numRuns: 200, endOnFailure: true },
    );
  });
});
