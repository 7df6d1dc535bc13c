import { ConfigError, exitCodes, type Issue, PlexusError } from '../../../engine/index.ts';

export const fhirJson = 'application/fhir+json; charset=utf-8';

/** https://hl7.org/fhir/R4/valueset-issue-type.html, as far as this service needs it. */
type IssueType =
  | 'business-rule'
  | 'code-invalid'
  | 'conflict'
  | 'exception'
  | 'invalid'
  | 'login'
  | 'multiple-matches'
  | 'not-found'
  | 'not-supported'
  | 'required'
  | 'too-costly'
  | 'too-long'
  | 'transient';

type Answer = readonly [status: number, type: IssueType];

/** What the refusals of identity are over HTTP; all others are broken rules. */
const answers: Readonly<Record<string, Answer>> = {
  'identity-unknown-person': [404, 'not-found'],
  'identity-unknown-record': [404, 'not-found'],
  'identity-unknown-review': [404, 'not-found'],
  'identity-source-unknown': [404, 'not-found'],
  'identity-domain-unknown': [400, 'code-invalid'],
  'identity-target-unknown': [403, 'code-invalid'],
  'identity-ambiguous': [409, 'multiple-matches'],
  'identity-do-not-link': [409, 'conflict'],
  'identity-review-closed': [409, 'conflict'],
  'identity-search-too-broad': [403, 'too-costly'],
  'identity-search-domain-unknown': [404, 'not-found'],
  'identity-page-gone': [410, 'not-found'],
  'identity-busy': [503, 'transient'],
  'identity-no-data': [404, 'not-found'],
  'unknown-path': [404, 'not-found'],
  'method-not-allowed': [405, 'not-supported'],
  'media-type': [415, 'not-supported'],
  'format-unsupported': [406, 'not-supported'],
  'body-too-large': [413, 'too-long'],
  unauthorized: [401, 'login'],
  'parameter-missing': [400, 'required'],
  'parameter-invalid': [400, 'invalid'],
};

export type Told = Pick<Issue, 'code' | 'diagnostics'>;

/** Something wrong with the request itself. */
export function refused(code: string, message: string): PlexusError {
  return new PlexusError(code, message, { exit: exitCodes.usage });
}

/** An error as an OperationOutcome; a bug says nothing of itself. */
export function outcomeOf(cause: unknown): Response {
  if (cause instanceof ConfigError) {
    const issues = cause.issues.map(({ code, message }) => ({ code, diagnostics: message }));
    return outcomeResponse(503, 'exception', issues);
  }
  if (!(cause instanceof PlexusError)) {
    const diagnostics = 'an error inside Plexus; its log says where';
    return outcomeResponse(500, 'exception', [{ code: 'bug', diagnostics }]);
  }
  const { code, message, exit } = cause;
  const [status, type] = answers[code] ?? fallbackOf(exit);
  return outcomeResponse(status, type, [{ code, diagnostics: message }]);
}

const fallbackOf = (exit: number): Answer =>
  exit === exitCodes.usage ? [422, 'business-rule'] : [503, 'exception'];

/** The body of a 401, 413 or 503 that was answered before the service saw the request. */
export function refusalOutcome(code: string, message: string): { type: string; text: string } {
  const [, type] = answers[code] ?? fallbackOf(exitCodes.unavailable);
  return { type: fhirJson, text: outcomeText(type, [{ code, diagnostics: message }]) };
}

/** Seconds after which a caller who met chain workers at work tries again. */
const retryAfter = '2';

function outcomeResponse(status: number, type: IssueType, issues: readonly Told[]): Response {
  const headers: Record<string, string> = { 'Content-Type': fhirJson };
  if (status === 503) headers['Retry-After'] = retryAfter;
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="plexus"';
  return new Response(outcomeText(type, issues), { status, headers });
}

function outcomeText(type: IssueType, issues: readonly Told[]): string {
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: issues.map(({ code, diagnostics }) => ({
      severity: 'error',
      code: type,
      details: { coding: [{ system: 'urn:plexus:codes', code }] },
      diagnostics,
    })),
  });
}
