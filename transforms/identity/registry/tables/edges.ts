import type { DatabaseHandle } from '../../../../engine/index.ts';
import type { EdgeKind, Pair, RecordNo } from '../../events.ts';
import { type Edge, ordered } from './partition.ts';

/** Numbers of the kinds are stored: only append. */
const edgeKinds = ['auto', 'review', 'source', 'order'] as const satisfies readonly EdgeKind[];

/** Active edges, and the pairs that must never be one person. */
export type Edges = {
  /** Edges that touch the record. */
  of(record: RecordNo): readonly Edge[];
  /** Edges with both ends among these records, which make up whole components. */
  among(records: Iterable<RecordNo>): readonly Edge[];
  between(a: RecordNo, b: RecordNo): readonly Edge[];
  add(edge: Edge): void;
  setWeight(seq: number, weight: number): void;
  remove(a: RecordNo, b: RecordNo): void;
  forbid(a: RecordNo, b: RecordNo, event: number): void;
  isForbidden(a: RecordNo, b: RecordNo): boolean;
  /** The first pair among these records that must not be one person. */
  forbiddenAmong(records: ReadonlySet<RecordNo>): Pair | undefined;
  /** Records that must never be one person with this one. */
  forbiddenOf(record: RecordNo): readonly RecordNo[];
};

type Row = { seq: number; a: number; b: number; kind: number; weight: number };

export function openEdges(db: DatabaseHandle): Edges {
  const sql = prepare(db);
  const edge = ({ kind, ...row }: Row): Edge => ({ ...row, kind: edgeKinds[kind]! });
  return {
    of: (record) => sql.of.all({ record }).map(edge),
    among(records) {
      const found: Edge[] = [];
      for (const record of records) found.push(...sql.from.all(record).map(edge));
      return found.sort((one, other) => one.seq - other.seq);
    },
    between: (a, b) => sql.between.all({ a, b }).map(edge),
    add({ seq, a, b, kind, weight }) {
      sql.add.run(seq, a, b, edgeKinds.indexOf(kind), weight);
    },
    setWeight(seq, weight) {
      sql.setWeight.run(weight, seq);
    },
    remove(a, b) {
      sql.remove.run({ a, b });
    },
    forbid(a, b, event) {
      sql.forbid.run(...ordered(a, b), event);
    },
    isForbidden: (a, b) => sql.forbidden.get(...ordered(a, b)) !== undefined,
    forbiddenAmong(records) {
      for (const a of records)
        for (const { b } of sql.forbiddenFrom.all(a)) if (records.has(b)) return [a, b];
      return undefined;
    },
    forbiddenOf: (record) =>
      sql.forbiddenOf.all({ record }).map(({ a, b }) => (a === record ? b : a)),
  };
}

function prepare(db: DatabaseHandle) {
  return {
    of: db.prepare<{ record: number }, Row>(
      `SELECT * FROM edge WHERE a = @record UNION SELECT * FROM edge WHERE b = @record
        ORDER BY seq`,
    ),
    from: db.prepare<[number], Row>('SELECT * FROM edge WHERE a = ?'),
    between: db.prepare<{ a: number; b: number }, Row>(
      `SELECT * FROM edge WHERE a = @a AND b = @b
        UNION SELECT * FROM edge WHERE a = @b AND b = @a ORDER BY seq`,
    ),
    add: db.prepare<[number, number, number, number, number]>(
      'INSERT INTO edge(seq, a, b, kind, weight) VALUES(?, ?, ?, ?, ?)',
    ),
    setWeight: db.prepare<[number, number]>('UPDATE edge SET weight = ? WHERE seq = ?'),
    remove: db.prepare<{ a: number; b: number }>(
      'DELETE FROM edge WHERE a = @a AND b = @b OR a = @b AND b = @a',
    ),
    forbid: db.prepare<[number, number, number]>(
      'INSERT INTO do_not_link(a, b, event) VALUES(?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    forbidden: db.prepare<[number, number]>('SELECT 1 FROM do_not_link WHERE a = ? AND b = ?'),
    forbiddenFrom: db.prepare<[number], { b: number }>('SELECT b FROM do_not_link WHERE a = ?'),
    forbiddenOf: db.prepare<{ record: number }, { a: number; b: number }>(
      `SELECT a, b FROM do_not_link WHERE a = @record
        UNION SELECT a, b FROM do_not_link WHERE b = @record`,
    ),
  };
}
