import { readJsonBody } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import { declined, parametersOfQuery } from '../operations/index.ts';

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
  const body = await readJsonBody(request);
  if ('value' in body) return body.value;
  if (body.fault === 'media-type') throw declined(415, 'not-supported', body.text);
  throw declined(400, 'invalid', body.text);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
