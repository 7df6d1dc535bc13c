import type { ChainReply } from '../chain/index.ts';
import type { Events } from '../events.ts';
import type { ChannelRef, Journal } from '../journal/index.ts';
import type { Row } from '../lanes/index.ts';
import { outcomeOfVerdict } from '../outcome.ts';

/** What a destination needs to know of the message itself. */
export type Origin = { readonly receivedUs: number; readonly sha256: string };

/** A row whose chain verdict is durable; without an origin when the chain never ran. */
export type Done = {
  readonly row: Row;
  readonly reply: ChainReply;
  readonly origin: Origin | undefined;
};

type Reporting = {
  readonly ref: ChannelRef;
  readonly events: Events;
  readonly journal: Journal;
  /** Names of the stages, in order. */
  readonly stages: readonly string[];
};

/**
 * Tells the events of a settled batch: one a stage and batch, one a message only where it must be.
 */
export function reportSettled(context: Reporting, done: readonly Done[]): void {
  const { events, stages } = context;
  const channel = context.ref.name;
  const took = stages.map(() => 0);
  let count = 0;
  for (const { row, reply } of done) {
    for (const [n, us] of reply.tookUs.entries()) took[n] = (took[n] ?? 0) + us;
    if (reply.verdict.kind === 'settled') count += 1;
    else reportStopped(context, reply);
    for (const { stage, issue } of reply.issues) {
      const { code, severity } = issue;
      events.emit({ type: 'issue', channel, stage, code, severity, count: 1 });
    }
    if (events.watched()) reportMessage(context, row, reply);
  }
  for (const [n, stage] of stages.entries()) {
    events.emit({ type: 'stage', channel, stage, count: done.length, tookMs: took[n]! / 1000 });
  }
  const tookMs = took.reduce((sum, us) => sum + us, 0) / 1000;
  if (count > 0) events.emit({ type: 'settled', channel, count, tookMs });
}

function reportStopped({ events, ref }: Reporting, { verdict }: ChainReply): void {
  const channel = ref.name;
  if (verdict.kind === 'filtered') {
    events.emit({ type: 'filtered', channel, reason: verdict.reason, count: 1 });
  }
  if (verdict.kind === 'held') {
    const code = verdict.issues[0]?.code ?? 'unexplained';
    events.emit({ type: 'held', channel, destination: '', stage: verdict.stage, code, count: 1 });
  }
}

/** One event a message costs a read: only while somebody looks on. */
function reportMessage({ events, ref, journal }: Reporting, row: Row, reply: ChainReply): void {
  const message = journal.message(row.id);
  if (!message || reply.verdict.kind === 'retry') return;
  events.emit({
    type: 'message',
    channel: ref.name,
    id: row.id,
    controlId: message.controlId ?? '',
    outcome: outcomeOfVerdict[reply.verdict.kind],
    sha256: message.sha.toString('hex'),
    receivedUs: message.receivedUs,
    resources: reply.resources.length,
  });
}
