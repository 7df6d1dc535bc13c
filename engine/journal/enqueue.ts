import type { MessageId } from '../ids.ts';
import type { Partition } from './partition.ts';
import { counts, states } from './schema.ts';
import type { Tally } from './tally.ts';

/** A message as often as it has run. */
type Run = { readonly id: MessageId; readonly generation: number };

/** Where it waits, ready to be claimed. False where it is in that queue, or was, already. */
export function enqueue(
  { statements }: Partition,
  { id, generation }: Run,
  destination: number,
  revision: number | null = null,
): boolean {
  const { changes } = statements.insertWork.run(
    id,
    generation,
    destination,
    states.ready,
    revision,
    null,
    null,
    null,
    null,
  );
  return changes > 0;
}

/** The same, counted: what was not in the queue of a route is now. */
export function enqueueCounted(
  partition: Partition,
  tally: Tally,
  run: Run,
  to: { readonly channel: number; readonly no: number },
  revision: number | null = null,
): void {
  if (!enqueue(partition, run, to.no, revision)) return;
  tally.add(to.channel, to.no, counts.enqueued, 1);
  tally.add(to.channel, to.no, counts.pending, 1);
}
