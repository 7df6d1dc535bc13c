// Goal: a key that is stuck holds up itself and what shares a message with it from that message on,
// and nothing older. Method: small queues in a model of the store, worked by one lane at a time.
import assert from 'node:assert/strict';
import type { Clock, MessageId } from '../../../engine/index.ts';
import type { Row } from '../../../engine/lanes/row.ts';
import { createScheduler, type Scheduler } from '../../../engine/lanes/scheduler.ts';

let timers: (() => void)[] = [];
const clock: Clock = {
  nowUs: () => 1_000_000,
  after(_delayMs, callback) {
    timers.push(callback);
    return () => {
      timers = timers.filter((each) => each !== callback);
    };
  },
};
const never = Number.MAX_SAFE_INTEGER;

const rowOf = (id: number, keys: readonly number[], dueUs = 0): Row => ({
  id: id as MessageId,
  generation: 0,
  keys,
  bytes: 1,
  attempts: 0,
  retries: dueUs > 0 ? 1 : 0,
  suspect: false,
  dueUs,
});

function schedulerOf(rows: readonly Row[], lanes = 1, claimRows = 64): Scheduler {
  return createScheduler({
    lanes,
    clock,
    read: (afterId, limit) => rows.filter((row) => row.id > afterId).slice(0, limit),
    claimRows,
    claimBytes: 1000,
    parkedKeysMax: 100,
  });
}

const ids = (rows: readonly Row[]): number[] => rows.map((row) => row.id);
/** What the lane would run now; empty when it would wait. */
async function now(scheduler: Scheduler, lane = 0): Promise<readonly Row[]> {
  const waits = new Promise<readonly Row[]>((resolve) => setImmediate(() => resolve([])));
  return Promise.race([scheduler.next(lane), waits]);
}

describe('parking', () => {
  beforeEach(() => {
    timers = [];
  });

  it('lets messages go that are older than a two-key message which waits', async () => {
    const rows = [rowOf(1, [9], never), rowOf(2, [2]), rowOf(3, [2, 9]), rowOf(4, [2])];
    assert.deepEqual(ids(await now(schedulerOf(rows))), [2]);
  });

  it('lets an older two-key message come again although a younger one waits for more', async () => {
    const rows = [rowOf(1, [9], never), rowOf(2, [1, 2]), rowOf(3, [2, 9])];
    const scheduler = schedulerOf(rows);
    const running = await now(scheduler);
    assert.deepEqual(ids(running), [2]);
    scheduler.processed(running);
    scheduler.retry(running[0]!, 1_000_000);
    rows[1] = rowOf(2, [1, 2], 1_000_000);
    scheduler.done(running);
    for (const timer of timers) timer();
    assert.deepEqual(ids(await now(scheduler)), [2]);
  });

  it('takes a message whose worker died for claimed, also when it was a retry', async () => {
    const scheduler = schedulerOf([rowOf(1, [1], 1)]);
    scheduler.again(await now(scheduler));
    const [again] = await now(scheduler);
    assert.deepEqual([again?.suspect, again?.attempts, again?.dueUs], [true, 1, 0]);
  });
});
