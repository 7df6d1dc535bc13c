import {
  type Issue,
  type Landed,
  type Landing,
  limits,
  type SourceContext,
} from '../../engine/index.ts';
import {
  buildAck,
  decideCharset,
  dedupeKey,
  type Header,
  orderingKeys,
  peekHeader,
  splitBatch,
} from '../../transforms/hl7v2/index.ts';
import type { Answer } from './answer-queue.ts';
import type { FrameFlag } from './framing.ts';

/** Turns frames into landings, and what the journal says of them into acknowledgements. */
export type Receiver = {
  received(raw: Buffer, receivedUs: number, flags: readonly FrameFlag[], answer: Answer): void;
  abandoned(raw: Buffer, receivedUs: number): void;
  tooLarge(evidence: Buffer, receivedUs: number, answer: Answer): void;
};

type State = { readonly context: SourceContext; readonly orderBy: readonly string[] };
type Batch = Extract<ReturnType<typeof splitBatch>, { kind: 'batch' }>;
type Bytes = { readonly raw: Buffer; readonly receivedUs: number };

/**
 * Original mode (HL7 v2.5.1 section 2.9.2): AA once the bytes are durable (or, with `ack: settled`,
 * once the chain has settled them), AE when they could not be made durable, AR for what no resend
 * will mend. An ACK is rendered from the message and its landing alone, so a duplicate gets the
 * same bytes again.
 */
export function createReceiver(
  context: SourceContext,
  orderBy: readonly string[],
  frameBytesMax: number = limits.frameBytesMax,
): Receiver {
  const state: State = { context, orderBy };
  return {
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
      landRefused(state, { raw: evidence, receivedUs }, undefined, frameAbandoned, () => {});
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

const notStored: Issue = {
  severity: 'error',
  code: 'journal-unavailable',
  diagnostics: 'The message could not be stored. Send it again.',
};

function receive(state: State, bytes: Bytes, answer: Answer): void {
  const { raw, receivedUs } = bytes;
  if (raw.length === 0) {
    refused(state, 'empty-frame', 0);
    answer('AR', render(undefined, 'AR', ackIdOf(receivedUs), receivedUs, [noHeader]));
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
    (landed) => answerLanded(state, header, landed, [landed], answer),
    () => answerNotStored(header, receivedUs, answer),
  );
}

/** Bytes that have a readable MSH are no UTF-16, and the dialect decides the rest. */
function refusalOf(raw: Buffer, header: Header | undefined): Issue | undefined {
  if (header) return undefined;
  const charset = decideCharset(raw, { declared: [], fallback: 'latin1' });
  return 'refused' in charset ? charset.refused : noHeader;
}

function landingOf(state: State, { raw, receivedUs }: Bytes, header: Header | undefined): Landing {
  const orderBy = orderingKeys(raw, state.orderBy);
  if (!header || header.controlId === '') {
    flagged(state, 'control-id-missing');
    return { raw, receivedUs, orderingKeys: orderBy };
  }
  return {
    raw,
    receivedUs,
    controlId: header.controlId,
    dedupeKey: dedupeKey(header),
    orderingKeys: orderBy,
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
  const header = sender && { ...sender, controlId };
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
      const messages = landedParts.length > 0 || !landed ? landedParts : [landed];
      if (landed) answerLanded(state, header, landed, messages, answer);
      else answerNotStored(header, receivedUs, answer);
    },
    () => answerNotStored(header, receivedUs, answer),
  );
}

function answerLanded(
  state: State,
  header: Header | undefined,
  landed: Landed,
  messages: readonly Landed[],
  answer: Answer,
): void {
  if (state.context.ack === 'landed') {
    answer('AA', render(header, 'AA', String(landed.id), landed.receivedUs, []));
  } else {
    void answerSettled(state, header, landed, messages, answer);
  }
}

async function answerSettled(
  state: State,
  header: Header | undefined,
  landed: Landed,
  messages: readonly Landed[],
  answer: Answer,
): Promise<void> {
  try {
    const settlements = await Promise.all(
      messages.map((message) => state.context.settled(message.id)),
    );
    const held = settlements.filter(({ outcome }) => outcome === 'quarantined');
    const issues = held.flatMap((settlement) => settlement.issues);
    const code = held.length > 0 ? 'AE' : 'AA';
    answer(code, render(header, code, String(landed.id), landed.receivedUs, issues));
  } catch {
    // Stopped before it settled: no answer is better than a wrong one; a resend finds it landed.
    answer('none');
  }
}

function answerNotStored(header: Header | undefined, receivedUs: number, answer: Answer): void {
  answer('AE', render(header, 'AE', ackIdOf(receivedUs), receivedUs, [notStored]));
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
    (landed) => answer('AR', render(header, 'AR', String(landed.id), landed.receivedUs, [issue])),
    () => answerNotStored(header, receivedUs, answer),
  );
}

/** MSH-10 of an ACK whose message has no id: at most 20 characters, as MSH-10 had before v2.7. */
function ackIdOf(receivedUs: number): string {
  return `N${receivedUs}`;
}

function render(
  header: Header | undefined,
  code: 'AA' | 'AE' | 'AR',
  ackControlId: string,
  timestampUs: number,
  issues: readonly Issue[],
): Buffer {
  const text = issues[0] ? { text: issues[0].diagnostics, issues } : {};
  const ack = buildAck({ header, code, ackControlId, timestampUs, ...text });
  const framed = Buffer.allocUnsafe(ack.length + 3);
  framed[0] = 0x0b;
  ack.copy(framed, 1);
  framed[ack.length + 1] = 0x1c;
  framed[ack.length + 2] = 0x0d;
  return framed;
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
