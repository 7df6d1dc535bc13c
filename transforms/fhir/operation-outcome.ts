import type { Issue } from '../../engine/index.ts';
import type { IssueType, OperationOutcome } from './r4.ts';

/** The system of Plexus's own issue codes (docs/reference/codes.md). */
const codeSystem = 'urn:plexus:codes';

/** The first pattern decides; the values: https://hl7.org/fhir/R4/valueset-issue-type.html */
const types: readonly (readonly [RegExp, IssueType])[] = [
  [/^fhir-(cardinality|full-url|empty)$/, 'required'],
  [/^fhir-(choice|choice-type|contained|element-unknown|profile|slice|slice-order)$/, 'structure'],
  [/^fhir-(fixed|pattern|length|range|reference-target|value-invalid)$/, 'value'],
  [/^fhir-binding$/, 'code-invalid'],
  [/^fhir-invariant$/, 'invariant'],
  [/^fhir-reference-unresolved$/, 'not-found'],
  [/^fhir-(modifier-)?extension-unknown$/, 'extension'],
  [/^unchecked$/, 'informational'],
  [/-(missing|absent)$/, 'required'],
  [/-(unsupported|unstorable)$/, 'not-supported'],
  [/-(too-deep|too-large|too-many)$/, 'too-long'],
  [/^code-/, 'code-invalid'],
  [/-conflict$/, 'conflict'],
  [/-duplicate$/, 'duplicate'],
  [/-(unavailable|timeout)$/, 'transient'],
  [/-bug$/, 'exception'],
  [/-(unknown|invalid|malformed|json)$/, 'invalid'],
];

/**
 * What is wrong, as FHIR says it. An HL7 path goes to `location`, a FHIRPath to `expression`. No
 * issue at all gives the "all is well" outcome, because an OperationOutcome must hold at least
 * one.
 */
export function toOperationOutcome(issues: readonly Issue[]): OperationOutcome {
  if (issues.length === 0) {
    const issue = {
      severity: 'information',
      code: 'informational',
      diagnostics: 'no issue',
    } as const;
    return { resourceType: 'OperationOutcome', issue: [issue] };
  }
  return { resourceType: 'OperationOutcome', issue: issues.map(toOutcomeIssue) };
}

function toOutcomeIssue(issue: Issue): OperationOutcome['issue'][number] {
  return {
    severity: issue.severity,
    code: types.find(([pattern]) => pattern.test(issue.code))?.[1] ?? 'processing',
    details: { coding: [{ system: codeSystem, code: issue.code }] },
    diagnostics: issue.diagnostics,
    ...pathOf(issue.path),
  };
}

function pathOf(path: string | undefined): { location?: string[]; expression?: string[] } {
  if (path === undefined) return {};
  return isHl7Path(path) ? { location: [path] } : { expression: [path] };
}

/** `PID-7`, `OBX[3]-5.1`: three capitals or digits, then a dash or an index. */
const isHl7Path = (path: string) => /^[A-Z][A-Z0-9]{2}(\[\d+\])?(-\d|$)/.test(path);
