import type { LinkResult } from './link.ts';

/** How well a linkage fits a truth. Shares are of the pairs that are one person in truth. */
export type Evaluation = {
  readonly records: number;
  readonly truePairs: number;
  /** Scores at or above a probability. */
  readonly thresholds: readonly {
    readonly p: number;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  }[];
  /** The threshold with the highest F1 among the printed pairs. */
  readonly best: { readonly p: number; readonly f1: number };
  readonly wrongAuto: number;
  readonly autoShare: number;
  readonly reviewShare: number;
  /** To the records that have a true partner: those linked to one; others with a review. */
  readonly recordShares: { readonly linked: number; readonly review: number };
};

const asked = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999];

/** `truth` by record id of each input; a record with an empty truth is nobody's pair. */
export function evaluate(
  { edges, counts }: LinkResult,
  truth: (id: string, input: 0 | 1) => string,
  truths: TruthCounts,
  isAcross: boolean,
): Evaluation {
  const { truePairs, partnered } = truths;
  const rows = edges
    .map(({ a, b, p, decision }) => {
      const [x, y] = [truth(a, 0), truth(b, isAcross ? 1 : 0)];
      return { a, b, p, decision, isTrue: x !== '' && x === y };
    })
    .toSorted((x, y) => y.p - x.p);
  const scores = (found: number, right: number) => ({
    precision: found === 0 ? 1 : right / found,
    recall: truePairs === 0 ? 1 : right / truePairs,
    f1: found + truePairs === 0 ? 1 : (2 * right) / (found + truePairs),
  });
  let best = { p: 1, f1: 0 };
  let right = 0;
  for (const [at, row] of rows.entries()) {
    if (row.isTrue) right += 1;
    if (rows[at + 1]?.p === row.p) continue;
    const { f1 } = scores(at + 1, right);
    if (f1 > best.f1) best = { p: row.p, f1 };
  }
  const thresholds = asked.map((p) => {
    const above = rows.filter((row) => row.p >= p);
    return { p, ...scores(above.length, above.filter(({ isTrue }) => isTrue).length) };
  });
  const linked = new Set<string>();
  const toReview = new Set<string>();
  for (const { a, b, decision, isTrue } of rows) {
    const ends = [`0 ${a}`, `${isAcross ? 1 : 0} ${b}`];
    if (decision === 'review') for (const end of ends) toReview.add(end);
    else if (isTrue) for (const end of ends) linked.add(end);
  }
  const auto = rows.filter(({ decision }) => decision === 'auto');
  const rightAuto = auto.filter(({ isTrue }) => isTrue).length;
  return {
    records: counts.records,
    truePairs,
    thresholds,
    best,
    wrongAuto: auto.length - rightAuto,
    autoShare: truePairs === 0 ? 1 : rightAuto / truePairs,
    reviewShare: truePairs === 0 ? 0 : (rows.length - auto.length) / truePairs,
    recordShares: {
      linked: partnered === 0 ? 1 : linked.size / partnered,
      review: partnered === 0 ? 0 : toReview.difference(linked).size / partnered,
    },
  };
}

/** What the truth holds: its pairs, and the records that are in at least one. */
export type TruthCounts = { readonly truePairs: number; readonly partnered: number };

/** Pairs that are one person in truth: within one input, or across two. */
export function countTruePairs(truth: readonly string[], secondFrom: number): TruthCounts {
  const groups = new Map<string, [number, number]>();
  for (const [at, value] of truth.entries()) {
    if (value === '') continue;
    const group = groups.get(value) ?? [0, 0];
    group[at < secondFrom ? 0 : 1] += 1;
    groups.set(value, group);
  }
  let truePairs = 0;
  let partnered = 0;
  for (const [first, second] of groups.values()) {
    const pairs = secondFrom < truth.length ? first * second : (first * (first - 1)) / 2;
    truePairs += pairs;
    if (pairs > 0) partnered += first + second;
  }
  return { truePairs, partnered };
}
