import {
  type ChannelView,
  exitCodes,
  type MessageId,
  type Operations,
  PlexusError,
  type Waiting,
} from '../../engine/index.ts';
import type { Invocation } from '../command.ts';
import { openData } from '../data.ts';
import { takeLock } from '../orders.ts';
import { connectEngine, findEngine } from '../running-engine.ts';
import type { Planned } from './compare-worker.ts';
import type { Job } from './job.ts';
import type { TryChain } from './try-chain.ts';

/** Who runs messages again: the engine of a data folder, or its chain alone, under its lock. */
type Runner = {
  reconvert(messages: readonly Planned[], reason: string, by: string): Promise<number>;
  waiting(channel: string, ids: readonly number[]): Promise<Waiting>;
  close(): Promise<void>;
};

type From = Pick<Invocation, 'configDir' | 'dataDir' | 'env'>;

/**
 * What was compared must be what will run. Throws `revision-not-deployed` when the engine (or a
 * rollback) has another revision of the channel, `channel-not-running` when nobody would do it.
 */
export async function requireDeployed(from: From, { channel, revision }: TryChain): Promise<void> {
  const isLive = findEngine(from.dataDir) !== undefined;
  const view = isLive ? await liveView(from, channel) : storedView(from, channel);
  if (isLive && view?.state !== 'running') {
    const message = `the channel ${channel} is ${view?.state ?? 'not there'}: start it first`;
    throw new PlexusError('channel-not-running', message);
  }
  if (view === undefined || (!isLive && !view.pinned) || view.revision === revision) return;
  const message =
    `${channel} runs revision ${view.revision} and the configuration is ${revision}: ` +
    `look with --dry-run, then \`./plexus channel deploy ${channel}\``;
  throw new PlexusError('revision-not-deployed', message, { exit: exitCodes.config });
}

async function liveView({ dataDir, env }: From, channel: string) {
  const views = await connectEngine(dataDir, env).get<readonly ChannelView[]>('/channels');
  return views.find((each) => each.channel === channel);
}

function storedView(from: From, channel: string): ChannelView | undefined {
  using data = openData(from);
  return data.reader.channels().find((each) => each.channel === channel);
}

async function openRunner(from: From, channel: string): Promise<Runner> {
  if (findEngine(from.dataDir)) {
    const engine = connectEngine(from.dataDir, from.env);
    return {
      async reconvert(messages, reason, by) {
        const body = { messages, reason, by };
        return (await engine.post<{ count: number }>('/reconvert', body)).count;
      },
      waiting: (name, ids) => engine.post('/reconvert/waiting', { channel: name, ids }),
      close: async () => {},
    };
  }
  const { operations, close } = await takeLock(from, channel);
  if (operations.channels().find((each) => each.channel === channel)?.state !== 'running') {
    await close();
    throw new PlexusError('channel-not-running', `the channel ${channel} cannot start`);
  }
  return { ...here(operations), close };
}

function here({ reconvert, waiting }: Operations): Omit<Runner, 'close'> {
  return {
    reconvert: (messages, reason, by) =>
      reconvert(messages as Parameters<typeof reconvert>[0], reason, by),
    waiting: async (channel, ids) => waiting(channel, ids as readonly MessageId[]),
  };
}

/** Ordered at once, and under way at most: they stand before what comes in meanwhile. */
const sliceMessages = 256;
const underWayMax = 512;
/** With more than this of its own still to do the channel comes first. */
const liveMax = 1_024;
const pollMs = 20;

/**
 * Orders what a job has planned, slice by slice, never more than a few hundred before what comes in
 * live; what was ordered before an interruption is not ordered again. Gives how many ran.
 */
export async function runAgain(
  from: From,
  job: Pick<Job, 'ordered' | 'planned' | 'setOrdered'>,
  wish: { readonly channel: string; readonly reason: string; readonly by: string },
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const runner = await openRunner(from, wish.channel);
  let ordered = job.ordered();
  let count = 0;
  let open: readonly number[] = [];

  async function waitUntil(openMax: number): Promise<void> {
    while (open.length > 0 || openMax > 0) {
      const waiting = await runner.waiting(wish.channel, open);
      open = waiting.open;
      onProgress(ordered - open.length);
      if (open.length <= openMax && (openMax === 0 || waiting.inAll - open.length <= liveMax))
        return;
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  try {
    for (;;) {
      const slice = job.planned(ordered, sliceMessages);
      if (slice.length === 0) break;
      await waitUntil(underWayMax - sliceMessages);
      count += await runner.reconvert(slice, wish.reason, wish.by);
      open = [...open, ...slice.map(({ id }) => id)];
      ordered += slice.length;
      job.setOrdered(ordered);
    }
    await waitUntil(0);
  } finally {
    await runner.close();
  }
  return count;
}
