import { readJsonBody } from '../../../engine/index.ts';
import { isTerminology, misshapen } from '../import/fhir/index.ts';
import type { Json } from '../knowledge.ts';
import { declined, parametersOfQuery } from '../operations/index.ts';

/** The Parameters of a request: its body, and what its URL says beside. Throws refusals. */
export async function readParameters(request: Request): Promise<Json> {
  const query = parametersOfQuery(new URL(request.url).searchParams);
  if (request.method === 'GET') return query;
  const body = await readJson(request);
  const given = listOf(body.parameter);
  for (const one of given) checkGiven((one as Json).resource);
  const parameter = [...given, ...listOf(query.parameter)];
  return body.resourceType === 'Parameters' ? { ...body, parameter } : body;
}

/** A code system, value set or map that comes with the question is held to FHIR's shapes. */
function checkGiven(resource: unknown): void {
  if (typeof resource !== 'object' || resource === null) return;
  const { resourceType: type } = resource as Json;
  const wrong = isTerminology(type) ? misshapen(resource as Json, type) : undefined;
  if (wrong !== undefined) throw declined(400, 'invalid', `a ${type} of the question: ${wrong}`);
}

/**
 * A JSON body. Throws refusals: another type, no JSON, nested deeper than any FHIR, a list with a
 * `null` where none may stand.
 */
export async function readJson(request: Request): Promise<Json> {
  const body = await readJsonBody(request);
  if ('value' in body) {
    const name = gapIn(body.value);
    if (name === undefined) return body.value;
    throw declined(400, 'invalid', `${name} is a list with a \`null\` in it`);
  }
  if (body.fault === 'media-type') throw declined(415, 'not-supported', body.text);
  throw declined(400, 'invalid', body.text);
}

/**
 * Which list of an object, or of one in it, has a gap; a primitive's list may have one, where its
 * twin holds an extension (https://hl7.org/fhir/R4/json.html#primitive).
 */
function gapIn(value: object): string | undefined {
  for (const [name, each] of Object.entries(value)) {
    const isTwin = name.startsWith('_') || Array.isArray((value as Json)[`_${name}`]);
    if (Array.isArray(each) && each.includes(null) && !isTwin)
      return /^[A-Za-z]{1,60}$/.test(name) ? `\`${name}\`` : 'something';
    const inner = typeof each === 'object' && each !== null ? gapIn(each) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
