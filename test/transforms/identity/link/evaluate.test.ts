// Goal: the scores are what their names say. Method: a result small enough to count by hand.
import assert from 'node:assert/strict';
import {
  baseModel,
  countTruePairs,
  evaluate,
  type LinkResult,
} from '../../../../transforms/identity/index.ts';

const edge = (a: string, b: string, p: number, decision: 'auto' | 'review') => ({
  a,
  b,
  p,
  decision,
  vetoes: [],
});
// a1 a2 a3 are one person, b1 b2 another, c1 is alone.
const edges = [
  edge('a1', 'a2', 0.999, 'auto'),
  edge('a1', 'a3', 0.9, 'review'),
  edge('b1', 'c1', 0.8, 'review'),
  edge('b1', 'b2', 0.6, 'review'),
];
const counts = {
  records: 6,
  compared: 15,
  auto: 1,
  review: 3,
  clusters: 5,
  hotKeys: 0,
  leftOut: 0,
};
const result: LinkResult = { model: baseModel(), edges, clusters: [], counts };

describe('evaluating a linkage', () => {
  it('counts true pairs within one input and across two', () => {
    const truth = ['a', 'a', 'a', 'b', 'b', '', ''];
    assert.deepEqual(countTruePairs(truth, 7), { truePairs: 4, partnered: 5 });
    assert.deepEqual(countTruePairs(truth, 2), { truePairs: 2, partnered: 3 });
  });

  it('gives precision, recall, F1 and shares', () => {
    const found = evaluate(result, (id) => id[0] ?? '', { truePairs: 4, partnered: 5 }, false);
    const at90 = found.thresholds.find(({ p }) => p === 0.9);
    assert.deepEqual(at90, { p: 0.9, precision: 1, recall: 0.5, f1: 4 / 6 });
    assert.deepEqual(found.best, { p: 0.6, f1: 6 / 8 });
    assert.deepEqual([found.wrongAuto, found.autoShare, found.reviewShare], [0, 1 / 4, 3 / 4]);
    assert.deepEqual(found.recordShares, { linked: 2 / 5, review: 4 / 5 });
  });

  it('counts a wrong automatic link', () => {
    const wrong = { ...result, edges: [edge('a1', 'b1', 1, 'auto')] };
    const found = evaluate(wrong, (id) => id[0] ?? '', { truePairs: 4, partnered: 5 }, false);
    assert.deepEqual([found.wrongAuto, found.autoShare, found.best.f1], [1, 0, 0]);
  });
});
