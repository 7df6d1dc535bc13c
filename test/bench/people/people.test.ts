// Goal: the synthetic people are the same for a seed, skewed as real ones, grouped in households,
// and as many as asked for in memory that does not grow with them.
// Method: properties of a few thousand people, and a stream of 100,000 with the heap measured.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  corrupt,
  people,
  randomOf,
  recordOf,
  trapClasses,
  trapPairs,
} from '../../../bench/people/index.ts';

const countsOf = (values: Iterable<string>): number[] => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].toSorted((a, b) => b - a);
};

describe('synthetic people', () => {
  it('are the same for a seed, and others for another', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const [once, again] = [[...people(seed, 30)], [...people(seed, 30)]];
        assert.deepEqual(once, again);
        assert.notDeepEqual(once, [...people(seed + 1, 30)]);
      }),
      { numRuns: 50 },
    );
  });

  it('share home and surname within a household, and have skewed names and birthdays', () => {
    const some = [...people(5, 20_000)];
    assert.deepEqual(
      some.map(({ no }) => no),
      some.map((_, no) => no),
    );
    const homes = new Set(some.map(({ home }) => JSON.stringify(home))).size;
    const households = new Set(some.map(({ household }) => household)).size;
    assert.ok(homes <= households && households < some.length * 0.6);
    const surnames = countsOf(some.map(({ family }) => family));
    assert.ok(surnames.length > 1500, `${surnames.length} surnames`);
    assert.ok(surnames[0]! > 40 * surnames[Math.floor(surnames.length / 2)]!);
    const days = countsOf(some.map(({ birthDate }) => birthDate.slice(5)));
    assert.ok(days[0]! > 3 * days[Math.floor(days.length / 2)]!);
  });

  it('are streamed in bounded memory', () => {
    const heap = () => process.memoryUsage().heapUsed / 2 ** 20;
    const random = randomOf(1);
    const before = heap();
    let seen = 0;
    for (const person of people(9, 100_000)) {
      if (recordOf(person, 'east', random).names !== undefined) seen++;
    }
    assert.equal(seen, 100_000);
    // Held, these people would be some 100 MB; garbage not yet collected is far less.
    assert.ok(heap() - before < 64, `${heap() - before} MB`);
  });

  it('are misspelt the same way for a seed', () => {
    for (const person of people(3, 200)) {
      const record = recordOf(person, 'east', randomOf(1));
      const twice = [1, 2].map(() => corrupt(record, 3, randomOf(person.no)));
      assert.deepEqual(twice[0], twice[1]);
    }
  });

  it('come in trap pairs of two different people, of every class', () => {
    for (const trap of trapClasses) {
      const options = { seed: 4, count: 50, hasSsn: true, mistakes: 1 };
      const pairs = [...trapPairs(trap, options)];
      assert.equal(pairs.length, 50);
      assert.deepEqual(pairs, [...trapPairs(trap, options)]);
      for (const [a, b] of pairs) assert.notDeepEqual(a.identifiers, b.identifiers);
    }
  });
});
