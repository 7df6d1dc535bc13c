import type { RouteConfig } from '../config/index.ts';
import type { MessageId } from '../ids.ts';
import { type ChannelRef, counts, type Journal } from '../journal/index.ts';
import type { Row } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { Sink } from '../sink.ts';
import type { Source } from '../source.ts';

export type Owed = ReturnType<typeof createOwed>;

/**
 * The queue of the answers that senders are owed: filled at the landing, and ready once the chain
 * has settled the message. A backlog of the chain lies in it too, and is not read through again and
 * again: beyond the newest message that was settled there is nothing to be found.
 */
export function createOwed(journal: Journal, ref: ChannelRef) {
  let newestId = Number.MAX_SAFE_INTEGER;
  let isRead = false;

  return {
    read(afterId: number, limit: number): readonly Row[] {
      const rows = journal.readOwed(ref, { afterId, lastId: newestId, limit });
      // What was settled before the start has been found; what follows is told.
      if (rows.length < limit && !isRead) {
        isRead = true;
        newestId = 0;
      }
      return rows;
    },
    /** The chain has settled these: the answers that are owed for them. */
    settled(ids: readonly MessageId[]): readonly Row[] {
      const { no, answers } = ref;
      if (answers === undefined) return [];
      if (isRead) for (const id of ids) newestId = Math.max(newestId, id);
      if (journal.totals.get(no, answers, counts.pending) === 0) return [];
      return journal.owedRowsOf(ref, ids);
    },
    reread(): void {
      newestId = Number.MAX_SAFE_INTEGER;
      isRead = false;
    },
  };
}

/** An answer is written to a socket and waits for nobody. */
const batch = 64;

/** Answers on the senders' own connections, which the source holds. */
export function sendersSink(answer: NonNullable<Source['answer']>): Sink {
  return {
    batch,
    async deliver(deliveries) {
      return { verdicts: answer(deliveries) };
    },
    async close() {},
  };
}

export function sendersRoute(name: string): RouteConfig {
  const retry = { firstMs: limits.retryFirstMs, lastMs: limits.retryLastMs };
  return { kind: name, name, config: undefined, retry, onUncertain: 'resend' };
}
