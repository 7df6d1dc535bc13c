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
 * member threshold), each record has an uncontested automatic link to another one, and the cap
 * holds. Where not all of a chain fits together, the largest sets that do are taken first. Depends
 * on the pairs alone, not on their order.
 */
export function clusterPairs(policy: IdentityPolicy, table: PairTable): Clusters {
  const contested = contestedLinks(policy, table);
  const automatic = table.all.filter(({ verdict }) => verdict === 'auto');
  return join(
    policy,
    table,
    automatic.filter((pair) => !contested.has(pair)),
  );
}

/** Sets that are tried for the largest one; only a chain of very many has more records. */
const startsMax = 120;

function join(
  { thresholds, clusterCap }: IdentityPolicy,
  table: PairTable,
  automatic: readonly LinkedPair[],
): Clusters {
  const passes = passesIn(thresholds.member);
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

/** The pairs of each record, the strongest first. */
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

/**
 * The automatic links of records that have two strong candidates: a third record is as near to one
 * end of the link as the other end, or nearer, or within the margin, and is not one person with
 * both. Nobody can say which of them it is: it is linked to neither. Candidates that are one person
 * themselves do not compete; nor does a brother with a pair whose name, birth date and number are
 * the same.
 */
function contestedLinks({ thresholds }: IdentityPolicy, table: PairTable): ReadonlySet<LinkedPair> {
  const passes = passesIn(thresholds.member);
  const near = linksOf(table.all);

  /** Is it settled that `end` is one person with `other`, whatever its pair with a third says? */
  const isSettled = (end: number, other: number, rival: LinkedPair): boolean => {
    const third = otherEnd(rival, end);
    const isOtherThanEnd = !passes(rival);
    return (near.get(end) ?? []).some((lead) => {
      const leader = otherEnd(lead, end);
      if (leader === third || !(leader === other || passes(table.get(leader, other)))) return false;
      // A person leads by the nearest record; one that the third may be as well speaks for neither.
      if (isOtherThanEnd || !passes(table.get(leader, third)))
        return lead.weight - rival.weight >= thresholds.marginBits;
      // This end is one person with a nearer record: it is the two others that have to choose.
      return lead.verdict === 'auto' && lead.weight >= rival.weight;
    });
  };
  const isContested = (end: number, other: number, link: LinkedPair): boolean => {
    for (const rival of near.get(end) ?? []) {
      if (link.weight - rival.weight >= thresholds.marginBits) return false;
      const third = otherEnd(rival, end);
      const otherRival = table.get(other, third);
      if (third === other || (passes(rival) && passes(otherRival))) continue;
      if (link.isBeyondRivals && rival.isSomebodyElse && otherRival?.isSomebodyElse) continue;
      if (!isSettled(end, other, rival)) return true;
    }
    return false;
  };
  const contested = table.all.filter(
    (link) =>
      link.verdict === 'auto' &&
      (isContested(link.a, link.b, link) || isContested(link.b, link.a, link)),
  );
  return new Set(contested);
}

const otherEnd = ({ a, b }: LinkedPair, end: number): number => (a === end ? b : a);

const passesIn =
  (threshold: number) =>
  (pair: LinkedPair | undefined): boolean =>
    pair !== undefined && pair.p >= threshold && pair.vetoes.length === 0;
