import type { Issue, Landed, Landing, SourceContext } from '../../engine/index.ts';
import {
  type AckCode,
  type AckMode,
  ackModeOf,
  buildAck,
  frame,
  type Header,
  isQuery,
  refuseQuery,
  wantsAck,
} from '../../transforms/hl7v2/index.ts';
import type { Answer } from './answer-queue.ts';
import type { Senders } from './senders.ts';

/** A frame that is to be answered; `raw` of a single message. */
type Heard = {
  readonly header: Header | undefined;
  readonly answer: Answer;
  readonly raw?: Buffer;
};

export type LandedMessage = { readonly landed: Landed; readonly landing: Landing };

export type Acks = ReturnType<typeof createAcks>;

type Enhanced = Extract<AckMode, { kind: 'enhanced' }>;
type State = { readonly context: SourceContext; readonly senders: Senders };

/**
 * What a sender hears. Original mode (HL7 v2.5.1 section 2.9.2): AA once the bytes are durable (or,
 * with `ack: settled`, once the chain has settled them), AE when they could not be made durable, AR
 * for what no resend will mend. Enhanced mode (2.9.3): CA, CE and CR in their place, as MSH-15 asks
 * for them, and the application acknowledgement when the chain has settled the message. Each is
 * rendered from the message and what the journal says of it alone, so that a duplicate gets the
 * same bytes again.
 */
export function createAcks(context: SourceContext, senders: Senders) {
  const state: State = { context, senders };
  return {
    landed(heard: Heard, landed: Landed, messages: readonly LandedMessage[]): void {
      const mode = ackModeOf(heard.header);
      if (mode.kind === 'original') answerOriginal(state, heard, landed, messages);
      else answerAccepted(state, heard, landed, messages, mode);
    },
    notStored({ header, answer }: Heard, receivedUs: number): void {
      const mode = ackModeOf(header);
      const id = ackIdOf(receivedUs);
      const say = (code: AckCode) =>
        answer.give(code, render(header, code, id, receivedUs, [notStored]));
      if (mode.kind === 'original') say('AE');
      else if (wantsAck(mode.accept, false)) say('CE');
      else if (wantsAck(mode.application, false)) say('AE');
      // Who waits for success hears that there is none; who waits for nothing sees the end.
      else if (mode.accept === 'SU' || mode.application === 'SU') answer.give('none');
      else answer.hangUp('not-stored');
    },
    /** It lies in quarantine, and no resend will mend it. */
    refused({ header, answer }: Heard, { id, receivedUs }: Landed, issue: Issue): void {
      const mode = ackModeOf(header);
      const say = (code: AckCode) =>
        answer.give(code, render(header, code, String(id), receivedUs, [issue]));
      if (mode.kind === 'original') say('AR');
      else if (wantsAck(mode.accept, false)) say('CR');
      else if (wantsAck(mode.application, false)) say('AR');
      else answer.give('none');
    },
    /** A frame without a byte lands nowhere. */
    empty(answer: Answer, receivedUs: number, issue: Issue): void {
      answer.give('AR', render(undefined, 'AR', ackIdOf(receivedUs), receivedUs, [issue]));
    },
  };
}

const notStored: Issue = {
  severity: 'error',
  code: 'journal-unavailable',
  diagnostics: 'The message could not be stored. Send it again.',
};

function answerOriginal(
  state: State,
  { header, answer, raw }: Heard,
  landed: Landed,
  messages: readonly LandedMessage[],
): void {
  const { id, receivedUs } = landed;
  if (header && raw && isQuery(header)) {
    const ackControlId = String(id);
    const refusal = refuseQuery({ raw, header, ackControlId, timestampUs: receivedUs });
    answer.give('AR', frame(refusal));
  } else if (state.context.ack === 'landed') {
    answer.give('AA', render(header, 'AA', String(id), receivedUs, []));
  } else {
    void answerSettled(state, { header, answer }, landed, messages);
  }
}

async function answerSettled(
  { context }: State,
  { header, answer }: Heard,
  { id, receivedUs }: Landed,
  messages: readonly LandedMessage[],
): Promise<void> {
  try {
    const settlements = await Promise.all(messages.map(({ landed }) => context.settled(landed.id)));
    const held = settlements.filter(({ outcome }) => outcome === 'quarantined');
    const issues = held.flatMap((settlement) => settlement.issues);
    const code = held.length > 0 ? 'AE' : 'AA';
    answer.give(code, render(header, code, String(id), receivedUs, issues));
  } catch {
    // Stopped before it settled: no answer is better than a wrong one; a resend finds it landed.
    answer.give('none');
  }
}

/** The bytes are ours now. What comes of each message is told later, to who wants to know. */
function answerAccepted(
  { context, senders }: State,
  { header, answer }: Heard,
  { id, receivedUs }: Landed,
  messages: readonly LandedMessage[],
  { accept }: Enhanced,
): void {
  if (!context.answersElsewhere) {
    for (const { landed, landing } of messages) {
      if (landing.answer) senders.wait(landed.id, answer);
    }
  }
  if (!wantsAck(accept, true)) answer.give('none');
  else answer.give('CA', render(header, 'CA', String(id), receivedUs, []));
}

/** MSH-10 of an ACK whose message has no id: at most 20 characters, as MSH-10 had before v2.7. */
function ackIdOf(receivedUs: number): string {
  return `N${receivedUs}`;
}

function render(
  header: Header | undefined,
  code: AckCode,
  ackControlId: string,
  timestampUs: number,
  issues: readonly Issue[],
): Buffer {
  const text = issues[0] ? { text: issues[0].diagnostics, issues } : {};
  return frame(buildAck({ header, code, ackControlId, timestampUs, ...text }));
}
