// Goal: the bound beside an over-merge rate is the exact one.
// Method: values printed in tables, then the definition itself: at the bound, what was found is
// just as rare as the confidence says, by a sum of binomial terms computed another way.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exactInterval } from '../../../../../transforms/identity/registry/index.ts';

describe('the exact interval of a proportion', () => {
  it('agrees with the tables', () => {
    const near = (actual: number, expected: number) =>
      assert.ok(Math.abs(actual - expected) < 5e-5, `${actual} is not ${expected}`);
    near(exactInterval(0, 100).upper, 0.0362);
    near(exactInterval(5, 100).lower, 0.0164);
    near(exactInterval(5, 100).upper, 0.1128);
    near(exactInterval(10, 10).lower, 0.6915);
    assert.deepEqual(exactInterval(0, 0), { lower: 0, upper: 1 });
    // None found has a closed form: some 3.7 in 20,000.
    near(exactInterval(0, 20_000).upper * 20_000, (1 - 0.025 ** (1 / 20_000)) * 20_000);
  });

  it('leaves just the tails outside', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(60), (total, some) => {
        const found = Math.min(some, total);
        const { lower, upper } = exactInterval(found, total);
        const chance = (from: number, to: number, p: number) => {
          let [sum, ways] = [0, 1];
          for (let k = 0; k <= total; k += 1) {
            if (k >= from && k <= to) sum += ways * p ** k * (1 - p) ** (total - k);
            ways = (ways * (total - k)) / (k + 1);
          }
          return sum;
        };
        if (found < total) assert.ok(Math.abs(chance(0, found, upper) - 0.025) < 1e-6);
        if (found > 0) assert.ok(Math.abs(chance(found, total, lower) - 0.025) < 1e-6);
      }),
      { numRuns: 200 },
    );
  });
});
