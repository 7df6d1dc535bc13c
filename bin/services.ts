import { createRequire } from 'node:module';
import type { Hono } from 'hono';
import {
  type HttpApp,
  type HttpEnv,
  plainRefusal,
  type Refusal,
  type RefusalBody,
} from '../engine/http/index.ts';
import type { IdentityFigures, IdentityReader } from '../transforms/identity/index.ts';
import type { TerminologyWiring } from './fhir-base.ts';
import type { IdentityWiring } from './identity/service.ts';

type Identity = typeof import('../transforms/identity/index.ts');
type IdentityService = typeof import('./identity/service.ts');
type Terminology = typeof import('./fhir-base.ts');

const require = createRequire(import.meta.url);

/**
 * Identity and terminology on the console's port, at `/fhir` and `/api/identity`, before whatever
 * else answers there. They are many modules: the first request for them loads them.
 */
export function mountServices(others: Hono<HttpEnv>, wiring: IdentityWiring & TerminologyWiring) {
  let opened: { readonly app: HttpApp; close(): Promise<void> } | undefined;
  const open = () => {
    const { mountIdentity } = require('./identity/service.ts') as IdentityService;
    const { mountTerminology } = require('./fhir-base.ts') as Terminology;
    const identity = mountIdentity(others, wiring);
    const terminology = mountTerminology(identity.app, wiring);
    const close = async () => {
      await terminology.close();
      await identity.close();
    };
    return { app: terminology.app, close };
  };
  const app: HttpApp = {
    fetch(request, env) {
      const { pathname } = new URL(request.url);
      if (!isAt('/fhir', pathname) && !isAt('/api/identity', pathname))
        return others.fetch(request, env);
      opened ??= open();
      return opened.app.fetch(request, env);
    },
  };
  return { app, close: async () => opened?.close() };
}

const isAt = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

/** FHIR callers are refused in FHIR. */
export function refusalAt(refusal: Refusal, path: string): RefusalBody {
  const plain = plainRefusal(refusal);
  if (!isAt('/fhir', path)) return plain;
  const { error } = JSON.parse(plain.text) as { error: { code: string; message: string } };
  const { refusalOutcome } = require('../transforms/identity/index.ts') as Identity;
  return refusalOutcome(error.code, error.message);
}

/** What the identity store counts, read on a handle that the first question opens. */
export function identityFigures(dataDir: string, key: Buffer) {
  let reader: IdentityReader | undefined;
  return {
    figures(): IdentityFigures {
      const { openIdentityReader } = require('../transforms/identity/index.ts') as Identity;
      reader ??= openIdentityReader(dataDir, key);
      return reader.figures();
    },
    close: () => reader?.close(),
  };
}
