import type { Clock } from '../../engine/index.ts';
import { type AckRule, wantsAck } from '../../transforms/hl7v2/index.ts';
import type { Exchange, Target, Wants } from './exchange.ts';
import type { Reply } from './reply.ts';

type Answered = Exclude<Exchange, { kind: 'unreachable' }>;

const assumed: Answered = { kind: 'unasked' };

/**
 * The course of one message after it was sent: in original mode one answer; in enhanced mode (HL7
 * v2.5.1 section 2.9.3) the accept acknowledgement, and where that is waited for the one of the
 * application. Silence is an answer where the rule (`ER`, `NE`) makes it one. A receiver that
 * answers AA, AE or AR at once knows no enhanced mode: that says both. `ended` is called once.
 */
export function createCourse(
  { target, clock }: { readonly target: Target; readonly clock: Clock },
  wants: Wants | undefined,
  ended: (exchange: Answered) => void,
) {
  let phase: 'sent' | 'accepted' | 'ended' = 'sent';
  let isAccepted = false;
  let cancel = clock.after(target.ackMs, onSilence);

  function settle(exchange: Answered): void {
    if (phase === 'ended') return;
    phase = 'ended';
    cancel();
    ended(exchange);
  }

  /** It is with the receiver, who has said so or was to keep silent: `exchange` unless it waits. */
  function awaitApplication(exchange: Answered): void {
    if (!wants?.isAwaited || wants.application === 'NE') {
      settle(exchange);
      return;
    }
    phase = 'accepted';
    cancel();
    cancel = clock.after(target.applicationMs, onSilence);
  }

  function onSilence(): void {
    const rule: AckRule = (phase === 'sent' ? wants?.accept : wants?.application) ?? 'AL';
    const isSilenceGood = !wantsAck(rule, true);
    if (phase === 'sent' && isSilenceGood) awaitApplication(assumed);
    else if (isSilenceGood) settle(assumed);
    else settle(isAccepted ? { kind: 'accepted' } : { kind: 'unanswered', cause: 'ack-timeout' });
  }

  return {
    settle,
    written(): void {
      if (phase === 'sent' && wants?.accept === 'NE') awaitApplication(assumed);
    },
    hear(reply: Reply): void {
      if (wants && reply.code === 'CA') {
        isAccepted = true;
        if (phase === 'sent') awaitApplication({ kind: 'answered', reply, isAccepted: false });
        return;
      }
      settle({ kind: 'answered', reply, isAccepted: phase === 'accepted' });
    },
  };
}
