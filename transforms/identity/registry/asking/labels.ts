import type { RecordNo, ReviewKind, Sighting } from '../../events.ts';
import type { Log } from '../log.ts';
import { type EventRow, eventTypes, fromRow } from '../tables/index.ts';
import { exactInterval, type Interval } from './confidence.ts';

/** A pair that stewards judged, as they saw it: what models are fitted and calibrated on. */
export type LabelledPair = {
  readonly review: number;
  readonly kind: ReviewKind;
  readonly isSame: boolean;
  readonly records: readonly [RecordNo, RecordNo];
  /** When the steward said so, microseconds since 1970. */
  readonly atUs: number;
  readonly a: Sighting;
  readonly b: Sighting;
  /** What the model said then, 0..1; absent where nothing was scored. */
  readonly p: number | undefined;
  readonly model: string;
  readonly policy: string;
};

const pageRows = 500;
const sightings = [eventTypes.indexOf('seen'), eventTypes.indexOf('changed')].join(', ');

/** Every pair judged same or different, in the order of opening; both outcomes alike. */
export function* labelledPairs(log: Log): Generator<LabelledPair> {
  const sightingAt = log.db.prepare<[number, number], EventRow>(
    `SELECT * FROM event WHERE a = ? AND seq <= ? AND type IN (${sightings})
      ORDER BY seq DESC LIMIT 1`,
  );
  const seen = (record: RecordNo, at: number): Sighting => {
    const event = fromRow(sightingAt.get(record, at)!, log.words);
    if (event.type !== 'seen' && event.type !== 'changed') throw new Error('no sighting');
    const { attributes, fingerprint, normalisation, facility } = event;
    return { attributes, fingerprint, normalisation, facility };
  };
  for (let after = 0; ; ) {
    const page = log.reviews.decided(after, pageRows);
    for (const { no, kind, a, outcome, closed } of page) {
      after = no;
      if (outcome !== 'same' && outcome !== 'different') continue;
      const [queued, reviewed] = [log.event(no), log.event(closed!)];
      if (queued?.type !== 'queued' || reviewed?.type !== 'reviewed') continue;
      const { assessment, model, policy, candidates } = queued;
      // "Different" without a choice is about each of the candidates.
      const others = queued.b === undefined ? [] : new Set([queued.b, ...candidates]);
      for (const b of reviewed.b === undefined ? others : [reviewed.b]) {
        yield {
          ...{ review: no, kind, isSame: outcome === 'same', records: [a, b], model, policy },
          ...{ a: seen(a, closed!), b: seen(b, closed!), p: assessment?.p, atUs: reviewed.atUs },
        };
      }
    }
    if (page.length < pageRows) return;
  }
}

/** What blind samples say of automatic links. */
export type AuditRate = {
  /** Samples judged same or different. */
  readonly judged: number;
  /** Of them different persons: over-merges. */
  readonly different: number;
  /** Judged neither: not in the rate, and to be looked at when they are many. */
  readonly undecided: number;
  readonly open: number;
  readonly rate: number;
  /** Exact (Clopper-Pearson), two-sided, 95 %. */
  readonly interval: Interval;
};

export function auditRate(log: Log): AuditRate {
  const audits = log.reviews.count().filter(({ kind }) => kind === 'audit');
  const count = (...outcomes: readonly (string | undefined)[]) =>
    audits
      .filter(({ outcome }) => outcomes.includes(outcome))
      .reduce((sum, one) => sum + one.count, 0);
  const [different, judged] = [count('different'), count('same', 'different')];
  return {
    ...{ judged, different, undecided: count('cannot-tell', 'data-error') },
    open: count(undefined),
    rate: judged === 0 ? 0 : different / judged,
    interval: exactInterval(different, judged),
  };
}
