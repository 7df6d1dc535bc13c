import type { Issue } from '../../engine/index.ts';

/** Where in an expression, 1-based as editors count. */
export type Place = { readonly line: number; readonly column: number };

/** What is wrong with an expression, or with the data that it met. */
export type PathIssue = Issue & { readonly position?: Place };

/**
 * The codes of this folder: the expression cannot be read or contradicts the types
 * (`fhirpath-invalid`), it met data for which the specification asks for an error
 * (`fhirpath-failed`), or it needs a service that is not at hand (`fhirpath-unavailable`).
 */
export type FaultCode = 'fhirpath-invalid' | 'fhirpath-failed' | 'fhirpath-unavailable';

type Fault = Error & { readonly pathIssue: PathIssue };

/** Ends a compilation or an evaluation; `index.ts` of the folder turns it into a value. */
export function fault(code: FaultCode, sentence: string, position?: Place): Fault {
  const at = position === undefined ? {} : { position };
  const pathIssue: PathIssue = { severity: 'error', code, diagnostics: sentence, ...at };
  return Object.assign(new Error(sentence), { pathIssue });
}

/** An error of evaluation, as the specification asks for. */
export const failed = (sentence: string): Fault => fault('fhirpath-failed', sentence);

export const invalid = (sentence: string, at?: Place): Fault =>
  fault('fhirpath-invalid', sentence, at);

/** The issue of what was thrown; a bug is thrown on. */
export function issueOf(error: unknown): PathIssue {
  if (error instanceof Error && 'pathIssue' in error) return (error as Fault).pathIssue;
  if (error instanceof RangeError && error.message.includes('call stack'))
    return failed('The expression or the data is nested too deeply.').pathIssue;
  throw error;
}

/** What the compiler leaves to fhirpath.js, by the name of what it does not claim. */
type Refusal = Error & { readonly refused: string };

export const refuse = (name: string): Refusal =>
  Object.assign(new Error(`not compiled: ${name}`), { refused: name });

export const refusedBy = (error: unknown): string | undefined =>
  error instanceof Error && 'refused' in error ? (error as Refusal).refused : undefined;
