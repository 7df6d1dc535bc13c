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
    if (members.length > Math.max(startsMax, clusterCap * 4)) continue;
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
 * Joins what the policy lets be joined. In a cluster every pair passes (no veto, at least the
 * member threshold), each record has an automatic link to another one, and the cap holds. Where not
 * all of a chain fits together, the largest sets that do are taken first. A record that has another
 * cluster nearly as strong as its own is linked to neither. Depends on the pairs alone, not on
 * their order.
 */
export function clusterPairs(policy: IdentityPolicy, table: PairTable): Clusters {
  const joined = join(
    policy,
    table,
    table.all.filter(({ verdict }) => verdict === 'auto'),
  );
  const unsure = recordsInDoubt(policy, table, joined);
  if (unsure.size === 0) return joined;
  const sure = ({ verdict, a, b }: LinkedPair) =>
    verdict === 'auto' && !unsure.has(a) && !unsure.has(b);
  return join(policy, table, table.all.filter(sure));
}

/** Sets that are tried for the largest one; only a chain of very many has more records. */
const startsMax = 120;

function join(
  { thresholds, clusterCap }: IdentityPolicy,
  table: PairTable,
  automatic: readonly LinkedPair[],
): Clusters {
  const passes = (pair: LinkedPair | undefined): boolean =>
    pair !== undefined && pair.p >= thresholds.member && pair.vetoes.length === 0;
  const clusters = new Map<number, readonly number[]>();
  const links = linksOf(automatic);
  for (const members of groupsOf(automatic).values()) {
    let left = members;
    while (left.length > 1) {
      const starts = left.slice(0, startsMax);
      const sets = starts.map((start) => grow(start, left, links, table, passes, clusterCap));
      const best = sets.toSorted(
        (x, y) => y.records.length - x.records.length || y.bits - x.bits,
      )[0];
      if (best === undefined) break;
      // A start that nothing fits is a person of its own; the others may still fit together.
      const cluster = best.records.toSorted((x, y) => x - y);
      if (cluster.length > 1) for (const record of cluster) clusters.set(record, cluster);
      const taken = cluster.length > 1 ? cluster : starts;
      left = left.filter((record) => !taken.includes(record));
    }
  }
  return clusters;
}

type Links = ReadonlyMap<number, readonly LinkedPair[]>;

/** The automatic pairs of each record, the strongest first. */
function linksOf(automatic: readonly LinkedPair[]): Links {
  const links = new Map<number, LinkedPair[]>();
  for (const pair of automatic) {
    for (const record of [pair.a, pair.b]) {
      const own = links.get(record);
      if (own === undefined) links.set(record, [pair]);
      else own.push(pair);
    }
  }
  for (const pairs of links.values())
    pairs.sort((x, y) => y.weight - x.weight || x.a - y.a || x.b - y.b);
  return links;
}

/** A set around one record: whoever has the strongest automatic link to it comes in next. */
function grow(
  start: number,
  left: readonly number[],
  links: Links,
  table: PairTable,
  passes: (pair: LinkedPair | undefined) => boolean,
  cap: number,
): { readonly records: readonly number[]; readonly bits: number } {
  const free = new Set(left);
  const records = [start];
  free.delete(start);
  let bits = 0;
  while (records.length < cap) {
    const next = strongestFitting(records, free, links, table, passes);
    if (next === undefined) break;
    bits += next.weight;
    const record = free.has(next.a) ? next.a : next.b;
    free.delete(record);
    records.push(record);
  }
  return { records, bits };
}

function strongestFitting(
  records: readonly number[],
  free: ReadonlySet<number>,
  links: Links,
  table: PairTable,
  passes: (pair: LinkedPair | undefined) => boolean,
): LinkedPair | undefined {
  let best: LinkedPair | undefined;
  for (const own of records) {
    for (const pair of links.get(own) ?? []) {
      if (best !== undefined && pair.weight <= best.weight) break;
      const other = pair.a === own ? pair.b : pair.a;
      if (!free.has(other)) continue;
      if (records.every((record) => passes(table.get(record, other)))) {
        best = pair;
        break;
      }
    }
  }
  return best;
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
