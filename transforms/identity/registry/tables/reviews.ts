import type { DatabaseHandle } from '../../../../engine/index.ts';
import {
  type RecordNo,
  type ReviewKind,
  type ReviewOutcome,
  reviewKinds,
  reviewOutcomes,
} from '../../events.ts';

/** A review as the state knows it; what was put before the steward stands in its event. */
export type ReviewState = {
  /** Number of its `queued` event. */
  readonly no: number;
  readonly kind: ReviewKind;
  readonly a: RecordNo;
  readonly b: RecordNo | undefined;
  readonly openedUs: number;
  readonly outcome: ReviewOutcome | undefined;
  /** Number of its `reviewed` event. */
  readonly closed: number | undefined;
};

export type Reviews = {
  get(no: number): ReviewState | undefined;
  findOpen(kind: ReviewKind, a: RecordNo, b: RecordNo | undefined): number | undefined;
  /** Open ones, oldest first. */
  open(page: { readonly after: number; readonly limit: number }): readonly ReviewState[];
  /** Those decided, in the order of their opening. */
  decided(after: number, limit: number): readonly ReviewState[];
  count(): readonly ReviewCount[];
  add(review: Pick<ReviewState, 'no' | 'kind' | 'a' | 'b' | 'openedUs'>): void;
  close(no: number, outcome: ReviewOutcome, event: number): void;
};

export type ReviewCount = {
  readonly kind: ReviewKind;
  readonly outcome: ReviewOutcome | undefined;
  readonly count: number;
  /** Of the oldest, microseconds since the epoch. */
  readonly oldestUs: number;
};

type Row = {
  readonly no: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number | null;
  readonly opened_us: number;
  readonly outcome: number | null;
  readonly closed: number | null;
};

/** Kinds and outcomes are stored by their place in the list: only append to those. */
export function openReviews(db: DatabaseHandle): Reviews {
  const sql = prepare(db);
  return {
    get: (no) => stateOf(sql.get.get(no)),
    findOpen: (kind, a, b) => sql.findOpen.get(reviewKinds.indexOf(kind), a, b ?? 0)?.no,
    open: ({ after, limit }) => sql.open.all(after, limit).map((row) => stateOf(row)!),
    decided: (after, limit) => sql.decided.all(after, limit).map((row) => stateOf(row)!),
    count: () =>
      sql.count.all().map(({ kind, outcome, count, oldest_us: oldestUs }) => ({
        ...{ kind: reviewKinds[kind]!, count, oldestUs },
        outcome: outcome === null ? undefined : reviewOutcomes[outcome],
      })),
    add({ no, kind, a, b, openedUs }) {
      sql.add.run(no, reviewKinds.indexOf(kind), a, b ?? null, openedUs);
    },
    close(no, outcome, event) {
      sql.close.run(reviewOutcomes.indexOf(outcome), event, no);
    },
  };
}

function stateOf(row: Row | undefined): ReviewState | undefined {
  if (row === undefined) return undefined;
  const { no, a, opened_us: openedUs } = row;
  return {
    ...{ no, a, openedUs, kind: reviewKinds[row.kind]!, b: row.b ?? undefined },
    outcome: row.outcome === null ? undefined : reviewOutcomes[row.outcome],
    closed: row.closed ?? undefined,
  };
}

function prepare(db: DatabaseHandle) {
  return {
    get: db.prepare<[number], Row>('SELECT * FROM review WHERE no = ?'),
    findOpen: db.prepare<[number, number, number], { no: number }>(
      `SELECT no FROM review WHERE kind = ? AND a = ? AND coalesce(b, 0) = ?
        AND outcome IS NULL`,
    ),
    open: db.prepare<[number, number], Row>(
      'SELECT * FROM review WHERE no > ? AND outcome IS NULL ORDER BY no LIMIT ?',
    ),
    decided: db.prepare<[number, number], Row>(
      'SELECT * FROM review WHERE no > ? AND outcome IS NOT NULL ORDER BY no LIMIT ?',
    ),
    count: db.prepare<
      [],
      { kind: number; outcome: number | null; count: number; oldest_us: number }
    >(
      `SELECT kind, outcome, count(*) AS count, min(opened_us) AS oldest_us FROM review
        GROUP BY kind, outcome ORDER BY kind, outcome`,
    ),
    add: db.prepare<[number, number, number, number | null, number]>(
      'INSERT INTO review(no, kind, a, b, opened_us) VALUES(?, ?, ?, ?, ?)',
    ),
    close: db.prepare<[number, number, number]>(
      'UPDATE review SET outcome = ?, closed = ? WHERE no = ?',
    ),
  };
}
