import { identityRefusal } from '../../errors.ts';
import type { PersonId, RecordNo, StoredEvent } from '../../events.ts';
import type { Log } from '../log.ts';
import { type Edge, type EventRow, fromRow } from '../tables/index.ts';

/** Why two records are of one person, or are not. */
export type Explanation = {
  readonly persons: readonly [PersonId, PersonId];
  readonly isOnePerson: boolean;
  /** The chain of evidence from `a` to `b`, the fewest links there are; empty when apart. */
  readonly path: readonly Edge[];
  readonly mayNotLink: boolean;
  /** Vetoes that fire between the two as they are now. */
  readonly vetoes: readonly string[];
  /** Everything that was ever scored, linked, reviewed or cut between the two, oldest first. */
  readonly events: readonly StoredEvent[];
};

/** Throws `identity-unknown-record`. */
export function explain(log: Log, a: RecordNo, b: RecordNo): Explanation {
  const { judge } = log.options;
  const persons = [log.personOf(a), log.personOf(b)] as const;
  const attributes = (no: RecordNo) => log.records.sighting(log.record(no)).attributes;
  const rows = log.db
    .prepare<{ a: number; b: number }, EventRow>(
      `SELECT * FROM event WHERE a = @a AND b = @b
        UNION SELECT * FROM event WHERE a = @b AND b = @a ORDER BY seq`,
    )
    .all({ a, b });
  return {
    persons,
    isOnePerson: persons[0] === persons[1],
    path: shortestPath(log, a, b),
    mayNotLink: log.edges.isForbidden(a, b),
    vetoes: (judge?.(attributes(a), attributes(b)) ?? []).map(({ id }) => id),
    events: rows.map((row) => fromRow(row, log.words)),
  };
}

/**
 * What happened to the records of the person that this id names now, oldest first. Throws
 * `identity-unknown-person`.
 */
export function history(log: Log, person: PersonId): readonly StoredEvent[] {
  const anchor = log.records.anchored(person);
  if (anchor === undefined) throw identityRefusal('identity-unknown-person');
  const rows = new Map<number, EventRow>();
  const ofRecord = log.db.prepare<{ no: number }, EventRow>(
    'SELECT * FROM event WHERE a = @no UNION SELECT * FROM event WHERE b = @no',
  );
  for (const no of log.membersOf(anchor))
    for (const row of ofRecord.all({ no })) rows.set(row.seq, row);
  return [...rows.values()]
    .sort((one, other) => one.seq - other.seq)
    .map((row) => fromRow(row, log.words));
}

function shortestPath(log: Log, from: RecordNo, to: RecordNo): readonly Edge[] {
  const reachedBy = new Map<RecordNo, Edge | undefined>([[from, undefined]]);
  for (const no of reachedBy.keys()) {
    if (no === to) break;
    for (const edge of log.edges.of(no)) {
      const next = edge.a === no ? edge.b : edge.a;
      if (!reachedBy.has(next)) reachedBy.set(next, edge);
    }
  }
  const path: Edge[] = [];
  for (let no = to; no !== from; ) {
    const edge = reachedBy.get(no);
    if (edge === undefined) return [];
    path.unshift(edge);
    no = edge.a === no ? edge.b : edge.a;
  }
  return path;
}
