import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveHttp } from '../engine/http/index.ts';
import {
  consoleToken,
  createEvents,
  dataKey,
  type Engine,
  type Event,
  limits,
  loadNetwork,
  type Network,
  PlexusError,
  startEngine,
  systemClock,
} from '../engine/index.ts';
import {
  type AuditTrail,
  createAuditTrail,
  createLogs,
  createMonitoring,
} from '../monitoring/index.ts';
import { openSpineReader } from '../routes/spine/index.ts';
import { openWorkListFigures } from '../transforms/terminology/worklist/index.ts';
import { withPinsChecked } from './lint/terminology-pins.ts';
import { registry } from './registry.ts';
import { announceEngine, findEngine } from './running-engine.ts';
import { identityFigures, mountServices, refusalAt } from './services.ts';
import { version } from './version.ts';

export type ServeOptions = {
  readonly network: Network;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Free ports in place of the configured ones. */
  readonly anyPort: boolean;
  /** Where paths of the configuration are written against; the folder that holds it unless told. */
  readonly baseDir?: string;
  /** Structured logs on standard error, from this level on; none without it. */
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug';
  readonly onEvent?: (event: Event) => void;
  /** FULL is the guarantee; NORMAL exists for the test that shows why. */
  readonly synchronous?: 'FULL' | 'NORMAL';
};

export type Serving = {
  readonly engine: Engine;
  readonly http: { readonly host: string; readonly port: number };
  readonly token: { readonly value: string; readonly isNew: boolean };
  /** Set when this start made the data key. */
  readonly newKeyFile: string | undefined;
  /** Takes nothing more in, finishes what is under way, and closes. */
  stop(): Promise<void>;
};

/**
 * Wires everything together and starts it: console and health first, so that they answer while the
 * engine recovers, then the engine. Throws PlexusError when port, data folder, lock or key stand in
 * the way; what was started is stopped again.
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { network, dataDir, env, anyPort } = options;
  const baseDir = options.baseDir ?? join(network.configDir, '..');
  const key = dataKey(dataDir, env);
  const token = consoleToken(dataDir, env);
  const clock = systemClock();
  const events = createEvents();
  if (options.onEvent) events.subscribe(options.onEvent);
  const logs = createLogs({ events, clock, level: options.logLevel ?? 'error' });
  let engine: Engine | undefined;
  let audit: AuditTrail | undefined;
  const identity = identityFigures(dataDir, key.value);
  const codes = openWorkListFigures({ dataDir, key: key.value });
  const monitoring = createMonitoring({
    events,
    clock,
    engine: () => engine?.operations,
    token: token.value,
    version,
    network: network.name,
    dataDir,
    identity: identity.figures,
    codes: codes.figures,
    bug: logs.bug,
  });
  const { host } = network.http;
  const port = anyPort ? 0 : network.http.port;
  const spine = openSpineReader(dataDir, key.value);
  const services = mountServices(monitoring.app, {
    ...{ dataDir, key: key.value, configDir: network.configDir, clock, events, spine, version },
    ...{ engine: () => engine?.operations, bug: logs.bug },
  });
  const { app } = services;
  const facing = { host, port, app, ...monitoring.http, refusalBody: refusalAt };
  const http = await serveHttp(facing).catch(async (cause: unknown) => {
    await services.close();
    // The port is taken by the engine that a person has forgotten; a note alone may be stale.
    const isTaken = cause instanceof PlexusError && cause.code === 'port-in-use';
    if (!isTaken || !findEngine(dataDir)) throw cause;
    throw new PlexusError('engine-running', `another engine runs on ${dataDir}`, { cause });
  });
  let forget = () => {};
  const stop = async (): Promise<void> => {
    forget();
    await engine?.stop();
    monitoring.close();
    await http.close(limits.drainMs);
    await services.close();
    spine.close();
    identity.close();
    codes.close();
    audit?.close();
    logs.close();
  };
  try {
    audit = createAuditTrail({ events, clock, dataDir, key: key.value });
    engine = await startEngine({
      version,
      network,
      load: (configDir, only) =>
        withPinsChecked(
          loadNetwork(configDir, registry, {
            ...{ baseDir, dataDir },
            ...(only === undefined ? {} : { only }),
          }),
          { configDir, baseDir, dataDir, env },
        ),
      dataDir,
      key: key.value,
      registry,
      clock,
      events,
      reader: spine,
      workerFile: fileURLToPath(new URL('./chain-worker.ts', import.meta.url)),
      anyPort,
      resolvePath: (path) => join(baseDir, path),
      ...(options.synchronous === undefined ? {} : { synchronous: options.synchronous }),
    });
    forget = announceEngine(dataDir, { pid: process.pid, host: http.host, port: http.port });
  } catch (error) {
    await stop();
    throw error;
  }
  const newKeyFile = key.isNew ? key.file : undefined;
  return { engine, http, token, newKeyFile, stop };
}
