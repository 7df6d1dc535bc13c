import type { Issue } from '../../engine/index.ts';
import type { IssueType } from './answers/index.ts';
import { type Asked, conditionIssue } from './envelope.ts';
import { conditionKeys, type Payload } from './payload/index.ts';

/** Why a request is turned away, before anything of it is stored. */
export type Bad = {
  readonly status: number;
  readonly type: IssueType;
  readonly code: string;
  readonly diagnostics: string;
  /** FHIRPath of the element, where one is at fault. */
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

export function bad(reason: 'body-too-large' | 'body-too-slow' | 'busy'): Bad {
  switch (reason) {
    case 'body-too-large': {
      const diagnostics = 'The body is over the limit of this listener.';
      return { status: 413, type: 'too-long', code: reason, diagnostics };
    }
    case 'body-too-slow': {
      const diagnostics = 'The body did not come in time.';
      const headers = { Connection: 'close' };
      return { status: 408, type: 'transient', code: reason, diagnostics, headers };
    }
    case 'busy': {
      const diagnostics = 'The listener is taking in as much as it can hold; send it again.';
      const headers = { 'Retry-After': '2' };
      return { status: 429, type: 'throttled', code: reason, diagnostics, headers };
    }
    default:
      throw new Error(`no answer for ${reason satisfies never}`);
  }
}

const resourceTypes: ReadonlySet<string> = new Set(['application/fhir+json', 'application/json']);
export const patchType = 'application/json-patch+json';

export const ndjsonType = 'application/fhir+ndjson';
const ndjsonTypes: ReadonlySet<string> = new Set([
  ndjsonType,
  'application/ndjson',
  'application/x-ndjson',
]);

export const isNdjson = (request: Request): boolean =>
  ndjsonTypes.has(mediaTypeOf(request)) && isPlainUtf8(request) && isR4(request);

/** The media type without its parameters, in lower case. */
export const mediaTypeOf = (request: Request): string =>
  (request.headers.get('content-type') ?? '').toLowerCase().split(';')[0]!.trim();

export function checkMedia(request: Request, { method }: Pick<Asked, 'method'>): Bad | undefined {
  if (method === 'DELETE') return undefined;
  const type = mediaTypeOf(request);
  const isPatch = method === 'PATCH';
  const isTaken = resourceTypes.has(type) || (isPatch && type === patchType);
  if (isTaken && isPlainUtf8(request) && isR4(request)) return undefined;
  const wanted = isPatch ? `${patchType} or application/fhir+json` : 'application/fhir+json';
  const diagnostics = `Send ${wanted} of R4 in UTF-8 and without a content encoding.`;
  const headers = isPatch ? { 'Accept-Patch': `${patchType}, application/fhir+json` } : {};
  return { status: 415, type: 'not-supported', code: 'media-type', diagnostics, headers };
}

/** A parameter of the media type, as `charset=utf-8`. */
const parameterOf = (request: Request, name: string): string | undefined =>
  (request.headers.get('content-type') ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
    .find((parameter) => parameter.startsWith(`${name}=`));

/** A sender may say which release it speaks (http.html#version-parameter). */
const isR4 = (request: Request): boolean =>
  /^fhirversion="?4\.0(?:\.\d)?"?$/.test(parameterOf(request, 'fhirversion') ?? 'fhirversion=4.0');

export function isPlainUtf8(request: Request): boolean {
  const charset = parameterOf(request, 'charset');
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  return encoding === 'identity' && (!charset || /^charset="?utf-?8"?$/.test(charset));
}

/** A condition that could not be decided is refused at once. */
export function unconditional({ method, url, ifMatch, ifNoneMatch, ifNoneExist }: Asked) {
  const query = url.indexOf('?');
  const search = method === 'POST' ? ifNoneExist : query < 0 ? undefined : url.slice(query);
  const issue = search === undefined ? undefined : conditionIssue(search);
  if (issue !== undefined) return { ...issue, status: 400, type: 'not-supported' } satisfies Bad;
  if (ifMatch !== undefined && !/^(?:W\/)?"?\d{1,15}"?$/.test(ifMatch.trim()))
    return headerInvalid('If-Match names one version, as W/"3".');
  if (ifNoneMatch !== undefined && (ifNoneMatch.trim() !== '*' || method !== 'PUT'))
    return headerInvalid('Of If-None-Match only `*` with PUT is understood.');
  return undefined;
}

/** A Bundle that is settled as one message, all or nothing, has to fit into memory at once. */
export function tooManyEntries(entries: number, max: number): Bad | undefined {
  if (entries <= max) return undefined;
  const diagnostics =
    `A Bundle that is taken in as one message may hold ${max} entries here. What need not be ` +
    'all or nothing goes as a Bundle of type `batch`, or as lines of NDJSON, of any number.';
  return { status: 413, type: 'too-long', code: 'fhir-transaction-too-large', diagnostics };
}

/** The same of a payload that was read. */
export const tooManyIn = ({ value, bundleType }: Payload, max: number): Bad | undefined =>
  bundleType === undefined || bundleType === 'batch' || !Array.isArray(value.entry)
    ? undefined
    : tooManyEntries(value.entry.length, max);

export const scopeMissing: Bad = {
  status: 403,
  type: 'forbidden',
  code: 'forbidden',
  diagnostics: 'The scopes of this sender do not allow every entry.',
};

const headerInvalid = (diagnostics: string): Bad => ({
  status: 400,
  type: 'invalid',
  code: 'fhir-request-invalid',
  diagnostics,
});

/** Does the body fit its address, and does this channel take resources like it? */
export function checkTypes(
  payload: Payload,
  asked: Asked,
  type: string,
  taken: ReadonlySet<string> | undefined,
): Bad | undefined {
  if (asked.method === 'PATCH') return undefined;
  const wrong = (status: number, code: string, diagnostics: string): Bad => ({
    status,
    type: 'invalid',
    code,
    diagnostics,
  });
  if (payload.resourceType !== type)
    return wrong(400, 'fhir-type-mismatch', `This address takes ${type}, and nothing else.`);
  const other = untaken(payload, taken);
  if (other !== undefined) return wrong(404, other.code, other.diagnostics);
  const [, , id] = /^([^/?]+)(?:\/([^/?]+))?/.exec(asked.url) ?? [];
  if (asked.method === 'PUT' && id !== undefined && payload.id !== id)
    return wrong(400, 'fhir-id-mismatch', 'The resource carries another id than its address.');
  const query = asked.url.indexOf('?');
  const wanted = asked.method === 'PUT' && query > 0 ? conditionKeys(asked.url.slice(query)) : [];
  if (!wanted.every((token) => payload.identifiers.includes(token)))
    return wrong(
      400,
      'fhir-condition-mismatch',
      'The resource lacks the identifier of its address.',
    );
  return undefined;
}

/** What stands against a payload whose types a channel does not take. */
export function untaken(
  payload: Payload,
  taken: ReadonlySet<string> | undefined,
): Issue | undefined {
  if (taken === undefined || typesIn(payload).every((one) => taken.has(one))) return undefined;
  const diagnostics = 'This channel does not take resources of this type.';
  return { severity: 'error', code: 'fhir-type-not-taken', diagnostics };
}

function typesIn({ resourceType, value }: Payload): readonly string[] {
  if (resourceType !== 'Bundle') return [resourceType];
  const entries: readonly unknown[] = Array.isArray(value.entry) ? value.entry : [];
  return (entries as EntryLike[]).flatMap((entry) => {
    const { method, url } = entry?.request ?? {};
    // What a patch or a deletion is about stands in its address alone.
    const addressed = typeof url === 'string' ? /^[A-Z][A-Za-z]+/.exec(url)?.[0] : undefined;
    const type = method === 'PATCH' ? addressed : (entry?.resource?.resourceType ?? addressed);
    return typeof type === 'string' ? [type] : [];
  });
}

type EntryLike = {
  readonly request?: { readonly method?: unknown; readonly url?: unknown };
  readonly resource?: { readonly resourceType?: unknown };
} | null;

/** RFC 7240; https://hl7.org/fhir/R4/async.html. */
export const isAsynchronous = (request: Request): boolean =>
  /(?:^|[,;\s])respond-async(?:$|[,;\s])/i.test(request.headers.get('prefer') ?? '');
