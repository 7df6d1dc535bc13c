/**
 * Goal: what is kept between two steps of a queue is bounded, true, and of use to a queue that has
 * grown past the bound. Method: random puts and drops against a plain map, and a backlog of ten
 * times the bound that is worked oldest first.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRecent } from '../../../engine/channel/recent.ts';

const bytesMax = 80;

describe('what is kept between landing, lane and route', () => {
  it('answers with the last value put or with none, and never holds more than its bound', () => {
    const put = fc.record({ key: fc.nat(9), bytes: fc.integer({ min: 1, max: 20 }) });
    const step = fc.oneof(put, fc.record({ key: fc.nat(9) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const recent = createRecent<number, { n: number; bytes: number }>(bytesMax);
        const last = new Map<number, number>();
        for (const [n, one] of steps.entries()) {
          if ('bytes' in one) recent.put(one.key, { n, bytes: one.bytes }, one.bytes);
          else recent.drop(one.key);
          last.set(one.key, 'bytes' in one ? n : -1);
          const kept = [...last.keys()].flatMap((key) => recent.get(key) ?? []);
          for (const [key, wanted] of last)
            assert.ok([undefined, wanted].includes(recent.get(key)?.n));
          assert.ok(kept.reduce((sum, { bytes }) => sum + bytes, 0) <= bytesMax);
        }
      }),
    );
  });

  it('knows the head of a queue that is longer than its bound', () => {
    const recent = createRecent<number, string>(bytesMax);
    for (let id = 0; id < bytesMax; id += 1) recent.put(id, `raw ${id}`, 10);
    const known: number[] = [];
    for (let id = 0; id < bytesMax; id += 1) {
      if (recent.get(id) !== undefined) known.push(id);
      recent.drop(id);
    }
    assert.deepEqual(known, [0, 1, 2, 3, 4, 5, 6, 7]);
    recent.put(bytesMax, 'raw', 10);
    assert.equal(recent.get(bytesMax), 'raw');
  });
});
