import { identityRefusal } from '../../errors.ts';
import type { Pair, PersonId, RecordNo, StoredEvent } from '../../events.ts';
import type { Log, Occasion } from '../log.ts';
import { anchorsOf, cutsBetween, type Edge, ordered } from '../tables/index.ts';
import type { Decision, Decisions, EffectKey } from './decisions.ts';

/**
 * Sees to it that two records are of two persons, each with the records that the strongest evidence
 * gives to it.
 */
export function separate(log: Log, a: RecordNo, b: RecordNo, reason: string, on: Occasion): void {
  if (log.record(a).anchor !== log.record(b).anchor) return;
  const edges = log.edges.among(log.membersOf(a));
  for (const [one, other] of pairsOf(cutsBetween(edges, new Set([a]), new Set([b]))))
    log.append({ type: 'unlinked', a: one, b: other, reason }, on);
}

/** Takes a record out of its person, away from everybody else. */
export function detach(log: Log, record: RecordNo, reason: string, on: Occasion): void {
  for (const [a, b] of pairsOf(log.edges.of(log.record(record).no)))
    log.append({ type: 'unlinked', a, b, reason }, on);
}

/** What to take apart: a merge, or some records of a person from the others. */
export type Parting =
  | { readonly merge: number }
  | { readonly person: PersonId; readonly records: readonly RecordNo[] };

export type Unmerged = {
  /** Number of its event. */
  readonly unmerge: number;
  readonly survivor: PersonId;
  readonly restored: PersonId;
  readonly cut: readonly Pair[];
  readonly apart: readonly Pair[];
  /** Records whose person is another one now. */
  readonly moved: readonly RecordNo[];
  /** From when to when the records were wrongly of one person, microseconds since the epoch. */
  readonly sinceUs: number;
  readonly untilUs: number;
  /** What was decided for the moved records in that time, in their order. */
  readonly decisions: readonly (EffectKey & Decision)[];
  /** The messages of these decisions, each once: a replay of them publishes them again. */
  readonly messages: readonly number[];
};

/**
 * Parts persons by the evidence that is left: each later member goes with its strongest evidence.
 * With `undo` the merge is as if it had never been; without, no two records of the two sides can be
 * linked again. Throws `identity-not-merged`, `identity-not-a-member`, `identity-nothing-to-split`
 * and `identity-unknown-person`; then nothing was written.
 */
export function unmerge(
  log: Log,
  decisions: Decisions,
  parting: Parting,
  on: Occasion,
  { undo = false }: { readonly undo?: boolean } = {},
): Unmerged {
  const sides = 'merge' in parting ? merged(log, parting) : split(log, parting);
  return part(log, decisions, sides, on, !undo);
}

/**
 * Two records shall never be of one person. Where they are, they are parted first, and what that
 * gave is returned. Throws `identity-merge-into-itself` and `identity-unknown-record`.
 */
export function doNotLink(
  log: Log,
  decisions: Decisions,
  a: RecordNo,
  b: RecordNo,
  reason: string,
  on: Occasion,
): Unmerged | undefined {
  if (a === b) throw identityRefusal('identity-merge-into-itself');
  if (log.record(a).anchor === log.record(b).anchor)
    return part(log, decisions, { a, b, sides: [[a], [b]] }, on, true);
  if (!log.edges.isForbidden(a, b)) log.append({ type: 'do-not-link', a, b, reason }, on);
  return undefined;
}

function part(
  log: Log,
  decisions: Decisions,
  { merge, a, b, sides }: Sides,
  on: Occasion,
  keepApart: boolean,
): Unmerged {
  const [coreA, coreB] = [new Set(sides[0]), new Set(sides[1])];
  const joined = joinedMembers(log, coreA, coreB);
  const edges = log.edges.among(joined);
  const cuts = cutsBetween(edges, coreA, coreB);
  const before = new Map([...joined].map((no) => [no, log.record(no).anchor]));
  const after = anchorsOf(
    joined,
    edges.filter((edge) => !cuts.some((one) => isBetween(one, edge.a, edge.b))),
  );
  const nameOf = (no: RecordNo) => log.record(after.get(no) ?? log.record(no).anchor).ownPerson;
  const [survivor, restored] = [nameOf(a), nameOf(b)];
  const cut = pairsOf(cuts);
  const apart = keepApart ? crossPairs(log, coreA, coreB, joined) : [];
  const since = Math.min(...cuts.map(({ seq }) => seq));
  const optional = merge === undefined ? {} : { merge };
  const event = { type: 'unmerged', ...optional, survivor, restored, a, b, cut, apart } as const;
  const unmerge = log.append(event, on);
  const moved = [...joined].filter((no) => after.get(no) !== before.get(no));
  const wrong = decisions
    .since(since, new Set(moved))
    .filter(({ record, anchor }) => anchor === before.get(record));
  return {
    ...{ unmerge, survivor, restored, cut, apart, moved, decisions: wrong },
    sinceUs: log.event(since)!.atUs,
    untilUs: on.atUs,
    messages: [...new Set(wrong.map(({ message }) => message))],
  };
}

const isBetween = (edge: Edge, a: RecordNo, b: RecordNo) =>
  (edge.a === a && edge.b === b) || (edge.a === b && edge.b === a);

type Sides = Pick<Extract<StoredEvent, { type: 'merged' }>, 'a' | 'b' | 'sides'> & {
  readonly merge?: number;
};

function merged(log: Log, { merge }: Extract<Parting, { merge: number }>): Sides {
  const event = log.event(merge);
  if (event?.type !== 'merged') throw identityRefusal('identity-not-merged');
  const { a, b, sides } = event;
  return { merge, a, b, sides };
}

function split(log: Log, { person, records }: Exclude<Parting, { merge: number }>): Sides {
  const anchor = log.records.anchored(person);
  if (anchor === undefined) throw identityRefusal('identity-unknown-person');
  const members = log.membersOf(anchor);
  const going = new Set(records);
  for (const no of going) if (!members.includes(no)) throw identityRefusal('identity-not-a-member');
  const staying = members.filter((no) => !going.has(no));
  const [a, b] = [staying[0], [...going][0]];
  if (a === undefined || b === undefined) throw identityRefusal('identity-nothing-to-split');
  return { a, b, sides: [staying, [...going]] };
}

/** The records of every person that still has records of both sides. */
function joinedMembers(
  log: Log,
  coreA: ReadonlySet<RecordNo>,
  coreB: ReadonlySet<RecordNo>,
): ReadonlySet<RecordNo> {
  const anchors = (core: Iterable<RecordNo>) =>
    new Set([...core].map((no) => log.record(no).anchor));
  const both = [...anchors(coreA)].filter((anchor) => anchors(coreB).has(anchor));
  if (both.length === 0) throw identityRefusal('identity-not-merged');
  return new Set(both.flatMap((anchor) => log.records.members(anchor)));
}

function crossPairs(
  log: Log,
  coreA: ReadonlySet<RecordNo>,
  coreB: ReadonlySet<RecordNo>,
  joined: ReadonlySet<RecordNo>,
): readonly Pair[] {
  const within = (core: ReadonlySet<RecordNo>) => [...core].filter((no) => joined.has(no));
  return within(coreA).flatMap((a) =>
    within(coreB)
      .map((b) => ordered(a, b))
      .filter(([one, other]) => !log.edges.isForbidden(one, other)),
  );
}

function pairsOf(edges: readonly Edge[]): readonly Pair[] {
  const pairs = new Map(edges.map(({ a, b }) => [ordered(a, b).join(' '), ordered(a, b)]));
  return [...pairs.values()];
}
