import { isDeepStrictEqual } from 'node:util';
import type { AccessTokens } from '../access-tokens.ts';
import type { ChainSpec } from '../chain/index.ts';
import type { Registry } from '../component.ts';
import type { ChannelConfig } from '../config/index.ts';
import { PlexusError, reasonOf } from '../errors.ts';
import type { ChannelState } from '../events.ts';
import type { MessageId } from '../ids.ts';
import { type ChannelRef, sourceState } from '../journal/index.ts';
import { limits } from '../limits.ts';
import type { Verdict } from '../sink.ts';
import { type Listening, type Source, senderGone } from '../source.ts';
import { createTurns } from '../turns.ts';
import { createAnswers } from './answers.ts';
import { channelGate, judges } from './channel-gate.ts';
import type { LandedMessage } from './lane.ts';
import { openPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts';
import { createRecent } from './recent.ts';
import { createReception } from './reception.ts';
import { type Done, reportSettled } from './report.ts';

/** One deployment of a channel: its configuration and where it is kept. */
export type Deployment = {
  readonly config: ChannelConfig;
  readonly spec: ChainSpec;
  readonly revision: number;
  /** Why it cannot run: the channel fails at each start, and waits for another deployment. */
  readonly unusable?: PlexusError;
};

export type ChannelOptions = Pick<
  PipelineOptions,
  'journal' | 'pool' | 'clock' | 'events' | 'reader' | 'resolvePath' | 'dataDir'
> & {
  readonly registry: Registry;
  /** The data key. */
  readonly key: Buffer;
  readonly tokens: AccessTokens;
  readonly anyPort: boolean;
  /** Set where it only works its queue off: it takes nothing in, and its routes wait. */
  readonly workOff?: string;
};

export type Channel = ReturnType<typeof createChannel>;

/**
 * One channel: its source, its lanes and its destinations, started and stopped without loss. What
 * is accepted is in the journal; stopping at any point leaves a queue and nothing else.
 */
export function createChannel(
  first: ChannelRef,
  firstDeployed: Deployment,
  options: ChannelOptions,
) {
  const { journal, clock, events } = options;
  const raws = createRecent<MessageId, LandedMessage>(limits.recentRawBytesMax);
  const answers = createAnswers({
    stateOf: (id) => journal.stateOf(id, first.chain),
    partsOf: journal.partsOf,
    writtenBy: (id) => options.reader.writtenBy?.(id),
  });
  let deployed = firstDeployed;
  const gate = channelGate(options, () => deployed);
  /** With what the deployment says of it. */
  let ref = refOf(deployed);
  let state: ChannelState = 'stopped';
  let source: Source | undefined;
  let answerer: Source | undefined;
  let listening: readonly Listening[] = [];
  let pipeline: Pipeline | undefined;
  const reception = createReception({
    ...options,
    ref: () => ref,
    pipeline: () => pipeline,
    raws,
  });
  // One thing at a time is done to a channel: two starts at once would work its queue twice.
  const inTurn = createTurns();

  function refOf({ config }: Deployment): ChannelRef {
    const { owner, dedupeHours, answers } = config;
    if (answers === undefined) return { ...first, owner, dedupeHours };
    const no = journal.control.destination(first.no, answers);
    return { ...first, owner, dedupeHours, answers: no };
  }

  function become(next: ChannelState, cause?: string): void {
    state = next;
    const { revision } = deployed.config;
    events.emit({
      type: 'channel-state',
      channel: ref.name,
      state,
      revision,
      ...(cause ? { cause } : {}),
    });
  }

  function onSettled(done: readonly Done[]): void {
    answers.settled(done);
    reportSettled(
      { ref, events, journal, stages: deployed.config.stages.map((stage) => stage.kind) },
      done,
    );
  }

  async function openSource(): Promise<void> {
    const component = options.registry.sources.get(deployed.config.source.kind);
    if (!component) throw new Error(`no source is called ${deployed.config.source.kind}`);
    const created = component.create(deployed.config.source.config, {
      channel: ref.name,
      ack: deployed.config.ack,
      answersElsewhere: answersElsewhere(deployed.config),
      orderBy: deployed.config.orderBy,
      clock,
      events,
      anyPort: options.anyPort,
      land: reception.land,
      landBatch: reception.landBatch,
      settled: answers.of,
      state: sourceState(journal.control.db, first.no),
      tokens: options.tokens,
      resolvePath: options.resolvePath,
      ...(judges(options.registry, deployed.config.stages) ? { gate: gate.open } : {}),
    });
    listening = await created.open();
    source = created;
    answerer = created;
    for (const port of listening) events.emit({ type: 'listening', ...port });
  }

  async function closeSource(): Promise<void> {
    const closing = source;
    source = undefined;
    listening = [];
    await closing?.close(limits.drainMs);
    // Until then its senders are there to be answered.
    answerer = source;
  }

  /** `isPaused`: the destinations go on, the chain does not begin. */
  async function openLanes(isPaused: boolean): Promise<void> {
    const opened = await openPipeline({
      ...options,
      ...deployed,
      ref,
      routes: options.registry.routes,
      raws,
      routesWait: options.workOff !== undefined,
      onSettled,
      answer: (deliveries) => answerer?.answer?.(deliveries) ?? deliveries.map(() => unanswerable),
      onFailure(cause) {
        become('failed', reasonOf(cause));
      },
    });
    pipeline = opened;
    const chainStopped = isPaused ? opened.stopChain() : undefined;
    opened.start();
    await chainStopped;
  }

  async function closeLanes(): Promise<void> {
    const closing = pipeline;
    pipeline = undefined;
    await closing?.stop();
    gate.close();
  }

  async function open(next: 'running' | 'paused'): Promise<void> {
    // A pipeline that has failed or is paused still has destinations at work.
    await closeLanes();
    become('starting');
    try {
      if (deployed.unusable) throw deployed.unusable;
      await openLanes(next === 'paused');
      if (!source && options.workOff === undefined) await openSource();
      become(next);
    } catch (cause) {
      await closeLanes();
      become('failed', reasonOf(cause));
      throw cause;
    }
  }

  const start = async (): Promise<void> => {
    if (state !== 'running') await open('running');
  };

  async function stop(): Promise<void> {
    await closeSource();
    await closeLanes();
    become('stopped');
  }

  return {
    /** Its numbers; they stay. */
    ref: first,
    state: () => state,
    deployment: () => deployed,
    listening: () => listening,
    lastReceivedUs: reception.lastReceivedUs,
    pipeline: () => pipeline,
    start: () => inTurn(start),
    stop: () => inTurn(stop),
    /** Takes in and acknowledges, converts nothing; destinations go on. */
    pause: () =>
      inTurn(async () => {
        if (state === 'paused') return;
        requireRunning();
        await pipeline?.stopChain();
        become('paused');
      }),
    /**
     * Stops taking in, works the queue off and stops. `pending` tells what is left. Whatever else
     * is asked of the channel meanwhile ends it.
     */
    async drain(pending: () => number): Promise<void> {
      await inTurn(async () => {
        if (state === 'stopped') return;
        requireRunning();
        become('draining');
        await closeSource();
      });
      while (isDraining() && pending() > 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await inTurn(async () => {
        if (isDraining()) await stop();
      });
    },
    /**
     * Swaps in another deployment. A channel that a person has stopped stays stopped unless
     * `isWanted`. The source stays open when its configuration is the same.
     */
    swap: (next: Deployment, isWanted = false) => inTurn(() => swap(next, isWanted)),
  };

  function requireRunning(): void {
    if (state === 'running') return;
    throw new PlexusError('channel-not-running', `the channel ${ref.name} is ${state}`);
  }

  function isDraining(): boolean {
    return state === 'draining';
  }

  function stateAfter(next: ChannelConfig, isWanted: boolean): 'running' | 'paused' | 'stopped' {
    if (!next.enabled) return 'stopped';
    const runs = state === 'running' || state === 'failed';
    if (runs || isWanted || !deployed.config.enabled) return 'running';
    return state === 'paused' ? 'paused' : 'stopped';
  }

  async function swap(next: Deployment, isWanted: boolean): Promise<void> {
    const before = deployed.config;
    const after = stateAfter(next.config, isWanted);
    const sameSource =
      isDeepStrictEqual(before.source, next.config.source) &&
      judges(options.registry, before.stages) === judges(options.registry, next.config.stages) &&
      isDeepStrictEqual(sourceSettings(before), sourceSettings(next.config));
    if (!sameSource || after === 'stopped') await closeSource();
    await closeLanes();
    deployed = next;
    ref = refOf(next);
    become('stopped');
    if (after !== 'stopped') await open(after);
  }
}

const unanswerable: Verdict = { kind: 'hold', issues: [senderGone] };

const answersElsewhere = ({ answers, routes }: ChannelConfig): boolean =>
  routes.some(({ name }) => name === answers);

/** What a source is opened with beside its own configuration. */
const sourceSettings = (config: ChannelConfig) => [
  config.orderBy,
  config.ack,
  answersElsewhere(config),
];
