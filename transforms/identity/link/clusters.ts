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
 * holds. Where not all of a chain fits together, the largest sets that do are taken first; of two
 * that are equally good, what they have in common. Depends on the pairs alone, not on their order
 * nor on how the records are called.
 */
export function clusterPairs(policy: IdentityPolicy, table: PairTable): Clusters {
  const automatic = table.all.filter(({ verdict }) => verdict === 'auto');
  const crowded = crowdedLinks(policy.clusterCap, linksOf(automatic));
  const alone = automatic.filter((pair) => !crowded.has(pair));
  const contested = contestedLinks(policy, table, alone);
  return join(
    policy,
    table,
    alone.filter((pair) => !contested.has(pair)),
  );
}

/**
 * Links of records that have more equally near ones than fit under the cap: whoever was taken would
 * be taken by chance. To ask of each whether a third contests it would cost their cube.
 */
function crowdedLinks(cap: number, links: Links): ReadonlySet<LinkedPair> {
  const crowded = new Set<LinkedPair>();
  for (const own of links.values()) {
    let from = 0;
    while (from < own.length) {
      let to = from + 1;
      while (own[to]?.weight === own[from]!.weight) to += 1;
      if (to - from > cap) for (const pair of own.slice(from, to)) crowded.add(pair);
      from = to;
    }
  }
  return crowded;
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
      const growIn = (start: number, free: readonly number[]) =>
        grow(start, free, links, table, passes, clusterCap);
      const sets = starts.map((start) => growIn(start, left));
      const best = largest(sets);
      if (best === undefined) break;
      const rivals = sets.filter((set) =>
        competes(set, best, thresholds.marginBits, table, passes),
      );
      const shared = best.records.filter((one) =>
        rivals.every(({ records }) => records.includes(one)),
      );
      const kept =
        rivals.length === 0 ? best : largest(shared.map((start) => growIn(start, shared)));
      // A start that nothing fits is a person of its own; the others may still fit together.
      const cluster = kept?.records.toSorted((x, y) => x - y) ?? [];
      if (cluster.length > 1) for (const record of cluster) clusters.set(record, cluster);
      const disputed = [best, ...rivals].flatMap(({ records }) => records);
      const taken = cluster.length > 1 ? cluster : best.records.length > 1 ? disputed : starts;
      left = left.filter((record) => !taken.includes(record));
    }
  }
  return clusters;
}

type Grown = { readonly records: readonly number[]; readonly bits: number };

const largest = (sets: readonly Grown[]): Grown | undefined =>
  sets.toSorted((x, y) => y.records.length - x.records.length || y.bits - x.bits)[0];

/**
 * Whether another set is as good and lays claim to the same records: a father and a son, and
 * records of one name and number that tell no birth date.
 */
const competes = (
  set: Grown,
  best: Grown,
  margin: number,
  table: PairTable,
  passes: (pair: LinkedPair | undefined) => boolean,
): boolean =>
  set.records.length === best.records.length &&
  best.bits - set.bits < margin &&
  set.records.some((one) => best.records.includes(one)) &&
  set.records.some((one) =>
    best.records.some((other) => one !== other && !passes(table.get(one, other))),
  );

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

/**
 * A set around one record: whoever has the strongest automatic link to it comes in next. Of several
 * with equally strong ones all come in, or none of those who do not fit together.
 */
function grow(
  start: number,
  left: readonly number[],
  links: Links,
  table: PairTable,
  passes: (pair: LinkedPair | undefined) => boolean,
  cap: number,
): Grown {
  const free = new Set(left);
  const records = [start];
  free.delete(start);
  let bits = 0;
  for (;;) {
    const { found, weight } = strongestFitting(records, free, links, table, passes);
    // More than fit under the cap: whoever was taken of them would be taken by chance.
    if (found.length === 0 || found.length > cap) break;
    for (const record of found) free.delete(record);
    const agreed = found.filter((one) =>
      found.every((other) => one === other || passes(table.get(one, other))),
    );
    if (records.length + agreed.length > cap) break;
    records.push(...agreed);
    bits += agreed.length * weight;
  }
  return { records, bits };
}

/** The free records that fit a set and have the strongest link to it; several of equal strength. */
function strongestFitting(
  records: readonly number[],
  free: ReadonlySet<number>,
  links: Links,
  table: PairTable,
  passes: (pair: LinkedPair | undefined) => boolean,
): { readonly found: readonly number[]; readonly weight: number } {
  const found = new Set<number>();
  let weight = Number.NEGATIVE_INFINITY;
  for (const own of records) {
    for (const pair of links.get(own) ?? []) {
      if (pair.weight < weight) break;
      const other = otherEnd(pair, own);
      if (!free.has(other)) continue;
      if (!records.every((record) => passes(table.get(record, other)))) continue;
      if (pair.weight > weight) found.clear();
      weight = pair.weight;
      found.add(other);
    }
  }
  return { found: [...found], weight };
}

/**
 * The automatic links of records that have two strong candidates: a third record is as near to one
 * end of the link as the other end, or nearer, or within the margin, and is not one person with
 * both. Nobody can say which of them it is: it is linked to neither. Candidates that are one person
 * themselves do not compete; nor does a brother with a pair whose name, birth date and number are
 * the same.
 */
function contestedLinks(
  { thresholds }: IdentityPolicy,
  table: PairTable,
  automatic: readonly LinkedPair[],
): ReadonlySet<LinkedPair> {
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
  const contested = automatic.filter(
    (link) => isContested(link.a, link.b, link) || isContested(link.b, link.a, link),
  );
  return new Set(contested);
}

const otherEnd = ({ a, b }: LinkedPair, end: number): number => (a === end ? b : a);

const passesIn =
  (threshold: number) =>
  (pair: LinkedPair | undefined): boolean =>
    pair !== undefined && pair.p >= threshold && pair.vetoes.length === 0;
