import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/**
 * Refuses bodies that are longer. What the server lets through of one is read and thrown away: a
 * connection that is closed while its sender still sends takes the refusal with it.
 */
export function limitBodies(bytesMax: number, refusal: () => Response): MiddlewareHandler {
  return bodyLimit({
    maxSize: bytesMax,
    async onError(c: Context) {
      const { body } = c.req.raw;
      if (body !== null && !body.locked) for await (const _ of body);
      return refusal();
    },
  });
}
