import { Hono } from 'hono';
import type { HttpApp, HttpEnv } from '../../engine/http/index.ts';
import {
  type Clock,
  type Events,
  type MessageId,
  type Operations,
  PlexusError,
} from '../../engine/index.ts';
import type { SpineReader } from '../../routes/spine/index.ts';
import { createIdentityService, startDesk } from '../../transforms/identity/index.ts';
import { spineDownstream } from './places.ts';

export type IdentityWiring = {
  readonly dataDir: string;
  readonly key: Buffer;
  readonly configDir: string;
  readonly clock: Clock;
  readonly events: Events;
  readonly spine: SpineReader;
  readonly engine: () => Operations | undefined;
  readonly bug: (cause: unknown) => void;
};

/** Identity on the console's port, before whatever else answers there. */
export function mountIdentity(others: Hono<HttpEnv>, wiring: IdentityWiring) {
  const { dataDir, key, configDir, clock, events, spine, engine, bug } = wiring;
  const desk = startDesk({ dataDir, key, configDir });
  const service = createIdentityService({
    ...{ desk, bug, nowUs: clock.nowUs, downstream: [spineDownstream(spine)] },
    audit: (access) => events.emit({ type: 'identity-access', ...access }),
    sourcePatient: (id) => spine.current('Patient', id)?.json,
    async republish(messages, by) {
      const operations = engine();
      if (operations === undefined) throw new PlexusError('starting', 'the engine is starting');
      return operations.rerun(messages as readonly MessageId[], 'identity unmerged', by);
    },
  });
  // A channel that was deployed anew may follow another policy.
  const unsubscribe = events.subscribe((event) => {
    if (event.type === 'channel-state' && event.state === 'running') desk.renew();
  });
  const app = new Hono<HttpEnv>();
  app.route('/fhir', service.fhir);
  app.route('/api/identity', service.json);
  app.route('/', others);
  return {
    app: app as HttpApp,
    async close() {
      unsubscribe();
      await desk.close();
    },
  };
}
