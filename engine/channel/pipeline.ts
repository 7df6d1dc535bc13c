import type { ChainSpec } from '../chain/index.ts';
import type { Clock } from '../clock.ts';
import type { RouteComponent } from '../component.ts';
import type { ChannelConfig, RouteConfig } from '../config/index.ts';
import type { Events } from '../events.ts';
import type { MessageId } from '../ids.ts';
import type { ChannelRef, Journal } from '../journal/index.ts';
import { createScheduler, type Row } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { Pool } from '../pool.ts';
import { merge, type Subscription } from '../rx.ts';
import type { ResourceLine, ResourceReader } from '../sink.ts';
import type { Source } from '../source.ts';
import { createDestination, type Destination, type Made } from './destination.ts';
import { createLane, type LandedMessage } from './lane.ts';
import { loop$ } from './loop.ts';
import { createOwed, type Owed, sendersRoute, sendersSink } from './owed.ts';
import { createRecent, type Recent } from './recent.ts';
import type { Done, Origin } from './report.ts';

export type PipelineOptions = {
  readonly config: ChannelConfig;
  readonly ref: ChannelRef;
  readonly spec: ChainSpec;
  readonly revision: number;
  readonly journal: Journal;
  readonly pool: Pool;
  readonly routes: ReadonlyMap<string, RouteComponent>;
  readonly clock: Clock;
  readonly events: Events;
  readonly reader: ResourceReader;
  readonly raws: Recent<MessageId, LandedMessage>;
  readonly dataDir: string;
  /** What is for the routes is queued and not delivered. */
  readonly routesWait?: boolean;
  resolvePath(path: string): string;
  /** A chain verdict has become durable. */
  onSettled(rows: readonly Done[]): void;
  /** Answers senders on the connections that they have open. */
  answer: NonNullable<Source['answer']>;
  /** A bug ended the loop: the channel stands still and must say so. */
  onFailure(cause: unknown): void;
};

export type Pipeline = Awaited<ReturnType<typeof openPipeline>>;

/**
 * The lanes of one deployment of one channel, and its destinations. One `subscribe` runs them all.
 */
export async function openPipeline(options: PipelineOptions) {
  const { config, ref, journal, clock } = options;
  const resources = createRecent<string, Made>(limits.recentResourceBytesMax);
  const { routesWait = false } = options;
  const destinations = routesWait ? [] : await openDestinations(options, resources);
  const { told, forwarding } = routesOf(options);
  const owed = createOwed(journal, ref);
  const answers = routesWait ? undefined : await openAnswers(options, resources, owed);
  const queues = answers ? [...destinations, answers] : destinations;
  const scheduler = createScheduler({
    lanes: config.lanes,
    clock,
    read: (afterId, limit) => journal.read(ref.chain, afterId, limit),
    claimRows: limits.claimRows,
    claimBytes: limits.claimBytes,
    parkedKeysMax: limits.parkedKeysMax,
  });
  const lane = {
    ...options,
    scheduler,
    routes: told,
    forwarding,
    settled: handOn,
  };
  const lanes = Array.from({ length: config.lanes }, () => createLane(lane));
  let chainStopped = false;
  let stopped = false;
  let failure: unknown;

  function handOn(done: readonly Done[]): void {
    for (const { row, reply, origin } of done) {
      if (reply.verdict.kind !== 'settled') continue;
      if (destinations.length > 0 && origin) keep(row, origin, reply.resources);
      const onward: Row = { ...row, attempts: 0, retries: 0, suspect: false, dueUs: 0 };
      for (const destination of destinations) {
        // Only the journal knows whether such a route is told.
        if (row.isReconverted && forwarding.has(destination.no))
          destination.scheduler.lower(row.id);
        else destination.scheduler.offer(onward);
      }
    }
    for (const destination of destinations) destination.scheduler.wake();
    options.onSettled(done);
    answer(done.flatMap(({ row, reply }) => (reply.verdict.kind === 'retry' ? [] : [row.id])));
  }

  /** These messages are settled: who is owed an answer gets it. */
  function answer(ids: readonly MessageId[]): void {
    if (!answers) return;
    for (const row of owed.settled(ids)) answers.scheduler.offer(row);
    answers.scheduler.wake();
  }

  /** Spares each destination the way to the journal and to the spine. */
  function keep(row: Row, origin: Origin, lines: readonly ResourceLine[]): void {
    const bytes = lines.reduce((sum, line) => sum + line.json.length, 256);
    resources.put(`${row.id}.${row.generation}`, { lines, ...origin }, bytes);
  }

  let chainEnded: () => void = () => {};
  let routesEnded: () => void = () => {};
  const chainEnd = new Promise<void>((resolve) => {
    chainEnded = resolve;
  });
  const routesEnd = new Promise<void>((resolve) => {
    routesEnded = resolve;
  });
  /** A failed chain leaves the routes at work, and the other way round. */
  const failing = (ended: () => void) => (cause: unknown) => {
    failure = cause;
    ended();
    options.onFailure(cause);
  };

  const subscriptions: Subscription[] = [];

  return {
    scheduler,
    /** Of its routes, and of the answers that senders are owed. */
    destinations: queues,
    answer,
    /** Begins to claim. Called once, after recovery (G11). */
    start(): void {
      const chain = lanes.map((each, n) =>
        loop$({
          full: limits.claimRows,
          claim: () => scheduler.next(n),
          work: each.work,
          stopped: () => chainStopped,
        }),
      );
      subscriptions.push(
        merge(...chain).subscribe({ error: failing(chainEnded), complete: chainEnded }),
      );
      const routes = queues.map((each) =>
        loop$({
          // Somebody waits for an answer: there is no pause to make handfuls of them.
          full: each === answers ? 1 : each.batch,
          claim: () => each.scheduler.next(0),
          work: each.work,
          stopped: () => stopped,
        }),
      );
      subscriptions.push(
        merge(...routes).subscribe({ error: failing(routesEnded), complete: routesEnded }),
      );
    },
    offer: (row: Row): void => scheduler.offer(row),
    wake: (): void => scheduler.wake(),
    /** The journal may hold open rows that nobody was told of. */
    reread(): void {
      scheduler.lower(1);
      owed.reread();
      for (const queue of queues) queue.scheduler.lower(1);
    },
    /** Ends the chain's lanes after what they have claimed; the destinations go on. */
    async stopChain(): Promise<void> {
      chainStopped = true;
      scheduler.stop();
      await chainEnd;
      await Promise.allSettled(lanes.map((each) => each.idle()));
    },
    async stop(): Promise<void> {
      await this.stopChain();
      stopped = true;
      for (const queue of queues) queue.scheduler.stop();
      await routesEnd;
      for (const queue of queues) await queue.close();
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
    failure: () => failure,
  };
}

async function openDestinations(
  options: PipelineOptions,
  resources: Recent<string, Made>,
): Promise<readonly Destination[]> {
  const destinations: Destination[] = [];
  for (const config of options.config.routes) {
    if (config.name === options.config.answers) continue;
    const { no, sink } = await openRoute(options, config);
    destinations.push(createDestination({ ...options, config, no, sink, resources }));
  }
  return destinations;
}

/** Numbers of the routes that get messages, and of those of them that forward them as they came. */
function routesOf({ config, ref, journal, routes }: PipelineOptions) {
  const own = config.routes.filter(({ name }) => name !== config.answers);
  const numberOf = ({ name }: RouteConfig) => journal.control.destination(ref.no, name);
  const forward = own.filter((route) => routes.get(route.kind)?.forwards?.(route.config));
  return { told: own.map(numberOf), forwarding: new Set(forward.map(numberOf)) };
}

/** The queue of the answers that senders are owed, by a route or on their own connections. */
async function openAnswers(
  options: PipelineOptions,
  resources: Recent<string, Made>,
  { read }: Owed,
): Promise<Destination | undefined> {
  const { ref, config, journal } = options;
  if (config.answers === undefined) return undefined;
  const route = config.routes.find(({ name }) => name === config.answers);
  if (route) {
    const { no, sink } = await openRoute(options, route);
    return createDestination({ ...options, config: route, no, sink, resources, read });
  }
  const no = journal.control.destination(ref.no, config.answers);
  const own = sendersRoute(config.answers);
  const sink = sendersSink(options.answer);
  return createDestination({ ...options, config: own, no, sink, resources, read });
}

async function openRoute(options: PipelineOptions, config: RouteConfig) {
  const { ref, journal, clock, events } = options;
  const component = options.routes.get(config.kind);
  if (!component) throw new Error(`no route component is called ${config.kind}`);
  const no = journal.control.destination(ref.no, config.name);
  const sink = await component.create(config.config, {
    channel: ref.name,
    destination: `${ref.name}/${config.name}`,
    clock,
    events,
    cursors: journal.cursors(no),
    resolvePath: options.resolvePath,
    configDir: options.spec.configDir,
    dataDir: options.dataDir,
  });
  return { no, sink };
}
