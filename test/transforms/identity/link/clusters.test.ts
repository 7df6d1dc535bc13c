// Goal: a record with two strong candidates is linked to neither, and who is sure of each other
// stays together whatever a third one claims; no cluster holds a pair that does not pass.
// Method: tables of pairs made by hand, one a situation; random tables for what always holds, and
// for that the order of the pairs says nothing.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { builtInPolicy } from '../../../../transforms/identity/index.ts';
import {
  type Clusters,
  clusterPairs,
  pairTable,
} from '../../../../transforms/identity/link/clusters.ts';
import type { LinkedPair } from '../../../../transforms/identity/link/linkage.ts';

const auto = (a: number, b: number, weight: number): LinkedPair => ({
  ...{ a, b, weight, p: 1, verdict: 'auto', vetoes: [] },
});
const vetoed = (a: number, b: number, weight: number): LinkedPair => ({
  ...{ a, b, weight, p: 1, verdict: 'review', vetoes: ['given-name-conflict'] },
});

const sure = (a: number, b: number, weight: number): LinkedPair => ({
  ...auto(a, b, weight),
  isBeyondRivals: true,
});
const brothers = (a: number, b: number, weight: number): LinkedPair => ({
  ...vetoed(a, b, weight),
  isSomebodyElse: true,
});

const clustersOf = (pairs: readonly LinkedPair[]): Clusters =>
  clusterPairs(builtInPolicy, pairTable(pairs));
const listed = (clusters: Clusters): readonly (readonly number[])[] => [
  ...new Set(clusters.values()),
];

describe('clusters', () => {
  const situations: readonly (readonly [string, LinkedPair[], number[][]])[] = [
    ['two rivals for one record', [auto(0, 1, 60), auto(0, 2, 58), vetoed(1, 2, 40)], []],
    [
      'two rivals of whom one leads by the margin',
      [auto(0, 1, 66), auto(0, 2, 58), vetoed(1, 2, 40)],
      [[0, 1]],
    ],
    [
      'a twin misspelt, who is near to the link that a veto keeps her out of',
      [auto(0, 1, 60), vetoed(0, 2, 57), vetoed(1, 2, 40)],
      [],
    ],
    [
      'a brother, who is near to a link by name, birth date and number',
      [sure(0, 1, 60), brothers(0, 2, 57), brothers(1, 2, 66)],
      [[0, 1]],
    ],
    [
      'a brother of one end, who may be the other end',
      [sure(0, 1, 60), brothers(0, 2, 57), auto(1, 2, 58)],
      [],
    ],
    [
      'a twin misspelt, who is near to a link by name, birth date and number',
      [sure(0, 1, 60), vetoed(0, 2, 57), vetoed(1, 2, 40)],
      [],
    ],
    [
      'two that are sure of each other, and two who both claim them and cannot choose',
      [
        ...[auto(0, 1, 66), auto(0, 2, 60), auto(1, 2, 60), auto(0, 3, 59), auto(1, 3, 59)],
        vetoed(2, 3, 58),
      ],
      [[0, 1]],
    ],
    [
      'the same, but one of the two is far from the other and sure, the other is not',
      [
        ...[auto(0, 1, 66), auto(0, 2, 66), auto(1, 2, 66), auto(0, 3, 60), auto(1, 3, 60)],
        vetoed(2, 3, 56),
      ],
      [[0, 1, 2]],
    ],
    [
      'two strong candidates who are one person',
      [auto(0, 1, 60), auto(0, 2, 59), auto(1, 2, 50)],
      [[0, 1, 2]],
    ],
    [
      'father and son, who both claim records that tell no birth date',
      [
        ...[auto(0, 1, 58), auto(0, 2, 63), auto(1, 2, 63), auto(1, 3, 58), auto(2, 3, 63)],
        vetoed(0, 3, 46),
      ],
      [[1, 2]],
    ],
    [
      'a chain whose ends a veto keeps apart, the one link leading',
      [auto(0, 1, 60), auto(1, 2, 50), vetoed(0, 2, 20)],
      [[0, 1]],
    ],
  ];
  for (const [name, pairs, expected] of situations)
    it(`are right for ${name}`, () => assert.deepEqual(listed(clustersOf(pairs)), expected));

  const size = 7;
  const ends = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size - a - 1 }, (_each, index) => [a, a + index + 1] as const),
  ).flat();
  const kind = fc.constantFrom('auto', 'auto', 'vetoed', 'low', 'none');
  const each = fc.record({ kind, weight: fc.integer({ min: 20, max: 70 }) });
  const drawn = fc.array(each, { minLength: ends.length, maxLength: ends.length });
  type Drawn = readonly { readonly kind: string; readonly weight: number }[];

  const pairsOf = (all: Drawn, name = (record: number) => record): LinkedPair[] =>
    all.flatMap(({ kind: its, weight }, at): LinkedPair[] => {
      const [a = 0, b = 0] = ends[at]!.map(name).toSorted((x, y) => x - y);
      if (its === 'none') return [];
      if (its === 'low') return [{ ...auto(a, b, weight), p: 0.6, verdict: 'review' }];
      return [its === 'auto' ? auto(a, b, weight) : vetoed(a, b, weight)];
    });

  it('are not sought among many equal records at the cost of their cube', () => {
    const equal = Array.from({ length: 400 }, (_, a) => a);
    const pairs = equal.flatMap((a) => equal.slice(a + 1).map((b) => auto(a, b, 60)));
    const table = pairTable([...pairs, auto(400, 401, 60)]);
    let looks = 0;
    const get = (a: number, b: number) => {
      looks += 1;
      return table.get(a, b);
    };
    const clusters = clusterPairs(builtInPolicy, { ...table, get });
    assert.deepEqual(listed(clusters), [[400, 401]]);
    assert.ok(looks < pairs.length, `${looks} looks for ${pairs.length} pairs`);
  });

  it('hold no pair that does not pass, and do not depend on the order of the pairs', () => {
    fc.assert(
      fc.property(
        drawn,
        fc.shuffledSubarray([...ends.keys()], { minLength: ends.length }),
        (all, order) => {
          const pairs = pairsOf(all);
          const clusters = clustersOf(pairs);
          const byEnds = pairTable(pairs);
          for (const members of listed(clusters)) {
            assert.ok(members.length > 1);
            for (const [at, a] of members.entries())
              for (const b of members.slice(at + 1)) {
                const pair = byEnds.get(a, b);
                assert.ok(pair !== undefined && pair.p >= 0.9 && pair.vetoes.length === 0);
              }
            for (const a of members)
              assert.ok(members.some((b) => byEnds.get(a, b)?.verdict === 'auto'));
          }
          const shuffled = order.flatMap((at) => {
            const [a, b] = ends[at]!;
            return byEnds.get(a, b) ?? [];
          });
          assert.deepEqual(listed(clustersOf(shuffled)), listed(clusters));
        },
      ),
      { numRuns: 300, seed: 20_261_123 },
    );
  });

  it('do not depend on how the records are called', () => {
    const names = fc.shuffledSubarray([...Array(size).keys()], { minLength: size });
    const sorted = (sets: readonly (readonly number[])[]) =>
      sets.map((set) => set.toSorted((x, y) => x - y).join()).toSorted();
    fc.assert(
      fc.property(drawn, names, (all, called) => {
        const named = listed(clustersOf(pairsOf(all, (record) => called[record]!)));
        const renamed = listed(clustersOf(pairsOf(all))).map((set) =>
          set.map((record) => called[record]!),
        );
        assert.deepEqual(sorted(named), sorted(renamed));
      }),
      { numRuns: 300, seed: 20_261_123 },
    );
  });
});
