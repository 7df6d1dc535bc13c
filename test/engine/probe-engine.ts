// An engine with a source that tests feed by hand and a destination that remembers, over a real
// journal and real workers: what is under test is the engine, not what its components do.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type ChannelConfig,
  type Clock,
  createEvents,
  createRegistry,
  type Delivery,
  type Event,
  type Landed,
  type Landing,
  type LoadedNetwork,
  type Network,
  PlexusError,
  pass,
  type RouteComponent,
  type SourceComponent,
  type SourceContext,
  type StageComponent,
  startEngine,
  systemClock,
  type Verdict,
} from '../../engine/index.ts';

export type Probe = Awaited<ReturnType<typeof openProbe>>;

export const probeKey = randomBytes(32);

export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'plexus-engine-'));
}

export function removeDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

/** What a test may say of a channel of the network; the rest is as the probe was opened with. */
export type ProbeChannel = {
  readonly name?: string;
  readonly revision: string;
  readonly enabled?: boolean;
  readonly routes?: readonly string[];
  readonly dedupeHours?: number;
};

export type ProbeOptions = {
  readonly dataDir: string;
  readonly lanes?: number;
  readonly routes?: readonly string[];
  readonly clock?: Clock;
  readonly key?: Buffer;
  readonly onUncertain?: 'resend' | 'hold';
  /** What the destination says of a delivery; delivered unless told. */
  judge?(delivery: Delivery, route: string): Verdict;
};

/** Starts an engine with one channel `probe`. */
export async function openProbe(options: ProbeOptions) {
  const sources: SourceContext[] = [];
  const delivered: { readonly route: string; readonly text: string; readonly id: number }[] = [];
  const seen: Event[] = [];
  let openSinks = 0;
  let openSources = 0;
  const spec = { summary: '', guarantees: '', example: '', schema: z.unknown() };
  const source: SourceComponent = {
    ...spec,
    role: 'source',
    name: 'hand',
    create(_config, context) {
      sources.push(context);
      return {
        async open() {
          openSources += 1;
          return [];
        },
        async close() {
          openSources -= 1;
        },
      };
    },
  };
  const stage: StageComponent = {
    ...spec,
    role: 'stage',
    name: 'probe',
    create: () => ({ name: 'probe', run: (work) => pass(work.body) }),
  };
  const route: RouteComponent = {
    ...spec,
    role: 'route',
    name: 'memory',
    forwards: (config) => config === 'forwards',
    async create(config) {
      const name = config as string;
      if (name === 'refuses') throw new PlexusError('folder-taken', 'it belongs to another');
      openSinks += 1;
      return {
        batch: 16,
        async deliver(deliveries) {
          const waiting = new Set<number>();
          let away: Verdict | undefined =
            name === 'away' ? { kind: 'unavailable', cause: 'never there' } : undefined;
          const verdicts = deliveries.map((each): Verdict => {
            if (each.keys?.some((key) => waiting.has(key)))
              return { kind: 'retry', cause: 'behind' };
            const verdict = away ?? options.judge?.(each, name) ?? { kind: 'delivered' };
            if (verdict.kind === 'unavailable') away = verdict;
            if (verdict.kind === 'retry') for (const key of each.keys ?? []) waiting.add(key);
            return verdict;
          });
          for (const [n, verdict] of verdicts.entries()) {
            const { id, raw } = deliveries[n]!;
            if (verdict.kind === 'delivered')
              delivered.push({ route: name, text: raw().toString(), id });
          }
          return { verdicts };
        },
        async close() {
          openSinks -= 1;
        },
      };
    },
  };
  const events = createEvents();
  events.subscribe((event) => seen.push(event));
  const network = probeNetwork(options, [{ revision: 'one' }]);
  let onDisk: LoadedNetwork = { network, issues: [] };
  const start = () =>
    startEngine({
      version: '0.0.0',
      network,
      load: () => onDisk,
      dataDir: options.dataDir,
      key: options.key ?? probeKey,
      registry: createRegistry([source, stage, route]),
      clock: options.clock ?? systemClock(),
      events,
      reader: { resourcesOf: () => [] },
      workerFile: join(import.meta.dirname, 'probe-worker.ts'),
      workers: 1,
      anyPort: true,
      resolvePath: (path) => path,
    });
  const engine = await start();
  return {
    engine,
    delivered,
    seen,
    events,
    /** Lands one message as the source would. */
    land(text: string, extra: Partial<Landing> = {}): Promise<Landed> {
      const raw = Buffer.from(text);
      const landing = { raw, receivedUs: Date.now() * 1000, orderingKeys: [], ...extra };
      return sources.at(-1)!.land(landing);
    },
    source: () => sources.at(-1)!,
    /** Puts another configuration on disk for `reload`. */
    edit(revision: string, extra: Partial<ProbeChannel> = {}): void {
      onDisk = { network: probeNetwork(options, [{ revision, ...extra }]), issues: [] };
    },
    editAll(channels: readonly ProbeChannel[]): void {
      onDisk = { network: probeNetwork(options, channels), issues: [] };
    },
    openSinks: () => openSinks,
    openSources: () => openSources,
    break(): void {
      const issue = {
        file: 'x',
        line: 1,
        column: 1,
        severity: 'error' as const,
        code: 'x',
        message: 'x',
      };
      onDisk = { network: undefined, issues: [issue] };
    },
  };
}

function probeNetwork(options: ProbeOptions, channels: readonly ProbeChannel[]): Network {
  const http = { host: '127.0.0.1', port: 0 };
  const configDir = import.meta.dirname;
  const all = channels.map((channel) => probeChannel(options, channel));
  return { name: 'probe', configDir, http, retention: { workDays: 30 }, channels: all };
}

function probeChannel(options: ProbeOptions, channel: ProbeChannel): ChannelConfig {
  return {
    name: channel.name ?? 'probe',
    owner: 'owner@example.test',
    description: '',
    enabled: channel.enabled ?? true,
    ack: 'landed',
    orderBy: [],
    lanes: options.lanes ?? 2,
    dedupeHours: channel.dedupeHours ?? 72,
    source: { kind: 'hand', config: {} },
    stages: [{ kind: 'probe', config: {} }],
    routes: (channel.routes ?? options.routes ?? []).map((name) => ({
      kind: 'memory',
      name,
      config: name,
      retry: { firstMs: 20, lastMs: 100 },
      onUncertain: options.onUncertain ?? 'resend',
    })),
    tests: [],
    revision: channel.revision,
    file: 'probe.yaml',
  };
}

/** For so many milliseconds every commit finds the disk full. */
export function failCommits({ engine }: Probe, forMs: number): void {
  const end = Date.now() + forMs;
  for (const { db } of engine.journal.partitions.all()) {
    const exec = db.exec.bind(db);
    db.exec = (sql) => {
      if (sql === 'COMMIT' && Date.now() < end)
        throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      return exec(sql);
    };
  }
}

/** Waits until `holds`; a machine that does much else may take long, and only a hang ends it. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
