import { counting } from '../fold/index.ts';
import { placedOf } from '../history.ts';
import type { State } from '../resource-cache.ts';
import { chain, textAfter } from '../rows/index.ts';
import type { Named, Spine } from '../spine.ts';

const visitsMax = 2_000;

/**
 * In which accounts a visit was, from which message on; in the order of the messages. What was read
 * of its history is remembered, so that a long stay is not read again with each of its messages.
 */
export function staysIn(spine: Spine, visit: State | undefined): readonly Required<Named>[] {
  if (visit === undefined) return [];
  const { read } = spine.moves;
  const known = read.get(visit.no);
  let said = known?.said ?? [];
  if (known?.last !== visit.last) {
    spine.pack.flush();
    const newer: Named[] = [];
    for (const row of chain(spine.reading, visit.last)) {
      if (row.row === known?.last) break;
      const placed = placedOf(row, textAfter(spine.reading, row));
      const { message, generation, ordinal, retraction, remove } = placed;
      const text = placed.set.get('account');
      const isSaid = text !== undefined || remove.includes('account');
      const turn = { message, generation, ordinal, retraction };
      newer.push(isSaid ? { ...turn, named: accountsIn(text ?? '') } : turn);
    }
    said = [...said, ...newer.reverse()];
    if (read.size > visitsMax) read.clear();
    read.set(visit.no, { last: visit.last, said });
  }
  return counting(said).flatMap(({ named, ...turn }) =>
    named === undefined ? [] : [{ ...turn, named }],
  );
}

const accountsIn = (text: string): readonly string[] =>
  [...text.matchAll(/"reference":"(Account\/[^"]+)"/g)].map(([, account]) => account!);
