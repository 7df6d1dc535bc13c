import type { Granted, Issue, Settlement } from '../../../engine/index.ts';
import { type IssueType, outcomeOf } from './operation-outcome.ts';

/**
 * What became of one request, in the terms of HTTP; the same for an answer of its own and for an
 * entry of a response Bundle (https://hl7.org/fhir/R4/http.html#transaction-response).
 */
export type Result = {
  readonly status: number;
  readonly type: IssueType;
  readonly issues: readonly Issue[];
  /** Of the resource, where the request was granted. */
  readonly granted?: Granted;
};

const statusOf = {
  created: 201,
  updated: 200,
  unchanged: 200,
  found: 200,
  deleted: 204,
  absent: 204,
} as const satisfies Record<Granted['did'], number>;

const sentences = {
  created: ['fhir-created', 'The resource was created.'],
  updated: ['fhir-updated', 'The resource was changed.'],
  unchanged: ['fhir-unchanged', 'The resource was like this already.'],
  found: ['fhir-found', 'The resource was there already and was left as it is.'],
  deleted: ['fhir-deleted', 'The resource was deleted.'],
  absent: ['fhir-absent', 'There was no such resource.'],
} as const satisfies Record<Granted['did'], readonly [code: string, sentence: string]>;

const refusals: Readonly<Record<string, readonly [status: number, type: IssueType]>> = {
  'fhir-version-conflict': [412, 'conflict'],
  'fhir-exists': [412, 'conflict'],
  'fhir-several-match': [412, 'multiple-matches'],
  'fhir-reference-unmatched': [412, 'not-found'],
  'fhir-not-found': [404, 'not-found'],
  'fhir-entry-duplicate': [409, 'duplicate'],
  'fhir-id-mismatch': [400, 'invalid'],
  'fhir-patch-failed': [422, 'processing'],
};

export const said = (code: string, diagnostics: string): Issue[] => [
  { severity: 'information', code, diagnostics },
];

export function grantedResult(granted: Granted): Result {
  const [code, sentence] = sentences[granted.did];
  const issues = said(code, sentence);
  return { status: statusOf[granted.did], type: 'informational', issues, granted };
}

/** A refusal of the store; all issues of one answer share the status of the first. */
export function refusedResult(issues: readonly Issue[]): Result {
  const [status, type] = refusals[issues[0]?.code ?? ''] ?? [422, 'processing'];
  return { status, type, issues };
}

/** What became of a message that holds one request. */
export function resultOf(settlement: Settlement): Result {
  const { outcome, issues, written } = settlement;
  const [granted] = written?.granted ?? [];
  switch (outcome) {
    case 'delivered':
      if (granted !== undefined && written?.granted.length === 1) return grantedResult(granted);
      return {
        status: 201,
        type: 'informational',
        issues: [...said('processed', 'The payload was processed.'), ...issues],
      };
    case 'filtered': {
      const refused = (written?.refused ?? []).map(({ issue }) => issue);
      if (refused.length > 0) return refusedResult(refused);
      const text = 'The payload is kept; the channel wants no resources of it.';
      return { status: 200, type: 'informational', issues: said('filtered', text) };
    }
    case 'quarantined': {
      const held = said('held', 'The payload is stored and waits for an analyst.');
      return { status: 422, type: 'processing', issues: issues.length > 0 ? issues : held };
    }
    default:
      throw new Error(`no answer for ${outcome satisfies never}`);
  }
}

export const eTagOf = ({ version }: Granted): string => `W/"${version}"`;

/** As the sender addresses it, relative to the base. */
export const locationOf = ({ type, id, version }: Granted): string =>
  `${type}/${id}/_history/${version}`;

/** An entry of a response Bundle. */
export function responseEntry({ status, type, issues, granted }: Result): object {
  const { version = 0, changedMs = 0 } = granted ?? {};
  const isThere = granted !== undefined && version > 0;
  return {
    response: {
      status: `${status} ${reasons[status] ?? ''}`.trim(),
      ...(isThere && status !== 204 ? { location: locationOf(granted) } : {}),
      ...(isThere
        ? { etag: eTagOf(granted), lastModified: new Date(changedMs).toISOString() }
        : {}),
      ...(granted === undefined ? { outcome: outcomeOf(type, issues) } : {}),
    },
  };
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  422: 'Unprocessable Content',
};
