import type { EdgeKind, Pair, RecordNo } from '../../events.ts';

/** An active edge; `seq` is the number of the event that made it. */
export type Edge = {
  readonly seq: number;
  readonly a: RecordNo;
  readonly b: RecordNo;
  readonly kind: EdgeKind;
  readonly weight: number;
};

/** The two records of a pair in the order in which they are stored. */
export const ordered = (a: RecordNo, b: RecordNo): Pair => (a < b ? [a, b] : [b, a]);

/**
 * Who names whom: the components of these records under these edges, replayed in the order of their
 * numbers, the person of `a` surviving each. Gives every record the anchor of its component.
 */
export function anchorsOf(
  records: Iterable<RecordNo>,
  edges: readonly Edge[],
): ReadonlyMap<RecordNo, RecordNo> {
  const groups = new Map<RecordNo, { anchor: RecordNo; members: RecordNo[] }>();
  for (const record of records) groups.set(record, { anchor: record, members: [record] });
  for (const { a, b } of [...edges].sort((one, other) => one.seq - other.seq)) {
    const survivor = groups.get(a);
    const absorbed = groups.get(b);
    if (survivor === undefined || absorbed === undefined)
      throw new Error('an edge leads out of its component');
    if (survivor === absorbed) continue;
    for (const record of absorbed.members) {
      survivor.members.push(record);
      groups.set(record, survivor);
    }
  }
  return new Map([...groups].map(([record, { anchor }]) => [record, anchor]));
}

/**
 * Which edges to cut so that no record of `coreA` stays with one of `coreB`: the strongest evidence
 * is kept first (what a person or the source said before what was scored, then by weight), and an
 * edge that would join the two sides is cut.
 */
export function cutsBetween(
  edges: readonly Edge[],
  coreA: ReadonlySet<RecordNo>,
  coreB: ReadonlySet<RecordNo>,
): readonly Edge[] {
  const groups = new Map<RecordNo, Side>();
  const groupOf = (record: RecordNo): Side => {
    let side = groups.get(record);
    if (side === undefined) {
      side = { members: [record], hasA: coreA.has(record), hasB: coreB.has(record) };
      groups.set(record, side);
    }
    return side;
  };
  return [...edges].sort(byStrength).filter(({ a, b }) => {
    const one = groupOf(a);
    const other = groupOf(b);
    if (one === other) return false;
    if ((one.hasA && other.hasB) || (one.hasB && other.hasA)) return true;
    one.hasA ||= other.hasA;
    one.hasB ||= other.hasB;
    for (const record of other.members) {
      one.members.push(record);
      groups.set(record, one);
    }
    return false;
  });
}

type Side = { readonly members: RecordNo[]; hasA: boolean; hasB: boolean };

function byStrength(one: Edge, other: Edge): number {
  const rank = Number(one.kind === 'auto') - Number(other.kind === 'auto');
  return rank || other.weight - one.weight || one.seq - other.seq;
}
