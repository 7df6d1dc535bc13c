import type { Landing, SourceContext } from '../../../engine/index.ts';

/** Landings that wait for their commit at the same time; a group commit serves them together. */
const windowMessages = 256;
const windowBytes = 8 * 1024 * 1024;

/** Hands landings to the journal in their order, a few under way at a time. */
export type LandingWindow = {
  /** Resolves when there is room for the next one; rejects when one before is not durable. */
  add(landing: Landing): Promise<void>;
  /** Calls back once all that was added before is durable; while nothing waits, at `drain`. */
  mark(reached: () => void): void;
  /** Resolves when all are durable; rejects, with nothing under way, when one is not. */
  drain(): Promise<void>;
};

export function landingWindow(context: SourceContext): LandingWindow {
  const { channel, events } = context;
  const inFlight: { bytes: number; done: Promise<void>; reached?: () => void }[] = [];
  let bytes = 0;

  async function land(landing: Landing): Promise<void> {
    const { id, duplicate } = await context.land(landing);
    if (context.ack === 'settled') await context.settled(id);
    const reason = landing.refused?.[0]?.code;
    if (reason !== undefined && !duplicate)
      events.emit({ type: 'input-refused', channel, reason, bytes: landing.raw.length });
  }

  async function settleOldest(): Promise<void> {
    const oldest = inFlight[0];
    if (oldest === undefined) return;
    try {
      await oldest.done;
    } catch (cause) {
      // What comes after it may not be tried again while this is still under way.
      await Promise.allSettled(inFlight.splice(0).map(({ done }) => done));
      bytes = 0;
      throw cause;
    }
    inFlight.shift();
    bytes -= oldest.bytes;
    oldest.reached?.();
  }

  return {
    async add(landing) {
      const done = land(landing);
      done.catch(() => {});
      inFlight.push({ bytes: landing.raw.length, done });
      bytes += landing.raw.length;
      while (inFlight.length >= windowMessages || bytes > windowBytes) await settleOldest();
    },
    mark(reached) {
      inFlight.push({ bytes: 0, done: Promise.resolve(), reached });
    },
    async drain() {
      while (inFlight.length > 0) await settleOldest();
    },
  };
}
