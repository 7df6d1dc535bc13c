import type { Pair, RecordNo, StoredEvent } from '../events.ts';
import { anchorsOf, type Edges, type Records, type Reviews } from './tables/index.ts';

/** The tables that events are folded into. */
export type State = {
  readonly records: Records;
  readonly edges: Edges;
  readonly reviews: Reviews;
};

/**
 * What an event does to the state. The writer calls it for each event it appends, the verifier for
 * each it reads: nothing else changes the state tables.
 */
export function apply(state: State, event: StoredEvent): void {
  const { records, edges, reviews } = state;
  switch (event.type) {
    case 'seen':
      records.add(event);
      break;
    case 'changed':
      records.change(event);
      break;
    case 'linked':
      join(state, event);
      break;
    case 'merged':
      join(state, { ...event, weight: 0 });
      break;
    case 'unlinked':
      cut(state, [[event.a, event.b]]);
      break;
    case 'unmerged':
      cut(state, event.cut);
      for (const [a, b] of event.apart) edges.forbid(a, b, event.seq);
      break;
    case 'do-not-link':
      edges.forbid(event.a, event.b, event.seq);
      break;
    case 'queued': {
      const { seq: no, kind, a, b, atUs: openedUs } = event;
      reviews.add({ no, kind, a, b, openedUs });
      break;
    }
    case 'reviewed':
      reviews.close(event.review, event.outcome, event.seq);
      break;
    case 'scored':
    case 'policy-changed':
      break;
    default:
      event satisfies never;
  }
}

type Joining = Pick<
  Extract<StoredEvent, { type: 'linked' }>,
  'seq' | 'a' | 'b' | 'kind' | 'weight'
>;

/** The person of `a` survives; the same edge again only has another weight. */
function join({ records, edges }: State, { seq, a, b, kind, weight }: Joining): void {
  const earlier = edges.between(a, b).find((edge) => edge.kind === kind);
  if (earlier !== undefined) {
    edges.setWeight(earlier.seq, weight);
    return;
  }
  edges.add({ seq, a, b, kind, weight });
  const anchor = anchorOf(records, a);
  const absorbed = anchorOf(records, b);
  if (anchor === absorbed) return;
  const all = [...records.members(anchor), ...records.members(absorbed)];
  records.regroup(new Map(all.map((record) => [record, anchor])));
}

/** What is left of the components is replayed, as if the edges had never been. */
function cut({ records, edges }: State, pairs: readonly Pair[]): void {
  const touched = new Set<RecordNo>();
  for (const [a, b] of pairs) {
    for (const record of records.members(anchorOf(records, a))) touched.add(record);
    for (const record of records.members(anchorOf(records, b))) touched.add(record);
  }
  for (const [a, b] of pairs) edges.remove(a, b);
  records.regroup(anchorsOf(touched, edges.among(touched)));
}

export function anchorOf(records: Records, record: RecordNo): RecordNo {
  const state = records.get(record);
  if (state === undefined) throw new Error('an event of a record that was never seen');
  return state.anchor;
}
