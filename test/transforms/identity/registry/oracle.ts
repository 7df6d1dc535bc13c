import type { Pair, RecordNo, StoredEvent } from '../../../../transforms/identity/events.ts';

type Edge = { a: RecordNo; b: RecordNo; kind: string; weight: number };
type Seen = Extract<StoredEvent, { type: 'seen' | 'changed' }>;

/** The graph as a list of events says it, in the plainest way there is. */
export type Graph = {
  readonly records: Map<RecordNo, { readonly person: string; attributes: Seen['attributes'] }>;
  edges: Edge[];
  readonly apart: Pair[];
};

export function graphOf(events: readonly StoredEvent[]): Graph {
  const graph: Graph = { records: new Map(), edges: [], apart: [] };
  for (const event of events) fold(graph, event);
  return graph;
}

function fold(graph: Graph, event: StoredEvent): void {
  if (event.type === 'seen') graph.records.set(event.record, { ...event });
  if (event.type === 'changed') graph.records.get(event.record)!.attributes = event.attributes;
  if (event.type === 'linked' || event.type === 'merged') {
    const weight = event.type === 'linked' ? event.weight : 0;
    const { a, b, kind } = event;
    const same = graph.edges.find((edge) => isBetween(edge, a, b) && edge.kind === kind);
    if (same) same.weight = weight;
    else graph.edges.push({ a, b, kind, weight });
  }
  const cut = event.type === 'unlinked' ? [[event.a, event.b] as const] : [];
  for (const [a, b] of event.type === 'unmerged' ? event.cut : cut)
    graph.edges = graph.edges.filter((edge) => !isBetween(edge, a, b));
  if (event.type === 'unmerged') graph.apart.push(...event.apart);
  if (event.type === 'do-not-link') graph.apart.push([event.a, event.b]);
}

const isBetween = (edge: Edge, a: RecordNo, b: RecordNo) =>
  (edge.a === a && edge.b === b) || (edge.a === b && edge.b === a);

/** Who names whom: edge after edge, everybody who bears the name of `b` takes that of `a`. */
export function components(graph: Graph): Map<RecordNo, RecordNo> {
  const names = new Map([...graph.records.keys()].map((no) => [no, no]));
  for (const { a, b } of graph.edges) {
    const [taken, given] = [names.get(a)!, names.get(b)!];
    for (const [no, name] of names) if (name === given) names.set(no, taken);
  }
  return names;
}
