import type { Hono } from 'hono';
import type { HttpEnv } from '../../../engine/http/index.ts';
import { createFhirFace } from './fhir.ts';
import { createJsonFace } from './json.ts';
import { createPages } from './pages.ts';
import type { IdentityServiceOptions } from './service.ts';

export type { Audit, IdentityAccess } from './access.ts';
export { refusalOutcome } from './outcome.ts';
export type { IdentityServiceOptions } from './service.ts';

export type IdentityService = {
  /** To be mounted at `/fhir`. */
  readonly fhir: Hono<HttpEnv>;
  /** To be mounted at `/api/identity`. */
  readonly json: Hono<HttpEnv>;
};

/** The HTTP faces of identity: FHIR and IHE for systems, JSON for stewards. */
export function createIdentityService(options: IdentityServiceOptions): IdentityService {
  const service = { ...options, pages: createPages(options.nowUs) };
  return { fhir: createFhirFace(service), json: createJsonFace(service) };
}
