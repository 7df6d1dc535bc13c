import type { FileHandle } from 'node:fs/promises';
import type { Issue, Landed, Landing, SourceContext } from '../../engine/index.ts';
import { type LandingOf, refusedLanding } from './landing.ts';
import type { ReadParts } from './parts.ts';

export type TakeOptions = {
  readonly context: SourceContext;
  readonly readParts: ReadParts;
  readonly landingOf: LandingOf;
  readonly orderBy: readonly string[];
  readonly bytesMax: number;
  readonly signal: AbortSignal;
};

/** How far the taking of one file has come; goes on from there when the journal had to stop it. */
export type Progress = {
  /** Everything before this offset is landed. */
  offset: number;
  messages: number;
  /** Refused messages by code. */
  readonly refused: Map<string, number>;
};

/** Landings that wait for their commit at the same time; a group commit serves them together. */
const windowMessages = 64;
const windowBytes = 8 * 1024 * 1024;

type InFlight = {
  readonly offset: number;
  readonly bytes: number;
  readonly landed: Promise<unknown>;
};

/**
 * Lands every message of the file in its order. Resolves with true when all are durable, with false
 * when `signal` stopped it. Rejects with what `land` rejects with; `progress` then tells from where
 * to go on.
 */
export async function takeFile(
  file: FileHandle,
  arrival: string,
  progress: Progress,
  options: TakeOptions,
): Promise<boolean> {
  const { context, orderBy } = options;
  const inFlight: InFlight[] = [];
  let bytes = 0;

  async function settleOldest(): Promise<void> {
    const oldest = inFlight[0] as InFlight;
    progress.offset = oldest.offset;
    await oldest.landed;
    inFlight.shift();
    bytes -= oldest.bytes;
  }

  try {
    for await (const part of options.readParts(file, progress.offset, options.bytesMax)) {
      if (options.signal.aborted) break;
      const receivedUs = context.clock.nowUs();
      const landing = safely(options.landingOf)(part, { receivedUs, arrival, orderBy });
      const landed = landOne(context, landing, progress);
      landed.catch(() => {});
      inFlight.push({ offset: part.offset, bytes: part.raw.length, landed });
      bytes += part.raw.length;
      while (inFlight.length >= windowMessages || bytes > windowBytes) await settleOldest();
    }
    while (inFlight.length > 0) await settleOldest();
  } finally {
    // A failure is told when nothing is under way any more, so that the next try cannot overtake.
    await Promise.allSettled(inFlight.map(({ landed }) => landed));
  }
  return !options.signal.aborted;
}

/** Bytes that trip our own code are kept and refused, and stop nobody else (G6). */
function safely(landingOf: LandingOf): LandingOf {
  return (part, context) => {
    try {
      return landingOf(part, context);
    } catch {
      return refusedLanding(part, context, listenerBug);
    }
  };
}

const listenerBug: Issue = {
  severity: 'fatal',
  code: 'listener-bug',
  diagnostics: 'Plexus failed to read this message. The bytes are kept; please report it.',
};

async function landOne(
  context: SourceContext,
  landing: Landing,
  progress: Progress,
): Promise<void> {
  const landed: Landed = await context.land(landing);
  if (context.ack === 'settled') await context.settled(landed.id);
  progress.messages += 1;
  const code = landing.refused?.[0]?.code;
  if (code === undefined) return;
  progress.refused.set(code, (progress.refused.get(code) ?? 0) + 1);
  const { channel } = context;
  const bytes = landing.raw.length;
  context.events.emit({ type: 'input-refused', channel, reason: code, bytes });
}
