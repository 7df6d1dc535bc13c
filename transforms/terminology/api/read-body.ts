import { limits } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import { declined, parametersOfQuery } from '../operations/index.ts';

const jsonTypes = /^application\/(fhir\+json|json)\s*(;|$)/i;

/** The Parameters of a request: its body, and what its URL says beside. Throws refusals. */
export async function readParameters(request: Request): Promise<Json> {
  const query = parametersOfQuery(new URL(request.url).searchParams);
  if (request.method === 'GET') return query;
  const body = await readJson(request);
  const parameter = [...listOf(body.parameter), ...listOf(query.parameter)];
  return body.resourceType === 'Parameters' ? { ...body, parameter } : body;
}

/** A JSON body. Throws refusals: another type, no JSON, nested deeper than any FHIR. */
export async function readJson(request: Request): Promise<Json> {
  if (!jsonTypes.test(request.headers.get('content-type') ?? ''))
    throw declined(415, 'not-supported', 'send application/fhir+json');
  const text = await request.text();
  if (isTooDeep(text)) throw declined(400, 'invalid', 'the body is nested too deep');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw declined(400, 'invalid', 'the body is not JSON');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json;
  throw declined(400, 'invalid', 'the body is not a JSON object');
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Made to exhaust whoever walks through it. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isText && char === '\\') at += 1;
    else if (char === '"') isText = !isText;
    else if (!isText && (char === '{' || char === '[')) {
      depth += 1;
      if (depth > limits.jsonDepthMax) return true;
    } else if (!isText && (char === '}' || char === ']')) depth -= 1;
  }
  return false;
}
