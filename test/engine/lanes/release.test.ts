// Goal: what stood in a buffer as its key began to wait does not overtake the row it waited for.
// Method: one lane that claims two at a time; the key is released before the lane asks again.
import assert from 'node:assert/strict';
import type { Clock, MessageId } from '../../../engine/index.ts';
import { createScheduler, type Row } from '../../../engine/lanes/index.ts';

describe('the release of a key', () => {
  it('puts the rows behind it where they belong', async () => {
    let nowUs = 1_000_000;
    let due = () => {};
    const clock: Clock = {
      nowUs: () => nowUs,
      after(_delayMs, callback) {
        due = callback;
        return () => {};
      },
    };
    const open = new Map<number, Row>();
    for (let id = 1; id <= 5; id += 1) {
      const row = { id: id as MessageId, generation: 0, keys: [7], bytes: 1 };
      open.set(id, { ...row, attempts: 0, retries: 0, suspect: false, dueUs: 0 });
    }
    const scheduler = createScheduler({
      lanes: 1,
      clock,
      read: (afterId) => [...open.values()].filter((row) => row.id > afterId),
      claimRows: 2,
      claimBytes: 100,
      parkedKeysMax: 10,
    });
    const first = await scheduler.next(0);
    assert.deepEqual(
      first.map(({ id }) => id),
      [1, 2],
    );
    for (const row of first) scheduler.retry(row, nowUs + 1_000);
    scheduler.processed(first);
    scheduler.done(first);
    nowUs += 2_000;
    due();
    const order: number[] = [];
    while (open.size > 0) {
      for (const { id } of await scheduler.next(0)) {
        order.push(id);
        open.delete(id);
      }
    }
    assert.deepEqual(order, [1, 2, 3, 4, 5]);
    scheduler.stop();
  });
});
