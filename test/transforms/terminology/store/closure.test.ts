// Goal: the closure of a hierarchy with several parents is right, and a circle is found.
// Method: properties over random graphs against the plainest walk upwards.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  closeHierarchy,
  packedHas,
  packNumbers,
} from '../../../../transforms/terminology/store/closure.ts';

const countMax = 30;
const edges = fc.array(fc.tuple(fc.nat(countMax - 1), fc.nat(countMax - 1)), { maxLength: 60 });

function climb(list: readonly (readonly [number, number])[], from: number): Set<number> {
  const seen = new Set<number>();
  const open = [from];
  for (const at of open)
    for (const [child, parent] of list)
      if (child === at && !seen.has(parent)) {
        seen.add(parent);
        open.push(parent);
      }
  return seen;
}

describe('the closure of a hierarchy', () => {
  it('packs rising numbers and finds each of them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(3_000_000)), fc.nat(3_000_000), (numbers, other) => {
        const packed = packNumbers(Uint32Array.from(numbers).sort());
        for (const number of numbers) assert.ok(packedHas(packed, number));
        assert.equal(packedHas(packed, other), numbers.includes(other));
      }),
    );
  });

  it('gives each concept its ancestors, or names a circle', () => {
    fc.assert(
      fc.property(edges, fc.boolean(), (random, isAcyclic) => {
        const list = isAcyclic
          ? random.filter(([child, parent]) => parent < child)
          : random.map((edge) => edge);
        const told = new Map<number, Buffer>();
        const flat = Int32Array.from(list.flat());
        const closure = closeHierarchy(countMax, flat, (at, packed) => void told.set(at, packed));
        if (closure.outcome === 'cycle') {
          assert.ok(!isAcyclic);
          closure.cycle.forEach((at, index) => {
            const next = closure.cycle[(index + 1) % closure.cycle.length];
            assert.ok(list.some(([child, parent]) => child === at && parent === next));
          });
          return;
        }
        for (let at = 0; at < countMax; at += 1) {
          const above = climb(list, at);
          assert.ok(!above.has(at));
          for (let other = 0; other < countMax; other += 1)
            assert.equal(packedHas(told.get(at) ?? Buffer.alloc(0), other), above.has(other));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives up on what is too deep, in place of filling the disk', () => {
    const chain = Int32Array.from(Array.from({ length: 999 }, (_, at) => [at + 1, at]).flat());
    const closure = closeHierarchy(1000, chain, () => {}, 10_000);
    assert.equal(closure.outcome, 'too-large');
  });
});
