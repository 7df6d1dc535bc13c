import type { Verdict } from '../../engine/index.ts';
import type { Exchange } from './exchange.ts';
import type { Reply } from './reply.ts';
import { applicationTimeout, unavailable } from './sink.ts';

/**
 * HL7 v2.5.1 table 0008. An accept acknowledgement counts like one of original mode. What the
 * receiver has accepted and could not process is held unless `onApplicationError` says otherwise:
 * it has the message, and would find the same again.
 */
export function verdictOf(
  exchange: Exchange,
  onApplicationError: 'hold' | 'retry' = 'retry',
): Verdict {
  switch (exchange.kind) {
    case 'unreachable':
      return unavailable(exchange.cause);
    // One message that its receiver chokes on parks its own key; a retry counts its attempts.
    case 'unanswered':
      return { kind: 'retry', cause: exchange.cause };
    case 'accepted':
      return { kind: 'retry', cause: applicationTimeout };
    case 'unasked':
      return { kind: 'delivered' };
    case 'answered': {
      const { reply, isAccepted } = exchange;
      const isFinal = isAccepted && reply.code === 'AE' && onApplicationError === 'hold';
      return isFinal ? refusal(reply) : verdictOfReply(reply);
    }
    default:
      return exchange satisfies never;
  }
}

function verdictOfReply(reply: Reply): Verdict {
  switch (reply.code) {
    case 'AA':
    case 'CA':
      return { kind: 'delivered' };
    case 'AE':
    case 'CE':
      return { kind: 'retry', cause: `answered-${reply.code.toLowerCase()}` };
    case 'AR':
    case 'CR':
      return refusal(reply);
    default:
      return { kind: 'retry', cause: 'answered-unknown-code' };
  }
}

function refusal({ code, condition }: Reply): Verdict {
  const said = condition ? ` with HL7 error ${condition}` : '';
  const diagnostics = `The receiver refused the message: ${code}${said}.`;
  return {
    kind: 'hold',
    issues: [{ severity: 'error', code: 'refused-by-destination', diagnostics }],
  };
}
