import type { Environment } from './code.ts';
import type { PathIssue } from './faults.ts';
import type { Items, PathNode } from './node.ts';

/** The nodes that an expression gives, or what kept it from giving any. */
export type Reading = Items | PathIssue;

export const isPathIssue = (reading: unknown): reading is PathIssue =>
  typeof reading === 'object' && reading !== null && 'diagnostics' in reading;

/** An expression, read once and run many times; it keeps nothing of what it ran on. */
export type CompiledPath = {
  readonly expression: string;
  /** False: it runs in fhirpath.js, many times slower; `refused` names what is not compiled. */
  readonly compiled: boolean;
  readonly refused?: string;
  /** Of the focus: a resource (`resourceNode`) or one of its elements (`makeNode`). */
  readonly evaluate: (focus: PathNode, environment?: Environment) => Reading;
  /**
   * For invariants, which must be true: an expression that gives nothing does not hold, as in
   * HL7's own validator; a single value that is no boolean counts as true (N1, section 4.5). An
   * issue where it could not be evaluated, which is neither.
   */
  readonly holds: (focus: PathNode, environment?: Environment) => boolean | PathIssue;
};
