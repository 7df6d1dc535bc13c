import { concatMap, defer, EMPTY, from, type Observable, repeat, timer } from 'rxjs';

/**
 * Claims, works and claims again, one batch at a time, until `stopped`. Each round starts in a
 * macrotask of its own, because a synchronous repeat overflows the stack and starves the sockets.
 * Errors are the caller's: what `work` throws ends the loop and is passed on.
 */
export function loop$<Batch>(
  claim: () => Promise<readonly Batch[]>,
  work: (batch: readonly Batch[]) => Promise<void>,
  stopped: () => boolean,
): Observable<void> {
  return defer(() => from(claim())).pipe(
    concatMap((batch) => (batch.length === 0 ? EMPTY : from(work(batch)))),
    repeat({ delay: () => (stopped() ? EMPTY : timer(0)) }),
  );
}
