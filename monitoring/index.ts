import { Hono } from 'hono';
import {
  type HttpEnv,
  type HttpOptions,
  type Refusal,
  tokenAuthenticator,
} from '../engine/http/index.ts';
import type { Clock, Events } from '../engine/index.ts';
import type { IdentityFigures } from '../transforms/identity/index.ts';
import type { WorkListFigures } from '../transforms/terminology/index.ts';
import { createApi, createLive, createPage, pagePaths } from './console/index.ts';
import { createHealth } from './health/index.ts';
import { createMetrics } from './metrics/index.ts';
import { createSnapshots, type Engine } from './snapshot/index.ts';

export { type AuditTrail, createAuditTrail } from './audit/index.ts';
export { createLogs, type LogOptions, type Logs } from './logs/index.ts';
export type { Engine, Snapshot } from './snapshot/index.ts';

export type MonitoringOptions = {
  readonly events: Events;
  readonly clock: Clock;
  /**
   * The engine once it is there; asked again at every request, so that `/health` answers before.
   */
  readonly engine: Engine;
  /** The console's token: whoever has it may do everything that `/api` offers. */
  readonly token: string;
  readonly version: string;
  /** The network's name, as the page shows it. */
  readonly network: string;
  readonly dataDir?: string;
  /** What the identity store counts; absent: no metrics of it. */
  readonly identity?: () => IdentityFigures;
  /** Codes that no map decides, by channel; absent: no metrics of them. */
  readonly codes?: () => WorkListFigures;
  /** Hears of exceptions that nobody expected; `createLogs` has one to pass. */
  readonly bug: (cause: unknown) => void;
};

export type Monitoring = {
  /** `/`, `/api`, `/metrics`, `/health`; other services' apps are mounted beside it. */
  readonly app: Hono<HttpEnv>;
  /** The rest of what `serveHttp` wants for it. */
  readonly http: Required<
    Pick<HttpOptions, 'authenticate' | 'publicPaths' | 'upgrades' | 'refused'>
  >;
  /** Ends the live streams; before the HTTP server closes. */
  close(): void;
};

/**
 * Everything that looks on. It MUST be created before the engine starts, as it knows the engine
 * only from its events and would miss the first ones. To be served with
 * `serveHttp({ host, port, app: monitoring.app, ...monitoring.http })`.
 */
export function createMonitoring(options: MonitoringOptions): Monitoring {
  const { events, clock, engine, token, bug } = options;
  const snapshot = createSnapshots(engine, clock, bug, options.identity, options.codes);
  const health = createHealth(events);
  const metrics = createMetrics({
    events,
    snapshot,
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  });
  const live = createLive({ events, clock, snapshot });
  const signedIn = (principal: string) => events.emit({ type: 'signed-in', principal });

  const app = new Hono<HttpEnv>();
  app.onError((cause, c) => {
    bug(cause);
    const message = 'an error inside Plexus; its log says where';
    return c.json({ error: { code: 'bug', message } }, 500);
  });
  app.get('/health/live', (c) => c.json({ status: 'live' }));
  app.get('/health/ready', (c) => {
    const readiness = health.ready();
    return c.json(readiness, readiness.status === 'ready' ? 200 : 503);
  });
  app.get('/metrics', async (c) =>
    c.body(await metrics.render(), 200, { 'Content-Type': metrics.contentType }),
  );
  const { version, network } = options;
  app.route('/api', createApi({ engine, version, network, signedIn, bug }));
  app.route('/', createPage());
  return {
    app,
    http: {
      authenticate: tokenAuthenticator([
        { token, principal: { id: 'operator', kind: 'operator' } },
      ]),
      publicPaths: [...pagePaths, '/metrics', '/health/live', '/health/ready'],
      upgrades: { '/api/events': live.upgrade },
      refused: (refusal: Refusal) => {
        if (refusal === 'unauthorized') events.emit({ type: 'sign-in-refused', principal: '' });
      },
    },
    close() {
      live.close();
      metrics.close();
      health.close();
    },
  };
}
