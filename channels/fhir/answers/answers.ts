import type { Issue, Landed, Settlement } from '../../../engine/index.ts';
import { fhirJson, type IssueType, outcomeJson } from './operation-outcome.ts';
import {
  eTagOf,
  grantedResult,
  locationOf,
  type Result,
  refusedResult,
  responseEntry,
  resultOf,
  said,
} from './written.ts';

/** Every answer with a body is an OperationOutcome, a Bundle or the CapabilityStatement. */
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

const messageHeader = (landed: Pick<Landed, 'id'>) => ({ 'X-Plexus-Message': String(landed.id) });

/** A duplicate gets word for word what the first one got. */
export const landedAnswer = (id: Landed['id']): Response =>
  answer(
    202,
    'informational',
    said('landed', 'The payload is stored durably and will be processed.'),
    messageHeader({ id }),
  );

export const pendingAnswer = (id: number, statusUrl: string): Response =>
  answer(
    202,
    'informational',
    said('pending', 'The payload is stored durably; processing goes on.'),
    { 'Content-Location': statusUrl, 'Retry-After': '5', 'X-Plexus-Message': String(id) },
  );

/** Of one request, or of a payload that asks for nothing but to be taken in. */
export function settledAnswer(landed: Pick<Landed, 'id'>, settlement: Settlement): Response {
  const { status, type, issues, granted } = resultOf(settlement);
  if (granted === undefined || granted.version === 0)
    return status === 204
      ? new Response(null, { status, headers: messageHeader(landed) })
      : answer(status, type, issues, messageHeader(landed));
  const headers = {
    ...messageHeader(landed),
    ETag: eTagOf(granted),
    'Last-Modified': new Date(granted.changedMs).toUTCString(),
  };
  if (status === 204) return new Response(null, { status, headers });
  return answer(status, type, issues, { ...headers, Location: `/fhir/${locationOf(granted)}` });
}

/** A transaction: all of its entries, in the sender's order, or what stands against it. */
export function transactionAnswer(
  landed: Pick<Landed, 'id'>,
  settlement: Settlement,
  isEmpty = false,
): Response {
  const { outcome, written } = settlement;
  if (outcome === 'filtered' && written !== undefined && written.refused.length > 0) {
    const { status, type, issues } = refusedResult(written.refused.map(({ issue }) => issue));
    return answer(status, type, issues, messageHeader(landed));
  }
  if (outcome === 'delivered' && isEmpty) return bundleAnswer(landed, 'transaction-response', []);
  if (outcome !== 'delivered' || written === undefined) return settledAnswer(landed, settlement);
  const granted = written.granted.toSorted((left, right) => left.entry - right.entry);
  return bundleAnswer(landed, 'transaction-response', granted.map(grantedResult));
}

export function bundleAnswer(
  landed: Pick<Landed, 'id'>,
  type: 'batch-response' | 'transaction-response',
  results: readonly Result[],
): Response {
  const entries = results.map((result) => JSON.stringify(responseEntry(result)));
  // FHIR has no empty lists.
  const listed = entries.length === 0 ? '' : `,"entry":[${entries.join()}]`;
  const text = `{"resourceType":"Bundle","type":"${type}"${listed}}`;
  return new Response(text, {
    status: 200,
    headers: { 'Content-Type': fhirJson, ...messageHeader(landed) },
  });
}
