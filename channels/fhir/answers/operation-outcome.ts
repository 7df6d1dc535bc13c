import type { Issue } from '../../../engine/index.ts';

/** What every answer with a body is. */
export const fhirJson = 'application/fhir+json; charset=utf-8';

/** https://hl7.org/fhir/R4/valueset-issue-type.html, as far as this listener needs it. */
export type IssueType =
  | 'conflict'
  | 'duplicate'
  | 'forbidden'
  | 'informational'
  | 'forbidden'
  | 'invalid'
  | 'login'
  | 'multiple-matches'
  | 'not-found'
  | 'not-supported'
  | 'processing'
  | 'too-costly'
  | 'too-long'
  | 'transient'
  | 'throttled';

/** Issues as a FHIR OperationOutcome; our stable code stands in `details.coding`. */
export const outcomeOf = (type: IssueType, issues: readonly Issue[]) => ({
  resourceType: 'OperationOutcome',
  issue: issues.map((issue) => ({
    severity: issue.severity,
    code: type,
    details: { coding: [{ system: 'urn:plexus:codes', code: issue.code }] },
    diagnostics: issue.diagnostics,
    ...(issue.path ? { expression: [issue.path] } : {}),
  })),
});

/** The same as JSON. */
export const outcomeJson = (type: IssueType, issues: readonly Issue[]): string =>
  JSON.stringify(outcomeOf(type, issues));
