import { createAccessTokens } from './access-tokens.ts';
import { type Channel, createChannel } from './channel/index.ts';
import type { Clock } from './clock.ts';
import type { Registry } from './component.ts';
import { type ChannelConfig, type LoadedNetwork, type Network, queuesOf } from './config/index.ts';
import { createChanges, createLeftBehind, deployments } from './deploy/index.ts';
import { ConfigError, PlexusError, reasonOf } from './errors.ts';
import type { Events } from './events.ts';
import { heldActions, reruns } from './held-actions.ts';
import {
  counts,
  expire,
  type Journal,
  lockData,
  openJournal,
  type Place,
} from './journal/index.ts';
import { limits } from './limits.ts';
import type { Operations, Reader } from './operations.ts';
import { createPool, type Pool } from './pool.ts';
import { createReader, type JournalView, openJournalView } from './reader/index.ts';
import type { ResourceReader } from './sink.ts';
import { createTurns } from './turns.ts';

export type EngineOptions = {
  /** Of Plexus, as `engine-started` tells it. */
  readonly version: string;
  readonly network: Network;
  /** Reads the configuration again, or of a kept copy of it the one channel that is wanted. */
  load(configDir: string, only?: string): LoadedNetwork;
  readonly dataDir: string;
  readonly key: Buffer;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly events: Events;
  readonly reader: ResourceReader;
  /** Entry file of the chain workers, which gets `{ dataDir, key }`. */
  readonly workerFile: string;
  readonly workers?: number;
  readonly anyPort: boolean;
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** Carries out orders on what is held and no more: no channel is built, nothing is processed. */
  readonly ordersOnly?: boolean;
  /**
   * The one channel that is built, to work its queue off: it takes nothing in, its routes wait, and
   * what is queued for others stays.
   */
  readonly workOff?: string;
  resolvePath(path: string): string;
};

export type Engine = Awaited<ReturnType<typeof startEngine>>;

/**
 * Opens the journal, recovers, starts the workers and then every enabled channel (G11). A channel
 * that cannot start is left `failed`, with its cause in an event; the others run. Throws
 * PlexusError when the data folder, its lock or its key stand in the way.
 */
export async function startEngine(options: EngineOptions) {
  const startedUs = options.clock.nowUs();
  const { clock, events } = options;
  const lock = lockData(options.dataDir);
  const journal = openUnder(lock, () => openJournal(options));
  const sinceStartMs = () => (clock.nowUs() - startedUs) / 1000;
  events.emit({ type: 'recovered', ...journal.openCounts(), tookMs: sinceStartMs() });
  const pool = openPool(options);
  const deploy = deployments({ ...options, journal });
  const channels = new Map<string, Channel>();
  const tokens = createAccessTokens();
  const inTurn = createTurns();
  let network = options.network;

  function build(config: ChannelConfig, snapshot: string): Channel {
    const ref = journal.channel(config.name, config.owner);
    const pinned = deploy.pinned(ref, config, snapshot);
    const deployment = pinned ?? deploy.enrol(config, snapshot);
    if (!pinned) deploy.deployed(deployment);
    return createChannel(ref, deployment, { ...options, journal, pool, tokens });
  }

  async function startChannel(channel: Channel): Promise<void> {
    try {
      await channel.start();
    } catch (cause) {
      if (!(cause instanceof PlexusError)) throw cause;
    }
  }

  const stopListening = rereadAfterDamage(events, channels);
  const leftBehind = createLeftBehind({ journal, clock, events });
  const changes = createChanges({ channels, deploy, leftBehind, build });
  const held = heldActions({ journal, channels, isWorked, clock, events });
  const view = openView(options, journal);
  const reader = liveReader(view, channels, options.reader);

  /** Without channels the configuration tells what the next start will work off. */
  function isWorked({ channel: no, name }: Place): boolean {
    const channel = journal.control.channels().find((each) => each.no === no)?.name ?? '';
    const configured = options.network.channels.find((each) => each.name === channel);
    const routes =
      options.ordersOnly || options.workOff
        ? configured && queuesOf(configured)
        : changes.routes(channel);
    return routes !== undefined && (name === '' || routes.includes(name));
  }

  function find(name: string): Channel {
    const channel = channels.get(name);
    if (!channel) throw new PlexusError('unknown-channel', `no channel is called \`${name}\``);
    return channel;
  }

  function reread(): Network {
    const loaded = options.load(network.configDir);
    if (loaded.network) {
      network = loaded.network;
      return network;
    }
    const mistakes = loaded.issues.filter((issue) => issue.severity === 'error');
    events.emit({ type: 'config-refused', mistakes: mistakes.length });
    throw new ConfigError(mistakes);
  }

  const operations: Operations = {
    ...reader,
    listening: () => [...channels.values()].flatMap((channel) => channel.listening()),
    start: (name) => find(name).start(),
    stop: (name) => find(name).stop(),
    pause: (name) => find(name).pause(),
    drain: (name) => find(name).drain(() => pendingOf(journal, find(name))),
    reload: () => inTurn(async () => changes.adopt(reread())),
    deploy: (name) =>
      inTurn(async () => {
        const next = reread();
        if (!next.channels.some((config) => config.name === name))
          throw new PlexusError('unknown-channel', `the configuration has no channel \`${name}\``);
        await changes.adopt(next, name);
        return find(name).deployment().config.revision;
      }),
    rollback: (name) => inTurn(() => changes.rollback(find(name))),
    ...held,
    ...reruns({ journal, channels, isWorked, clock, events }),
  };

  if (!options.ordersOnly) {
    const snapshot = deploy.snapshot(network);
    const isWanted = ({ name }: ChannelConfig) => (options.workOff ?? name) === name;
    const wanted = network.channels.filter(isWanted);
    for (const config of wanted) channels.set(config.name, build(config, snapshot));
  }
  if (!options.ordersOnly && options.workOff === undefined) {
    for (const channel of channels.values()) await changes.settleQueues(channel);
    await leftBehind.holdOthers((name) => channels.has(name));
  }
  for (const channel of channels.values()) {
    if (channel.deployment().config.enabled || options.workOff) await startChannel(channel);
  }
  const stopUpkeep = keepUp(options, async () => {
    await expire(journal, options.dataDir, network.retention, clock.nowUs(), events);
    view.tidy();
    const running = [...channels.values()].map((channel) => channel.deployment().spec.configDir);
    deploy.tidy(network.retention.workDays, running);
  });
  events.emit({ type: 'engine-started', version: options.version, startMs: sinceStartMs() });

  return {
    operations,
    journal,
    channels,
    deploy,
    /** Takes nothing more in, finishes what is claimed, and closes. The queue stays. */
    async stop(): Promise<void> {
      events.emit({ type: 'engine-stopping', reason: 'stop' });
      // On a full disk no settlement ever becomes durable: the messages come again after the start.
      const cancel = clock.after(limits.drainMs, journal.giveUp);
      await inTurn(() => Promise.all([...channels.values()].map((channel) => channel.stop())));
      cancel();
      await pool.close();
      stopUpkeep();
      stopListening();
      view.close();
      await journal.close();
      lock.release();
    },
  };
}

const openPool = ({ workerFile, dataDir, key, workers }: EngineOptions): Pool =>
  createPool({
    file: workerFile,
    workerData: { dataDir, key },
    ...(workers === undefined ? {} : { threads: workers }),
  });

/** Handles of its own: who reads long holds no write up, and sees the finished days as well. */
function openView({ dataDir, key }: EngineOptions, { totals }: Journal): JournalView {
  return { ...openJournalView(dataDir, key), count: totals.get };
}

/** A file that was opened anew may hold rows that nobody was told of. */
function rereadAfterDamage(events: Events, channels: ReadonlyMap<string, Channel>): () => void {
  return events.subscribe((event) => {
    if (event.type !== 'journal-reopened' && event.type !== 'partition-damaged') return;
    for (const channel of channels.values()) channel.pipeline()?.reread();
  });
}

/** Messages of a channel that neither its chain nor its destinations have finished. */
function pendingOf({ control, totals }: Journal, { ref }: Channel): number {
  const own = control.destinations().filter((each) => each.channel === ref.no);
  return own.reduce((sum, each) => sum + totals.get(ref.no, each.no, counts.pending), 0);
}

/** Looks after finished days now and then; the returned function ends it. */
function keepUp({ clock, events }: EngineOptions, lookAfter: () => Promise<void>): () => void {
  let cancel = () => {};
  function again(): void {
    cancel = clock.after(limits.upkeepMs, () => {
      lookAfter()
        .catch((cause) => events.emit({ type: 'upkeep-failed', cause: reasonOf(cause) }))
        .finally(again);
    });
  }
  again();
  return () => cancel();
}

/** What does not open leaves the folder to others. */
function openUnder<Opened>(lock: { release(): void }, open: () => Opened): Opened {
  try {
    return open();
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

/** The reading half beside the running engine, with what only it knows of its channels. */
function liveReader(
  view: JournalView,
  channels: ReadonlyMap<string, Channel>,
  resources: ResourceReader,
): Reader {
  return createReader(view, resources, (name) => {
    const channel = channels.get(name);
    if (!channel) return undefined;
    const { config } = channel.deployment();
    return {
      owner: config.owner,
      source: config.source.kind,
      state: channel.state(),
      revision: config.revision,
      lastReceivedUs: channel.lastReceivedUs(),
    };
  });
}
