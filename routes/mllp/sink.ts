import type { Delivery, Sink, Verdict } from '../../engine/index.ts';
import type { Peer } from './peer.ts';

/** A claim of this size pays its commits off; the messages still go out one by one. */
const batch = 16;

/**
 * Delivers one message after the other. What shares a key with one that must wait waits too, and
 * who gives no answer at all is not asked for the rest of the batch.
 */
export function createSink(
  peer: Peer,
  deliverOne: (delivery: Delivery) => Verdict | Promise<Verdict>,
): Sink {
  return {
    batch,
    async deliver(deliveries) {
      const verdicts: Verdict[] = [];
      const parked = new Set<number>();
      let stopped: Verdict | undefined;
      for (const delivery of deliveries) {
        const known = stopped ?? (sharesKey(delivery, parked) ? waitsForKey : undefined);
        const verdict = known ?? (await deliverOne(delivery));
        verdicts.push(verdict);
        if (verdict.kind === 'retry') for (const key of delivery.keys ?? []) parked.add(key);
        stopped ??= known ? undefined : stopAfter(verdict, delivery);
      }
      return { verdicts };
    },
    async close() {
      peer.close();
    },
  };
}

/** What the rest of the batch comes to after this verdict; undefined: it goes on. */
function stopAfter(verdict: Verdict, { keys }: Delivery): Verdict | undefined {
  if (verdict.kind === 'unavailable') return verdict;
  if (verdict.kind !== 'retry') return undefined;
  // Who gave no answer at all is not asked again now, and without keys any two may share one.
  return keys && isAnswered(verdict.cause) ? undefined : unavailable(verdict.cause);
}

const isAnswered = (cause: string): boolean =>
  cause.startsWith('answered-') || cause === applicationTimeout;

/** It was accepted, and not yet processed. */
export const applicationTimeout = 'application-ack-timeout';

const waitsForKey: Verdict = { kind: 'retry', cause: 'earlier-message-waits' };

export function unavailable(cause: string): Verdict {
  return { kind: 'unavailable', cause };
}

function sharesKey({ keys }: Delivery, parked: ReadonlySet<number>): boolean {
  return parked.size > 0 && (keys === undefined || keys.some((key) => parked.has(key)));
}
