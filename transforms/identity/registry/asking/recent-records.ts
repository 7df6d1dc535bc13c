import type { DatabaseHandle } from '../../../../engine/index.ts';
import type { RecordNo } from '../../events.ts';
import { eventTypes } from '../tables/index.ts';

/**
 * Records that were seen or changed since then (microseconds since the epoch), in the order of
 * their numbers. Reads the whole log: for a person who waits, not for a stage.
 */
export function recordsSince(db: DatabaseHandle, sinceUs: number): readonly RecordNo[] {
  const [seen, changed] = [eventTypes.indexOf('seen'), eventTypes.indexOf('changed')];
  const rows = db.prepare<[number, number, number], { a: number }>(
    'SELECT DISTINCT a FROM event WHERE type IN (?, ?) AND at_us >= ? ORDER BY a',
  );
  return rows.all(seen, changed, sinceUs).map(({ a }) => a);
}
