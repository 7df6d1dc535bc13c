import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Change } from './change.ts';

type Member = { system: string; code: string; display: string | null };

/**
 * What left and what joined a value set, by its stored expansions; then changed displays. A set
 * that gives no display means that of the code system, which says its changes itself.
 */
export function* diffMembers(db: DatabaseHandle, earlier: number, later: number): Iterable<Change> {
  const same = 'n.release = ? AND n.code = o.code AND n.system = o.system';
  const missing = db.prepare(
    `SELECT o.system, o.code FROM member o WHERE o.release = ? AND NOT EXISTS
       (SELECT 1 FROM member n INDEXED BY member_code WHERE ${same})
     GROUP BY o.system, o.code ORDER BY min(o.ord)`,
  );
  for (const { system, code } of missing.all(earlier, later) as Member[])
    yield { change: 'membership', code, system, was: 'member', now: null };
  for (const { system, code } of missing.all(later, earlier) as Member[])
    yield { change: 'membership', code, system, was: null, now: 'member' };
  const renamed = db.prepare(
    `SELECT o.system, o.code, o.display was, n.display now FROM member o
     JOIN member n INDEXED BY member_code ON ${same}
     WHERE o.release = ? AND o.display <> n.display ORDER BY o.ord`,
  );
  const rows = renamed.all(later, earlier) as (Member & { was: unknown; now: unknown })[];
  for (const { system, code, was, now } of rows)
    yield { change: 'display', code, system, was, now };
}
