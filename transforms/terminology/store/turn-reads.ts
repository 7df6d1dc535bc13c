import type { DatabaseHandle } from '../../../engine/index.ts';
import type { ReleaseQueries } from './releases.ts';

/** So many look-ups share a transaction at most, however long the turn. */
const readsMax = 10_000;

/**
 * One read transaction for the look-ups of a turn of the event loop: to begin and end one costs
 * half as much as the look-up. It is for what never changes, the content of releases; `end` lets
 * the present in, before somebody asks which releases there are.
 */
export type TurnReads = {
  begin(): void;
  end(): void;
};

/** For handles whose owner keeps no transactions, and no statement that is being read. */
export function turnReads(db: DatabaseHandle): TurnReads {
  if (!db.readonly) throw new Error('a handle that writes has transactions of its own');
  const open = db.prepare('BEGIN');
  const close = db.prepare('COMMIT');
  let isOpen = false;
  let reads = 0;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    if (db.open) close.run();
  };
  return {
    begin() {
      reads += 1;
      if (isOpen && reads < readsMax) return;
      end();
      open.run();
      isOpen = true;
      reads = 0;
      setImmediate(end);
    },
    end,
  };
}

export const everyRead: TurnReads = { begin() {}, end() {} };

/** The same questions, of the present. */
export function askedAnew(queries: ReleaseQueries, { end }: TurnReads): ReleaseQueries {
  const asked = Object.entries(queries).map(([name, ask]) => [
    name,
    (...given: readonly unknown[]) => {
      end();
      return (ask as (...given: readonly unknown[]) => unknown)(...given);
    },
  ]);
  return Object.fromEntries(asked) as ReleaseQueries;
}
