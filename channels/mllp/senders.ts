import { type Delivery, type MessageId, senderGone, type Verdict } from '../../engine/index.ts';
import { applicationAck, frame } from '../../transforms/hl7v2/index.ts';
import type { Answer } from './answer-queue.ts';

export type Senders = ReturnType<typeof createSenders>;

const gone: Verdict = { kind: 'hold', issues: [senderGone] };

/**
 * Who waits for the application acknowledgement of which message (HL7 v2.5.1 section 2.9.3), on
 * connections that are open. That one is owed is the journal's to remember.
 */
export function createSenders() {
  const waiting = new Map<MessageId, Answer[]>();

  function answerOne(delivery: Delivery): Verdict {
    const settlement = delivery.settlement();
    if (!settlement) return { kind: 'retry', cause: 'not-settled' };
    const ack = applicationAck(delivery.raw(), delivery, settlement);
    const answers = waiting.get(delivery.id) ?? [];
    waiting.delete(delivery.id);
    const framed = ack && frame(ack.bytes);
    const heard = answers.filter((each) => each.follow(ack?.code ?? 'none', framed));
    return ack === undefined || heard.length > 0 ? { kind: 'delivered' } : gone;
  }

  return {
    wait(id: MessageId, answer: Answer): void {
      answer.owe();
      const others = waiting.get(id);
      if (others) others.push(answer);
      else waiting.set(id, [answer]);
    },
    answer: (deliveries: readonly Delivery[]): readonly Verdict[] => deliveries.map(answerOne),
  };
}
