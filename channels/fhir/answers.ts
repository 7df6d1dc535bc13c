import type { Issue, Landed, Settlement } from '../../engine/index.ts';
import { fhirJson, type IssueType, outcomeJson } from './operation-outcome.ts';

/** Every answer with a body is an OperationOutcome (or the CapabilityStatement). */
export function answer(
  status: number,
  type: IssueType,
  issues: readonly Issue[],
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(outcomeJson(type, issues), {
    status,
    headers: { 'Content-Type': fhirJson, ...headers },
  });
}

export const refusal = (
  status: number,
  type: IssueType,
  code: string,
  diagnostics: string,
  headers?: Readonly<Record<string, string>>,
): Response => answer(status, type, [{ severity: 'error', code, diagnostics }], headers);

const said = (code: string, diagnostics: string): Issue[] => [
  { severity: 'information', code, diagnostics },
];

const messageHeader = (landed: Pick<Landed, 'id'>) => ({ 'X-Plexus-Message': String(landed.id) });

/** A duplicate gets word for word what the first one got. */
export const landedAnswer = (landed: Landed): Response =>
  answer(
    202,
    'informational',
    said('landed', 'The payload is stored durably and will be processed.'),
    messageHeader(landed),
  );

export const pendingAnswer = (id: number, statusUrl: string): Response =>
  answer(
    202,
    'informational',
    said('pending', 'The payload is stored durably; processing goes on.'),
    { 'Content-Location': statusUrl, 'Retry-After': '5', 'X-Plexus-Message': String(id) },
  );

export function settledAnswer(landed: Pick<Landed, 'id'>, settlement: Settlement): Response {
  const headers = messageHeader(landed);
  switch (settlement.outcome) {
    case 'delivered': {
      const issues = [...said('processed', 'The payload was processed.'), ...settlement.issues];
      return answer(201, 'informational', issues, headers);
    }
    case 'filtered':
      return answer(
        200,
        'informational',
        said('filtered', 'The payload is kept; the channel wants no resources of it.'),
        headers,
      );
    case 'quarantined': {
      const held = 'The payload is stored and waits for an analyst.';
      const issues = settlement.issues.length > 0 ? settlement.issues : said('held', held);
      return answer(422, 'processing', issues, headers);
    }
    default:
      throw new Error(`no answer for ${settlement.outcome satisfies never}`);
  }
}
