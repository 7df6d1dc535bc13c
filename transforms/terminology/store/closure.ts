/**
 * The transitive closure of a hierarchy in which a concept may have several parents (SNOMED CT,
 * the US edition of RxNorm). Interval labels answer for trees alone, and a table with a row for
 * each pair costs seven million rows for SNOMED CT; so each concept gets one small value with the
 * numbers of all its ancestors, in order, as differences in variable-length bytes. Whether one
 * concept stands below another is then one look-up and a scan of some 30 bytes.
 */

/** Beyond so many pairs no closure is kept, and questions walk up the edges instead. */
export const closurePairsMax = 64_000_000;

export type Closure =
  | { readonly outcome: 'closed'; readonly pairs: number }
  | { readonly outcome: 'too-large' }
  /** Concepts in a circle, each below the next, the last below the first. */
  | { readonly outcome: 'cycle'; readonly cycle: readonly number[] };

/**
 * Gives each concept its ancestors, parents before children. `edges` holds child and parent in
 * turn, concepts are 0 to `count` - 1; concepts without a parent are not told.
 */
export function closeHierarchy(
  count: number,
  edges: Int32Array,
  tell: (concept: number, ancestors: Buffer) => void,
  pairsMax = closurePairsMax,
): Closure {
  const graph = indexEdges(count, edges);
  const order = sortByDepth(count, graph);
  if (order.length < count) return { outcome: 'cycle', cycle: findCycle(count, order, graph) };
  const { parents, parentsFrom, children, childrenFrom } = graph;
  const ancestors: (Uint32Array | undefined)[] = new Array(count);
  const open = new Int32Array(count);
  for (let at = 0; at < count; at += 1) open[at] = childrenFrom[at + 1]! - childrenFrom[at]!;
  const seen = new Int32Array(count).fill(-1);
  let pairs = 0;
  for (const concept of order) {
    const from = parentsFrom[concept]!;
    const to = parentsFrom[concept + 1]!;
    if (from === to) continue;
    const all: number[] = [];
    const add = (ancestor: number) => {
      if (seen[ancestor] === concept) return;
      seen[ancestor] = concept;
      all.push(ancestor);
    };
    for (let at = from; at < to; at += 1) {
      const parent = parents[at]!;
      add(parent);
      for (const ancestor of ancestors[parent] ?? []) add(ancestor);
    }
    pairs += all.length;
    if (pairs > pairsMax) return { outcome: 'too-large' };
    const sorted = Uint32Array.from(all).sort();
    tell(concept, packNumbers(sorted));
    if (childrenFrom[concept + 1]! > childrenFrom[concept]!) ancestors[concept] = sorted;
    // A parent whose last child is done is asked no more.
    for (let at = from; at < to; at += 1) {
      const parent = parents[at]!;
      open[parent] = open[parent]! - 1;
      if (open[parent] === 0) ancestors[parent] = undefined;
    }
  }
  return { outcome: 'closed', pairs: children.length === 0 ? 0 : pairs };
}

type Graph = {
  readonly parents: Int32Array;
  readonly parentsFrom: Int32Array;
  readonly children: Int32Array;
  readonly childrenFrom: Int32Array;
};

function indexEdges(count: number, edges: Int32Array): Graph {
  const side = (key: 0 | 1) => {
    const from = new Int32Array(count + 1);
    for (let at = 0; at < edges.length; at += 2) from[edges[at + key]! + 1]! += 1;
    for (let at = 0; at < count; at += 1) from[at + 1]! += from[at]!;
    const next = from.slice();
    const list = new Int32Array(edges.length / 2);
    for (let at = 0; at < edges.length; at += 2) {
      const slot = next[edges[at + key]!]!++;
      list[slot] = edges[at + 1 - key]!;
    }
    return [list, from] as const;
  };
  const [parents, parentsFrom] = side(0);
  const [children, childrenFrom] = side(1);
  return { parents, parentsFrom, children, childrenFrom };
}

/** Kahn's order; what stands in a circle, or below one, is missing from it. */
function sortByDepth(count: number, graph: Graph): Int32Array {
  const { parentsFrom, children, childrenFrom } = graph;
  const open = new Int32Array(count);
  const order = new Int32Array(count);
  let end = 0;
  for (let at = 0; at < count; at += 1) {
    open[at] = parentsFrom[at + 1]! - parentsFrom[at]!;
    if (open[at] === 0) order[end++] = at;
  }
  for (let at = 0; at < end; at += 1) {
    const concept = order[at]!;
    for (let edge = childrenFrom[concept]!; edge < childrenFrom[concept + 1]!; edge += 1) {
      const child = children[edge]!;
      open[child]! -= 1;
      if (open[child] === 0) order[end++] = child;
    }
  }
  return order.subarray(0, end);
}

/** Climbs among what the order left out until a concept comes a second time. */
function findCycle(count: number, order: Int32Array, graph: Graph): readonly number[] {
  const isSorted = new Uint8Array(count);
  for (const concept of order) isSorted[concept] = 1;
  const { parents, parentsFrom } = graph;
  const path: number[] = [];
  const placeOf = new Map<number, number>();
  let concept = isSorted.indexOf(0);
  while (!placeOf.has(concept)) {
    placeOf.set(concept, path.length);
    path.push(concept);
    const above = parents.subarray(parentsFrom[concept]!, parentsFrom[concept + 1]!);
    concept = above.find((parent) => isSorted[parent] === 0)!;
  }
  return path.slice(placeOf.get(concept)!);
}

/** Rising numbers as differences, seven bits a byte, the eighth set where more follows. */
export function packNumbers(rising: Uint32Array): Buffer {
  const bytes = Buffer.allocUnsafe(rising.length * 5);
  let end = 0;
  let before = -1;
  for (const number of rising) {
    let rest = number - before - 1;
    before = number;
    while (rest > 127) {
      bytes[end++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[end++] = rest;
  }
  return Buffer.from(bytes.subarray(0, end));
}

/** Whether a packed list holds a number; stops where it went by. */
export function packedHas(packed: Uint8Array, wanted: number): boolean {
  let number = -1;
  let rest = 0;
  let shift = 0;
  for (const byte of packed) {
    rest |= (byte & 127) << shift;
    if (byte > 127) {
      shift += 7;
      continue;
    }
    number += rest + 1;
    if (number >= wanted) return number === wanted;
    rest = 0;
    shift = 0;
  }
  return false;
}
