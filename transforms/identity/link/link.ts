import type { IdentityModel } from '../model/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { clusterPairs, pairsMissing, pairTable } from './clusters.ts';
import type { Candidates, LinkedPair } from './linkage.ts';

/** A pair as it is printed. */
export type LinkEdge = {
  readonly a: string;
  readonly b: string;
  readonly p: number;
  readonly decision: 'auto' | 'review';
  readonly vetoes: readonly string[];
};

/** All records of one person; alone, when nothing was linked to it. */
export type LinkCluster = { readonly cluster: string; readonly members: readonly string[] };

export type LinkCounts = {
  readonly records: number;
  /** Pairs that were compared. */
  readonly compared: number;
  readonly auto: number;
  readonly review: number;
  readonly clusters: number;
  readonly hotKeys: number;
  readonly leftOut: number;
};

export type LinkResult = {
  readonly model: IdentityModel;
  readonly edges: readonly LinkEdge[];
  readonly clusters: readonly LinkCluster[];
  readonly counts: LinkCounts;
};

/** Whoever does the comparing: this thread, or several. */
export type LinkWorkers = {
  readonly ids: readonly string[];
  readonly secondFrom: number;
  fit(): Promise<IdentityModel>;
  score(model: IdentityModel): Promise<Candidates>;
  assess(
    model: IdentityModel,
    pairs: readonly (readonly [number, number])[],
  ): Promise<readonly LinkedPair[]>;
};

/** Links everything; the result depends on the records, not on their order or on the threads. */
export async function linkAll(workers: LinkWorkers, policy: IdentityPolicy): Promise<LinkResult> {
  const { ids, secondFrom } = workers;
  const model = await workers.fit();
  const scored = await workers.score(model);
  const met = pairTable(scored.pairs);
  const missing = pairsMissing(met, policy.clusterCap);
  const more = missing.length === 0 ? [] : await workers.assess(model, missing);
  const table = pairTable([...scored.pairs, ...more]);
  const clusters = clusterPairs(policy, table);

  const edges: LinkEdge[] = [];
  let auto = 0;
  for (const { a, b, p, vetoes } of table.all) {
    // Within one of two inputs nothing is printed: the question was what lies across.
    if (secondFrom < ids.length && a < secondFrom === b < secondFrom) continue;
    const isLinked = clusters.get(a)?.includes(b) ?? false;
    // What reaches the low threshold and was not linked is told, also where vetoes settle it.
    if (isLinked) auto += 1;
    const decision = isLinked ? 'auto' : 'review';
    edges.push({ a: ids[a]!, b: ids[b]!, p, decision, vetoes });
  }
  const listed = ids.flatMap((id, at): LinkCluster[] => {
    const members = clusters.get(at);
    if (members === undefined) return [{ cluster: id, members: [id] }];
    return members[0] === at ? [{ cluster: id, members: members.map((one) => ids[one]!) }] : [];
  });
  const counts: LinkCounts = {
    records: ids.length,
    compared: scored.compared + missing.length,
    auto,
    review: edges.length - auto,
    clusters: listed.length,
    hotKeys: scored.hotKeys,
    leftOut: scored.leftOut,
  };
  return { model, edges, clusters: listed, counts };
}
