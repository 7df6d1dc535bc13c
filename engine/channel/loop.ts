import { limits } from '../limits.ts';
import { concatMap, defer, EMPTY, from, type Observable, repeat, timer } from '../rx.ts';

/**
 * Claims, works and claims again, one batch at a time, until `stopped`. Each round starts in a
 * macrotask of its own, because a synchronous repeat overflows the stack and starves the sockets.
 * After a batch of less than `full` it pauses, so that a trickle is worked in handfuls: every batch
 * costs its stores and files an fsync, and those stand in the way of the senders' own. The first
 * after a silence does not wait. Errors are the caller's: what `work` throws ends the loop and is
 * passed on.
 */
export function loop$<Batch>(options: {
  readonly full: number;
  claim(): Promise<readonly Batch[]>;
  work(batch: readonly Batch[]): Promise<void>;
  stopped(): boolean;
}): Observable<void> {
  let pauseMs = 0;
  return defer(() => from(options.claim())).pipe(
    concatMap((batch) => {
      pauseMs = batch.length < options.full ? limits.lingerMs : 0;
      return batch.length === 0 ? EMPTY : from(options.work(batch));
    }),
    repeat({ delay: () => (options.stopped() ? EMPTY : timer(pauseMs)) }),
  );
}
