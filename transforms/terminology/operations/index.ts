import type { Json } from '../knowledge.ts';
import { askedBy } from './asked.ts';
import { type ClosureTables, closure } from './closure.ts';
import { expand } from './expand/index.ts';
import { lookup } from './lookup.ts';
import { questionOf, type Surroundings } from './question.ts';
import { related } from './related.ts';
import { subsumes } from './subsumes.ts';
import { translate } from './translate.ts';
import { batchValidate, validateInSystem, validateInValueSet } from './validate/index.ts';

export { parametersOfQuery } from './asked.ts';
export {
  type About,
  capabilityStatement,
  terminologyCapabilities,
  terminologyResources,
  versionsOperation,
} from './capabilities.ts';
export {
  type ClosureEntry,
  type ClosureTable,
  type ClosureTables,
  createClosureTables,
} from './closure.ts';
export { type ExpandedCode, expandedCodes, valueSetBy } from './expand/index.ts';
export { declined, type IssueType, isCircular, outcomeOf, Refused } from './issue.ts';
export type { Surroundings } from './question.ts';
export { type Membership, memberships } from './value-set/index.ts';

/** An operation: Parameters in, a resource out. Throws `Refused`. */
export type Operation = (parameters: Json, around: Around) => Json;

export type Around = Surroundings & {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly closures: ClosureTables;
  /** Who asks: closure tables are everybody's own. */
  readonly owner: string;
};

const on =
  (operation: (question: ReturnType<typeof questionOf>, around: Around) => Json): Operation =>
  (parameters, around) =>
    operation(questionOf(askedBy(parameters), around), around);

/** The operations by the type that they are asked of, and their name without the dollar. */
export const operations: Readonly<Record<string, Operation>> = {
  'CodeSystem/lookup': on(lookup),
  'CodeSystem/validate-code': on(validateInSystem),
  'CodeSystem/subsumes': on(subsumes),
  'ValueSet/expand': on((question, { nowMs }) => expand(question, nowMs)),
  'ValueSet/validate-code': on(validateInValueSet),
  'ValueSet/batch-validate-code': (parameters, around) =>
    batchValidate(parameters, (one) => on(validateInValueSet)(one, around)),
  'ValueSet/related': on(related),
  'ConceptMap/translate': on(translate),
  'ConceptMap/closure': on((question, { closures, owner }) => closure(question, closures, owner)),
};
