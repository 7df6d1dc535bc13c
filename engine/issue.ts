/**
 * One thing that is wrong with data, as a value. It becomes an `issue` of a FHIR OperationOutcome
 * (https://hl7.org/fhir/R4/operationoutcome.html) wherever a reader meets it.
 */
export type Issue = {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  /** Stable, kebab-case, documented in docs/reference/codes.md; safe as a metric label. */
  readonly code: string;
  /** A sentence that the analyst who reads it understands. No patient data in it. */
  readonly diagnostics: string;
  /** Where: an HL7 path such as `PID-7` or a FHIRPath expression such as `Patient.birthDate`. */
  readonly path?: string;
  /** Byte offset in the raw payload, where one is known. */
  readonly offset?: number;
};

/** Does any of these issues stop the message that they are about? */
export function isBlocking(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'fatal' || issue.severity === 'error');
}

/** One mistake in a configuration file, 1-based as editors count. */
export type ConfigIssue = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** What is wrong, what was expected, and the nearest right word where there is one. */
  readonly message: string;
};
