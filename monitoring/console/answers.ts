import type { Context } from 'hono';
import { ConfigError, exitCodes, PlexusError } from '../../engine/index.ts';

type Status = 400 | 404 | 413 | 422 | 500 | 503;

/** Every error of `/api` has this shape: a stable code, and a sentence without patient data. */
export function fail(c: Context, status: Status, code: string, message: string): Response {
  return c.json({ error: { code, message } }, status);
}

/** What an operation threw, as an answer; a bug says nothing of itself to the caller. */
export function failWith(c: Context, cause: unknown, bug: (cause: unknown) => void): Response {
  if (cause instanceof ConfigError) {
    const { code, message, issues } = cause;
    return c.json({ error: { code, message, issues } }, 422);
  }
  if (cause instanceof PlexusError) return fail(c, statusOf(cause), cause.code, cause.message);
  bug(cause);
  return fail(c, 500, 'bug', 'an error inside Plexus; its log says where');
}

function statusOf(error: PlexusError): Status {
  if (error.code.startsWith('unknown-')) return 404;
  if (error.exit === exitCodes.usage) return 400;
  if (error.exit === exitCodes.config) return 422;
  return error.exit === exitCodes.bug ? 500 : 503;
}
