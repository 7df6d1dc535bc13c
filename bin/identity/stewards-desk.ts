import { createEvents, dataKey, type MessageId, systemClock } from '../../engine/index.ts';
import { createAuditTrail } from '../../monitoring/index.ts';
import { openSpineReader, type SpineReader } from '../../routes/spine/index.ts';
import {
  createIdentityService,
  type IdentityServiceOptions,
  openDesk,
} from '../../transforms/identity/index.ts';
import type { Invocation } from '../command.ts';
import { requireData } from '../data.ts';
import { takeLock } from '../orders.ts';
import { answerOf, connectEngine, findEngine } from '../running-engine.ts';
import { spineDownstream } from './places.ts';

/** Where the command line asks about identity and orders: the verbs of `/api/identity`. */
export type StewardsDesk = {
  /** Throws PlexusError with the codes of identity. */
  ask<Out>(verb: string, wish: object): Promise<Out>;
  close(): Promise<void>;
};

type From = Pick<Invocation, 'configDir' | 'dataDir' | 'env'>;

/**
 * The running engine of a data folder; without one the folder itself, for orders under its lock.
 * Throws `data-missing`, and what a start throws.
 */
export async function openStewardsDesk(from: From, isOrder: boolean): Promise<StewardsDesk> {
  requireData(from.dataDir);
  if (findEngine(from.dataDir)) {
    const engine = connectEngine(from.dataDir, from.env);
    return {
      ask: (verb, wish) => engine.post(`/identity/${verb}`, wish),
      close: async () => {},
    };
  }
  if (isOrder) {
    const { operations, spine, key, close } = await takeLock(from);
    const rerun: IdentityServiceOptions['republish'] = (messages, by) =>
      operations.rerun(messages as readonly MessageId[], 'identity parted', by);
    return here(from, { spine, key, rerun, close });
  }
  const key = dataKey(from.dataDir, from.env).value;
  const spine = openSpineReader(from.dataDir, key);
  return here(from, { spine, key, rerun: async () => 0, close: async () => spine.close() });
}

type Opened = {
  readonly spine: SpineReader;
  readonly key: Buffer;
  readonly rerun: IdentityServiceOptions['republish'];
  close(): Promise<void>;
};

/** The service of a running engine, asked without a socket. */
function here({ configDir, dataDir }: From, { spine, key, rerun, close }: Opened): StewardsDesk {
  const desk = openDesk({ dataDir, key, configDir });
  const events = createEvents();
  // As with an engine: who looks and who is refused stays on record.
  const trail = createAuditTrail({ events, clock: systemClock(), dataDir, key });
  const { json } = createIdentityService({
    ...{ desk, nowUs: systemClock().nowUs, downstream: [spineDownstream(spine)] },
    audit: (access) => events.emit({ type: 'identity-access', ...access }),
    sourcePatient: (id) => spine.current('Patient', id)?.json,
    republish: rerun,
    // Without an engine there is no log to tell it to: the command ends with it.
    bug(cause) {
      throw cause;
    },
  });
  const principal = { id: 'command line', kind: 'operator' } as const;
  return {
    async ask(verb, wish) {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(wish),
      };
      return answerOf(await json.request(`/${verb}`, init, { principal }));
    },
    async close() {
      await desk.close();
      trail.close();
      await close();
    },
  };
}
