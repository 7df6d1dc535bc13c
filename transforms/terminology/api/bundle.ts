import type { Json } from '../knowledge.ts';
import { declined } from '../operations/index.ts';

/** Questions in one batch. */
const entriesMax = 500;

const methods = new Set(['GET', 'POST']);

/**
 * A batch of questions (https://hl7.org/fhir/R4/http.html#transaction): each is answered as if it
 * had come alone, in order; one that fails does not stop the rest.
 */
export async function answerBatch(
  bundle: Json,
  ask: (method: string, path: string, body: Json | undefined) => Promise<Response>,
): Promise<Json> {
  if (bundle.resourceType !== 'Bundle' || bundle.type !== 'batch')
    throw declined(400, 'invalid', 'send a Bundle of type batch');
  const entries: readonly (Json | null)[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  if (entries.length > entriesMax)
    throw declined(413, 'too-costly', `a batch holds at most ${entriesMax} entries`);
  const answered: Json[] = [];
  for (const entry of entries) {
    const { request, resource } = entry ?? {};
    const { method, url } = (request ?? {}) as Json;
    answered.push(
      typeof url === 'string' && methods.has(String(method))
        ? await answerOf(await ask(String(method), pathOf(url), resource as Json | undefined))
        : answerTo(400, outcome('an entry needs request.method GET or POST, and request.url')),
    );
  }
  return { resourceType: 'Bundle', type: 'batch-response', entry: answered };
}

/** A path within this service, whatever base the entry writes before it. */
const pathOf = (url: string) => `/${url.replace(/^(https?:\/\/[^?#]*?\/fhir)?\/+/i, '')}`;

async function answerOf(response: Response): Promise<Json> {
  return answerTo(response.status, (await response.json()) as Json);
}

const answerTo = (status: number, resource: Json): Json =>
  status < 400
    ? { resource, response: { status: String(status) } }
    : { response: { status: String(status), outcome: resource } };

const outcome = (text: string): Json => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'invalid', details: { text } }],
});
