import type { IdentityPolicy } from '../policy/index.ts';
import type { LinkedPair } from './linkage.ts';

/** Pairs by their two records. */
export type PairTable = {
  get(a: number, b: number): LinkedPair | undefined;
  readonly all: readonly LinkedPair[];
};

const span = 2 ** 26;

export function pairTable(pairs: readonly LinkedPair[]): PairTable {
  const table = new Map<number, LinkedPair>();
  for (const pair of pairs) table.set(pair.a * span + pair.b, pair);
  return {
    all: [...table.values()].toSorted((x, y) => x.a - y.a || x.b - y.b),
    get: (a, b) => table.get(a < b ? a * span + b : b * span + a),
  };
}

/**
 * Pairs that no key brought together, of records that a chain of automatic links would join: they
 * have to be assessed too before the chain may become one cluster.
 */
export function pairsMissing(table: PairTable, clusterCap: number): (readonly [number, number])[] {
  const groups = groupsOf(table.all.filter(({ verdict }) => verdict === 'auto'));
  const missing: (readonly [number, number])[] = [];
  for (const members of groups.values()) {
    // A chain of very many is refused whatever its pairs say; its parts may still be clusters.
    if (members.length > clusterCap * 4) continue;
    for (const [at, a] of members.entries())
      for (const b of members.slice(at + 1)) if (!table.get(a, b)) missing.push([a, b]);
  }
  return missing;
}

function groupsOf(pairs: readonly LinkedPair[]): ReadonlyMap<number, number[]> {
  const parent = new Map<number, number>();
  const rootOf = (record: number): number => {
    let root = record;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root))
      root = up;
    parent.set(record, root);
    return root;
  };
  for (const { a, b } of pairs) {
    const [low, high] = [rootOf(a), rootOf(b)].toSorted((x, y) => x - y);
    parent.set(high!, low!);
  }
  const groups = new Map<number, number[]>();
  for (const record of [...parent.keys()].toSorted((x, y) => x - y)) {
    const root = rootOf(record);
    groups.set(root, [...(groups.get(root) ?? []), record]);
  }
  return groups;
}

/** Which cluster each linked record is in; a record that is in none is a person of its own. */
export type Clusters = ReadonlyMap<number, readonly number[]>;

/**
 * Joins what the policy lets be joined, the strongest pairs first: two clusters become one when
 * every pair across them passes (no veto, at least the member threshold) and the cap holds. A
 * record that has another cluster nearly as strong as its own is linked to neither. Depends on the
 * pairs alone, not on their order.
 */
export function clusterPairs(policy: IdentityPolicy, table: PairTable): Clusters {
  const joined = join(policy, table, () => true);
  const unsure = recordsInDoubt(policy, table, joined);
  if (unsure.size === 0) return joined;
  return join(policy, table, ({ a, b }) => !unsure.has(a) && !unsure.has(b));
}

function join(
  { thresholds, clusterCap }: IdentityPolicy,
  table: PairTable,
  mayJoin: (pair: LinkedPair) => boolean,
): Clusters {
  const clusters = new Map<number, number[]>();
  const passes = (a: number, b: number): boolean => {
    const pair = table.get(a, b);
    return pair !== undefined && pair.p >= thresholds.member && pair.vetoes.length === 0;
  };
  const strongest = table.all
    .filter((pair) => pair.verdict === 'auto' && mayJoin(pair))
    .toSorted((x, y) => y.weight - x.weight || x.a - y.a || x.b - y.b);
  for (const { a, b } of strongest) {
    const ofA = clusters.get(a) ?? [a];
    const ofB = clusters.get(b) ?? [b];
    if (ofA === ofB || ofA.length + ofB.length > clusterCap) continue;
    if (!ofA.every((x) => ofB.every((y) => passes(x, y)))) continue;
    const both = [...ofA, ...ofB].toSorted((x, y) => x - y);
    for (const record of both) clusters.set(record, both);
  }
  return clusters;
}

/** Records whose best pair outside their cluster is too close to their best pair inside it. */
function recordsInDoubt(
  { thresholds }: IdentityPolicy,
  table: PairTable,
  clusters: Clusters,
): ReadonlySet<number> {
  const inside = new Map<number, number>();
  const outside = new Map<number, number>();
  const raise = (best: Map<number, number>, record: number, weight: number) => {
    if (weight > (best.get(record) ?? Number.NEGATIVE_INFINITY)) best.set(record, weight);
  };
  for (const { a, b, weight } of table.all) {
    const isInside = clusters.get(a)?.includes(b) ?? false;
    raise(isInside ? inside : outside, a, weight);
    raise(isInside ? inside : outside, b, weight);
  }
  const unsure = new Set<number>();
  for (const [record, weight] of inside) {
    const other = outside.get(record);
    if (other !== undefined && weight - other < thresholds.marginBits) unsure.add(record);
  }
  return unsure;
}
