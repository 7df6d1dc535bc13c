import {
  type Issue,
  type Landed,
  type Landing,
  limits,
  type SourceContext,
} from '../../engine/index.ts';
import {
  ackModeOf,
  decideCharset,
  dedupeKey,
  type Header,
  isQuery,
  isResponse,
  orderingKeys,
  peekHeader,
  queryRefusedCode,
  responseUnsupported,
  splitBatch,
} from '../../transforms/hl7v2/index.ts';
import { type Acks, createAcks, type LandedMessage } from './acks.ts';
import type { Answer } from './answer-queue.ts';
import type { FrameFlag } from './framing.ts';
import { createSenders, type Senders } from './senders.ts';

/** Turns frames into landings, and what the journal says of them into acknowledgements. */
export type Receiver = {
  received(raw: Buffer, receivedUs: number, flags: readonly FrameFlag[], answer: Answer): void;
  abandoned(raw: Buffer, receivedUs: number): void;
  tooLarge(evidence: Buffer, receivedUs: number, answer: Answer): void;
  /** Answers those who are owed it after the chain. */
  readonly answer: Senders['answer'];
};

type State = {
  readonly context: SourceContext;
  readonly orderBy: readonly string[];
  readonly acks: Acks;
};
type Batch = Extract<ReturnType<typeof splitBatch>, { kind: 'batch' }>;
type Bytes = { readonly raw: Buffer; readonly receivedUs: number };

/** Takes frames apart and lands them; what is said to their senders is the business of `acks`. */
export function createReceiver(
  context: SourceContext,
  orderBy: readonly string[],
  frameBytesMax: number = limits.frameBytesMax,
): Receiver {
  const senders = createSenders();
  const state: State = { context, orderBy, acks: createAcks(context, senders) };
  return {
    answer: senders.answer,
    received(raw, receivedUs, flags, answer) {
      for (const flag of flags) flagged(state, flag);
      const bytes = { raw, receivedUs };
      try {
        receive(state, bytes, answer);
      } catch {
        // A frame that trips our own code is kept, refused, and stops nobody else (G6).
        landRefused(state, bytes, undefined, listenerBug, answer);
      }
    },
    abandoned(raw, receivedUs) {
      const evidence = raw.subarray(0, limits.evidenceBytes);
      landRefused(state, { raw: evidence, receivedUs }, undefined, frameAbandoned, nobody);
    },
    tooLarge(evidence, receivedUs, answer) {
      const issue: Issue = {
        severity: 'fatal',
        code: 'frame-too-large',
        diagnostics: `The frame is longer than ${frameBytesMax} bytes; its beginning is kept.`,
      };
      landRefused(state, { raw: evidence, receivedUs }, headerOf(evidence), issue, answer);
    },
  };
}

const noHeader: Issue = {
  severity: 'fatal',
  code: 'no-msh',
  diagnostics: 'The frame does not begin with an MSH segment.',
  path: 'MSH',
};

const listenerBug: Issue = {
  severity: 'fatal',
  code: 'listener-bug',
  diagnostics: 'Plexus failed to read this frame. The bytes are kept; please report it.',
};

const frameAbandoned: Issue = {
  severity: 'error',
  code: 'frame-abandoned',
  diagnostics: 'The sender began another frame before this one had an end.',
};

/** Who has begun anew waits for the answer to that alone. */
const nobody: Answer = { give() {}, owe() {}, follow: () => false, hangUp() {} };

function receive(state: State, bytes: Bytes, answer: Answer): void {
  const { raw, receivedUs } = bytes;
  if (raw.length === 0) {
    refused(state, 'empty-frame', 0);
    state.acks.empty(answer, receivedUs, noHeader);
    return;
  }
  const batch = splitBatch(raw);
  if (batch.kind === 'batch') {
    receiveBatch(state, bytes, batch, answer);
    return;
  }
  const header = peekHeader(raw);
  const refusal = refusalOf(raw, header);
  if (refusal) {
    landRefused(state, bytes, header, refusal, answer);
    return;
  }
  const landing = landingOf(state, bytes, header);
  land(state, landing).then(
    (landed) => state.acks.landed({ header, raw, answer }, landed, [{ landed, landing }]),
    () => state.acks.notStored({ header, answer }, receivedUs),
  );
}

/** Bytes that have a readable MSH are no UTF-16, and the dialect decides the rest. */
function refusalOf(raw: Buffer, header: Header | undefined): Issue | undefined {
  if (header) return isResponse(header) ? responseUnsupported : undefined;
  const charset = decideCharset(raw, { declared: [], fallback: 'latin1' });
  return 'refused' in charset ? charset.refused : noHeader;
}

function landingOf(state: State, { raw, receivedUs }: Bytes, header: Header | undefined): Landing {
  const { controlId = '' } = header ?? {};
  if (controlId === '') flagged(state, 'control-id-missing');
  const mode = ackModeOf(header);
  if (mode.kind === 'enhanced' && mode.isUnknown) flagged(state, 'ack-type-unknown');
  return {
    raw,
    receivedUs,
    orderingKeys: orderingKeys(raw, state.orderBy),
    ...(header && controlId ? { controlId, dedupeKey: dedupeKey(header) } : {}),
    ...(header && isQuery(header) ? { filtered: queryRefusedCode } : {}),
    ...(mode.kind === 'enhanced' && mode.application !== 'NE' ? { answer: true } : {}),
  };
}

/** The whole and its messages land in one commit, and one ACK answers for all. */
function receiveBatch(state: State, bytes: Bytes, batch: Batch, answer: Answer): void {
  const { raw, receivedUs } = bytes;
  for (const issue of batch.issues) flagged(state, issue.code);
  const parts = batch.parts.map(({ start, end }) => {
    const part = { raw: raw.subarray(start, end), receivedUs };
    const header = peekHeader(part.raw);
    const refusal = refusalOf(part.raw, header);
    if (!refusal) return landingOf(state, part, header);
    refused(state, refusal.code, part.raw.length);
    return { ...part, orderingKeys: [], refused: [refusal] };
  });
  // Without an id of its own the batch is acknowledged by the id of its first message.
  const first = batch.parts[0];
  const firstHeader = first && peekHeader(raw.subarray(first.start, first.end));
  const sender = batch.header ?? firstHeader;
  const controlId = batch.controlId || (firstHeader?.controlId ?? '');
  const header = sender && { ...sender, controlId, ...acksOf(firstHeader) };
  const whole: Landing = {
    raw,
    receivedUs,
    orderingKeys: [],
    ...(batch.controlId === '' || !header
      ? {}
      : { controlId: batch.controlId, dedupeKey: `batch|${dedupeKey(header)}` }),
  };
  landBatch(state, whole, parts).then(
    ([landed, ...landedParts]) => {
      // Of a batch that came again the whole alone is told, which ends with its messages.
      const all = parts.map((landing, n) => ({ landed: landedParts[n], landing }));
      const messages = all.filter(isLanded);
      const told = messages.length > 0 || !landed ? messages : [{ landed, landing: whole }];
      if (landed) state.acks.landed({ header, answer }, landed, told);
      else state.acks.notStored({ header, answer }, receivedUs);
    },
    () => state.acks.notStored({ header, answer }, receivedUs),
  );
}

/** BHS has no MSH-15 and MSH-16: its first message says what its sender wants to hear. */
function acksOf(first: Header | undefined): Pick<Header, 'acceptAck' | 'applicationAck'> {
  return { acceptAck: first?.acceptAck ?? '', applicationAck: first?.applicationAck ?? '' };
}

function isLanded(each: { landed: Landed | undefined; landing: Landing }): each is LandedMessage {
  return each.landed !== undefined;
}

/** What can never be processed lands all the same, in quarantine, and the sender hears AR. */
function landRefused(
  state: State,
  { raw, receivedUs }: Bytes,
  header: Header | undefined,
  issue: Issue,
  answer: Answer,
): void {
  refused(state, issue.code, raw.length);
  const controlId = header?.controlId ? { controlId: header.controlId } : {};
  const landing = { raw, receivedUs, ...controlId, orderingKeys: [], refused: [issue] };
  land(state, landing).then(
    (landed) => state.acks.refused({ header, answer }, landed, issue),
    () => state.acks.notStored({ header, answer }, receivedUs),
  );
}

/** A journal that throws at once has failed like one that rejects. */
async function land({ context }: State, landing: Landing): Promise<Landed> {
  return context.land(landing);
}

async function landBatch({ context }: State, whole: Landing, parts: readonly Landing[]) {
  return context.landBatch(whole, parts);
}

function headerOf(raw: Buffer): Header | undefined {
  try {
    return peekHeader(raw);
  } catch {
    return undefined;
  }
}

function refused({ context }: State, reason: string, bytes: number): void {
  context.events.emit({ type: 'input-refused', channel: context.channel, reason, bytes });
}

function flagged({ context }: State, code: string): void {
  context.events.emit({ type: 'input-flagged', channel: context.channel, code });
}
