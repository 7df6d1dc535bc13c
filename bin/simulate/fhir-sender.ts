import { randomUUID } from 'node:crypto';
import type { Sender } from './mllp-sender.ts';

/** A modern EMR: posts a resource and names the request, so that a second try is known again. */
export function createFhirSender(host: string, port: number, token?: string): Sender {
  const controller = new AbortController();
  const name = new WeakMap<Buffer, string>();
  return {
    async send(payload, path = '/fhir') {
      const requestId = name.get(payload) ?? randomUUID();
      name.set(payload, requestId);
      const response = await fetch(`http://${host}:${port}${path}`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/fhir+json',
          'X-Request-Id': requestId,
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        body: new Uint8Array(payload),
        signal: controller.signal,
      });
      await response.arrayBuffer();
      return String(response.status);
    },
    close: () => controller.abort(),
  };
}
