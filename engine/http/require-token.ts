import type { MiddlewareHandler } from 'hono';
import { challenge } from './guard.ts';
import type { HttpEnv } from './server.ts';

/**
 * For the handlers that need a sign-in. `serveHttp` has refused strangers before this runs; here an
 * app that is mounted elsewhere, or a path wrongly made public, still answers 401.
 */
export const requireToken: MiddlewareHandler<HttpEnv> = async (c, next) => {
  if (c.env?.principal) return next();
  const error = { code: 'unauthorized', message: 'sign in with a bearer token' };
  return c.json({ error }, 401, { 'WWW-Authenticate': challenge });
};
