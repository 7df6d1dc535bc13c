import { PlexusError } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import { type IssueType, Refused } from '../operations/index.ts';
import type { TerminologyServiceOptions } from './service.ts';

export const fhirJson = 'application/fhir+json; charset=utf-8';

export const fhirResponse = (body: Json, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': fhirJson } });

/** A refusal of the request itself. */
export function refusal(status: number, type: IssueType, text: string): Response {
  const issue = [{ severity: 'error', code: type, details: { text } }];
  return fhirResponse({ resourceType: 'OperationOutcome', issue }, status);
}

/** An error as an OperationOutcome, told to who runs this; a bug says nothing of itself. */
export function failed(
  cause: unknown,
  { bug, unavailable }: Pick<TerminologyServiceOptions, 'bug' | 'unavailable'>,
): Response {
  if (cause instanceof Refused) return fhirResponse(cause.outcome, cause.status);
  if (cause instanceof PlexusError) {
    unavailable(cause.code);
    return refusal(503, 'exception', cause.message);
  }
  bug(cause);
  return refusal(500, 'exception', 'an error inside Plexus; its log says where');
}
