import { exitCodes, PlexusError } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import { type MessageId, messages } from './messages.ts';

/** https://hl7.org/fhir/R4/valueset-issue-type.html, as far as terminology needs it. */
export type IssueType =
  | 'business-rule'
  | 'code-invalid'
  | 'exception'
  | 'informational'
  | 'invalid'
  | 'login'
  | 'not-found'
  | 'not-supported'
  | 'processing'
  | 'required'
  | 'too-costly';

/** The codes of http://hl7.org/fhir/tools/CodeSystem/tx-issue-type. */
export type TxIssueType =
  | 'cannot-infer'
  | 'code-comment'
  | 'code-rule'
  | 'display-comment'
  | 'invalid-code'
  | 'invalid-data'
  | 'invalid-display'
  | 'not-found'
  | 'not-in-vs'
  | 'process-note'
  | 'status-check'
  | 'this-code-not-in-vs'
  | 'version-error'
  | 'vs-invalid';

/** What an operation says of its question or its answer. */
export type TxIssue = {
  readonly severity: 'error' | 'warning' | 'information';
  readonly type: IssueType;
  readonly tx?: TxIssueType;
  readonly message: MessageId;
  readonly text: string;
  /** FHIRPath to the place in the question. */
  readonly at?: string;
  /** Whether the text belongs into the parameter `message`. */
  readonly isTold: boolean;
};

type Words<Id extends MessageId> = Parameters<(typeof messages)[Id]>;

export function sentence<Id extends MessageId>(id: Id, ...words: Words<Id>): string {
  return (messages[id] as (...words: Words<Id>) => string)(...words);
}

/** An issue with its sentence. */
export function issue<Id extends MessageId>(
  kind: Pick<TxIssue, 'severity' | 'type'> & Partial<Pick<TxIssue, 'tx' | 'at' | 'isTold'>>,
  message: Id,
  ...words: Words<Id>
): TxIssue {
  return { isTold: true, ...kind, message, text: sentence(message, ...words) };
}

const txIssueSystem = 'http://hl7.org/fhir/tools/CodeSystem/tx-issue-type';
const messageIdUrl = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id';

export function outcomeOf(issues: readonly TxIssue[]): Json {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity, type, tx, message, text, at }) => ({
      extension: [{ url: messageIdUrl, valueString: message }],
      severity,
      code: type,
      details: {
        ...(tx === undefined ? {} : { coding: [{ system: txIssueSystem, code: tx }] }),
        text,
      },
      ...(at === undefined ? {} : { location: [at], expression: [at] }),
    })),
  };
}

/** The question cannot be answered: an OperationOutcome in place of an answer. */
export class Refused extends PlexusError {
  readonly status: number;
  readonly outcome: Json;

  constructor(status: number, code: string, message: string, outcome: Json) {
    super(code, message, { exit: exitCodes.usage });
    this.status = status;
    this.outcome = outcome;
  }
}

/** The refusal that one issue is. */
export function refusedBy(status: number, one: TxIssue): Refused {
  const code = `terminology-${one.tx ?? one.type}`;
  return new Refused(status, code, one.text, outcomeOf([one]));
}

/** A refusal in plain words, for what is wrong with the question itself. */
export function declined(status: number, type: IssueType, text: string): Refused {
  const outcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: type, details: { text } }],
  };
  return new Refused(status, `terminology-${type}`, text, outcome);
}

/** Does a value set lead back to itself? */
export const isCircular = ({ outcome }: Refused): boolean =>
  JSON.stringify(outcome).includes('VALUESET_CIRCULAR_REFERENCE' satisfies MessageId);
