import type { Issue } from '../../engine/index.ts';
import { type Condition, readCondition } from './condition.ts';
import { isR4Type } from './r4.ts';

/** In the order in which a transaction's entries are worked off. */
export const verbs = ['DELETE', 'POST', 'PUT', 'PATCH'] as const;

export type Verb = (typeof verbs)[number];

/** What a sender asks for, by `Bundle.entry.request` or by the HTTP request that it stands for. */
export type Request = {
  readonly verb: Verb;
  readonly type: string;
  /** Of the address; absent where a search or nothing stands there. */
  readonly id?: string;
  /** Which resource is meant, or with POST: which one must not be there yet. */
  readonly search?: Condition;
  /** The version that the resource must have. */
  readonly match?: number;
  /** The resource must not be there. */
  readonly absent?: true;
};

type Json = Record<string, unknown>;

const address =
  /^(?:https?:\/\/[^?]+\/)?([A-Z][A-Za-z]{1,63})(?:\/([A-Za-z0-9\-.]{1,64}))?(\?.*)?$/;

/**
 * Reads `Bundle.entry.request` (https://hl7.org/fhir/R4/http.html#transaction). Undefined with what
 * is wrong in `issues`.
 */
export function readRequest(request: Json, path: string, issues: Issue[]): Request | undefined {
  const { method, url } = request;
  const wrong = (code: string, diagnostics: string, at: string): undefined => {
    issues.push({ severity: 'error', code, diagnostics, path: `${path}.${at}` });
    return undefined;
  };
  if (typeof method !== 'string' || !isVerb(method)) {
    const text = `only ${verbs.join(', ')} are taken in; nothing is read here`;
    return wrong('fhir-method-unsupported', text, 'method');
  }
  const found = typeof url === 'string' ? address.exec(url) : null;
  const [, type = '', id, query] = found ?? [];
  if (!isR4Type(type) || (id !== undefined && query !== undefined))
    return wrong('fhir-request-invalid', 'this is no address of R4 that can be written to', 'url');
  if (method === 'POST' ? id !== undefined || query !== undefined : !(id ?? query))
    return wrong('fhir-request-invalid', `${method} does not go to an address like this`, 'url');
  if (method !== 'POST' && request.ifNoneExist !== undefined)
    return wrong('fhir-request-invalid', 'only POST takes this condition', 'ifNoneExist');
  const sought = method === 'POST' ? request.ifNoneExist : query;
  const search = typeof sought === 'string' ? readCondition(type, sought) : undefined;
  if (sought !== undefined && search === undefined) {
    const text =
      'a condition is decided by identifiers (system|value) or `_id`, with the common parameters ' +
      'of the type beside, and by nothing else';
    return wrong('fhir-condition-unsupported', text, method === 'POST' ? 'ifNoneExist' : 'url');
  }
  const version = request.ifMatch === undefined ? undefined : readETag(request.ifMatch);
  if (request.ifMatch !== undefined && (version === undefined || method === 'POST'))
    return wrong('fhir-request-invalid', 'expected a version such as W/"3"', 'ifMatch');
  const { ifNoneMatch } = request;
  if (ifNoneMatch !== undefined && (ifNoneMatch !== '*' || method !== 'PUT'))
    return wrong('fhir-request-invalid', 'only `*` with PUT is understood', 'ifNoneMatch');
  return {
    verb: method,
    type,
    ...(id === undefined ? {} : { id }),
    ...(search === undefined ? {} : { search }),
    ...(version === undefined ? {} : { match: version }),
    ...(ifNoneMatch === undefined ? {} : { absent: true as const }),
  };
}

const isVerb = (method: string): method is Verb => (verbs as readonly string[]).includes(method);

/** `W/"3"`, `"3"` or `3`: versions are numbers here. */
function readETag(text: unknown): number | undefined {
  const digits = typeof text === 'string' ? /^(?:W\/)?"?(\d{1,15})"?$/.exec(text.trim())?.[1] : '';
  return digits ? Number(digits) : undefined;
}
