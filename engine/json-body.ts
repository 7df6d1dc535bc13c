import { isTooDeep } from './json-depth.ts';

/** A body, or what is wrong with it: sent as something else than JSON, or no object in JSON. */
export type JsonBody =
  | { readonly value: Readonly<Record<string, unknown>> }
  | { readonly fault: 'media-type' | 'invalid'; readonly text: string };

const jsonTypes = /^application\/(fhir\+json|json)\s*(;|$)/i;

/** Reads a JSON object that was sent as such, FHIR or plain. Its length is bounded before. */
export async function readJsonBody(request: Request): Promise<JsonBody> {
  if (!jsonTypes.test(request.headers.get('content-type') ?? ''))
    return { fault: 'media-type', text: 'send application/fhir+json' };
  let value: unknown;
  try {
    value = JSON.parse(await request.text());
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return { fault: 'invalid', text: 'the body is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: 'invalid', text: 'the body is not a JSON object' };
  if (isTooDeep(value)) return { fault: 'invalid', text: 'the body is nested too deep' };
  return { value: value as Readonly<Record<string, unknown>> };
}
