import { setTimeout as wait } from 'node:timers/promises';
import { PlexusError } from '../../engine/index.ts';
import { type Feed, type FeedOptions, generateFeed, type SimulatedMessage } from './feed.ts';
import { createFhirSender } from './fhir-sender.ts';
import { createMllpSender, type Sender } from './mllp-sender.ts';

export type Target = { readonly host: string; readonly port: number; readonly token?: string };

export type SimulateOptions = Omit<FeedOptions, 'feeds'> & {
  /** Messages to send; without it the simulator goes on until `signal`. */
  readonly count?: number;
  /** Messages a second over all feeds; without it as fast as they are acknowledged. */
  readonly ratePerSecond?: number;
  /** Where each feed sends; feeds that are not named are silent. */
  readonly targets: Partial<Readonly<Record<Feed, Target>>>;
  /** How long a peer that does not answer is tried again. */
  readonly patienceMs?: number;
  readonly onProgress?: (tally: Tally) => void;
  readonly signal?: AbortSignal;
};

export type Tally = {
  readonly sent: number;
  /** AA, CA and 2xx. */
  readonly accepted: number;
  /** Every other answer; among them what was sent wrong on purpose and refused at the door. */
  readonly refused: number;
  /** Messages that were made wrong on purpose. */
  readonly wrong: number;
  readonly byFeed: Readonly<Partial<Record<Feed, number>>>;
};

/** Messages of one feed that may wait for their turn while the others go on. */
const backlogMax = 16;
const defaultPatienceMs = 60_000;

/**
 * Feeds a running engine over real sockets, one connection a feed and one message in flight, and
 * resolves with the tally when `count` is reached or `signal` fires. A peer that goes away is tried
 * again for a minute. Throws PlexusError `target-unreachable`.
 */
export async function simulate(options: SimulateOptions): Promise<Tally> {
  const targets = Object.entries(options.targets) as [Feed, Target][];
  const order = targets.map(([feed]) => feed);
  if (order.length === 0) throw new PlexusError('no-target', 'the simulator has nobody to send to');
  const tally = { sent: 0, accepted: 0, refused: 0, wrong: 0, byFeed: {} as Record<Feed, number> };
  const senders = new Map(
    targets.map(([feed, target]) => [feed, createLine(feed, target, options)]),
  );
  const pace = createPace(options.ratePerSecond, options.signal);

  const note = (message: SimulatedMessage, code: string): void => {
    tally.sent += 1;
    tally.byFeed[message.feed] = (tally.byFeed[message.feed] ?? 0) + 1;
    if (message.wrong !== undefined) tally.wrong += 1;
    if (/^(?:[AC]A|2\d\d)$/.test(code)) tally.accepted += 1;
    else tally.refused += 1;
    options.onProgress?.(tally);
  };

  let left = options.count ?? Number.POSITIVE_INFINITY;
  try {
    for (const message of generateFeed({ ...options, feeds: order })) {
      if (left <= 0 || options.signal?.aborted) break;
      left -= 1;
      await pace();
      await senders.get(message.feed)?.push(message, note);
    }
    await Promise.all([...senders.values()].map((line) => line.end()));
  } finally {
    for (const line of senders.values()) line.close();
  }
  return tally;
}

type Note = (message: SimulatedMessage, code: string) => void;

/** One feed: its messages in order, some of them waiting. */
function createLine(feed: Feed, target: Target, options: SimulateOptions) {
  const { signal, patienceMs = defaultPatienceMs } = options;
  const sender =
    feed === 'north-general-fhir'
      ? createFhirSender(target.host, target.port, target.token)
      : createMllpSender(target.host, target.port);
  const waiting: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  return {
    /** Resolves when there is room; a failure of an earlier message is thrown here or by `end`. */
    async push(message: SimulatedMessage, note: Note): Promise<void> {
      last = last.then(async () => {
        if (signal?.aborted) return;
        const code = await sendWithRetry(sender, message, patienceMs, signal);
        if (code !== undefined) note(message, code);
      });
      last.catch(() => {});
      waiting.push(last);
      if (waiting.length > backlogMax) await waiting.shift();
    },
    end: () => last,
    close: () => sender.close(),
  };
}

/** The answer; undefined when the signal came first. */
async function sendWithRetry(
  sender: Sender,
  message: SimulatedMessage,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const giveUpMs = performance.now() + patienceMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(4_000, pauseMs * 2)) {
    try {
      return await sender.send(message.payload, message.path);
    } catch (cause) {
      if (signal?.aborted) return undefined;
      if (performance.now() + pauseMs > giveUpMs) {
        throw new PlexusError('target-unreachable', `${message.feed}: nobody answers`, { cause });
      }
      await wait(pauseMs);
    }
  }
}

/** Lets messages through at a rate; what was late is caught up with, so that the mean holds. */
function createPace(ratePerSecond: number | undefined, signal?: AbortSignal): () => Promise<void> {
  if (ratePerSecond === undefined) return async () => {};
  const startMs = performance.now();
  let sent = 0;
  return async () => {
    const dueMs = startMs + (sent * 1000) / ratePerSecond;
    sent += 1;
    const aheadMs = dueMs - performance.now();
    if (aheadMs > 1) await wait(aheadMs, undefined, signal ? { signal } : {}).catch(() => {});
  };
}
