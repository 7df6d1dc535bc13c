import type { Issue } from '../../engine/index.ts';
import { type Patch, readPatch } from './patch.ts';
import { isR4Type } from './r4.ts';
import { type Request, readRequest, verbs } from './request.ts';

/** One resource of a payload, or one request for it, and where it stood. */
export type Entry = {
  /** Without elements where the request brings none (DELETE). */
  readonly resource: Readonly<Record<string, unknown>> & { readonly resourceType: string };
  /** `Bundle.entry.fullUrl`, '' when there is none. */
  readonly fullUrl: string;
  /** FHIRPath of the resource in the payload. */
  readonly path: string;
  /** Its place in the Bundle, from 0 on. */
  readonly index: number;
  /** Absent where the payload only says "this is the resource now". */
  readonly request?: Request;
  readonly patch?: Patch;
};

export type Payload = {
  readonly messageType: string;
  readonly controlId: string;
  /** In the order in which they are worked off. */
  readonly entries: readonly Entry[];
  /** Its entries are requests that are decided one for all: they may name each other by search. */
  readonly isTransaction: boolean;
  /** What makes it unreadable; empty when all entries can be used. */
  readonly issues: readonly Issue[];
};

/** Bundles whose entries each stand for a resource's state. A history tells a course of events. */
const bundleTypes = new Set([
  'batch',
  'collection',
  'document',
  'message',
  'searchset',
  'transaction',
]);

/** Answers and parameters of operations; nothing that the spine keeps. */
const unstorable = new Set(['Bundle', 'Parameters']);

type Json = Record<string, unknown>;

/**
 * Takes a FHIR payload apart: a resource, a Bundle, or one `Bundle.entry` by itself, which is how a
 * listener lands what its address and headers say. Throws for nothing that a payload may hold.
 */
export function readPayload(payload: unknown): Payload {
  const issues: Issue[] = [];
  const nothing = { messageType: '', controlId: '', entries: [], isTransaction: false, issues };
  if (!isObject(payload)) {
    issues.push(error('fhir-json-invalid', 'the payload is no JSON object'));
    return nothing;
  }
  const isEntry = isObject(payload.request) || isObject(payload.resource);
  if (payload.resourceType === undefined && isEntry) {
    const entries = readEntry(payload, 0, '', issues);
    const messageType = entries[0]?.resource.resourceType ?? '';
    return { ...nothing, messageType, entries, isTransaction: true };
  }
  const type = typeIn(payload, '', issues);
  if (type === 'Bundle') return readBundle(payload, issues);
  const resource = type === undefined ? undefined : checked(payload, type, type, issues);
  if (type === undefined || resource === undefined) return { ...nothing, messageType: type ?? '' };
  return {
    ...nothing,
    messageType: type,
    entries: [{ resource, fullUrl: '', path: type, index: 0 }],
  };
}

function readBundle({ identifier, entry = [], type }: Json, issues: Issue[]): Payload {
  const controlId =
    isObject(identifier) && typeof identifier.value === 'string' ? identifier.value : '';
  if (typeof type !== 'string' || !bundleTypes.has(type)) {
    const expected = [...bundleTypes].join(', ');
    const message = `a Bundle of this type is not taken in; expected ${expected}`;
    issues.push(error('fhir-bundle-unsupported', message, 'Bundle.type'));
  }
  if (!Array.isArray(entry))
    issues.push(error('fhir-json-invalid', 'this is no list', 'Bundle.entry'));
  const entries = (Array.isArray(entry) ? entry : []).flatMap((one: unknown, index) =>
    readEntry(one, index, `Bundle.entry[${index}]`, issues),
  );
  const isTransaction = type === 'transaction';
  // A batch is for entries that know nothing of each other; their order is the sender's own.
  const ordered = isTransaction ? inOrderOfVerbs(entries) : entries;
  return { messageType: 'Bundle', controlId, entries: ordered, isTransaction, issues };
}

/** https://hl7.org/fhir/R4/http.html#trules; what brings no request is taken for a PUT. */
function inOrderOfVerbs(entries: readonly Entry[]): Entry[] {
  const turnOf = ({ request }: Entry): number => verbs.indexOf(request?.verb ?? 'PUT');
  return [...entries].sort((left, right) => turnOf(left) - turnOf(right));
}

/** `path`: of the entry; '' for one that stands by itself. */
function readEntry(entry: unknown, index: number, path: string, issues: Issue[]): Entry[] {
  if (!isObject(entry)) {
    issues.push(error('fhir-json-invalid', 'this entry is no object', path));
    return [];
  }
  const inEntry = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const request = isObject(entry.request)
    ? readRequest(entry.request, inEntry('request'), issues)
    : undefined;
  if (isObject(entry.request) && request === undefined) return [];
  const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : '';
  const place = { fullUrl, path: inEntry('resource'), index };
  if (request?.verb === 'DELETE' && entry.resource !== undefined) {
    const message = 'a DELETE has no resource; what this one brings would be lost';
    issues.push(error('fhir-request-invalid', message, place.path));
    return [];
  }
  if (request?.verb === 'DELETE')
    return [{ ...place, request, resource: { resourceType: request.type } }];
  if (!isObject(entry.resource)) {
    issues.push(error('fhir-resource-missing', 'this entry holds no resource', path));
    return [];
  }
  if (request?.verb === 'PATCH') {
    const patch = readPatch(entry.resource, place.path, issues);
    const resource = { resourceType: request.type };
    return patch === undefined ? [] : [{ ...place, request, resource, patch }];
  }
  const type = typeIn(entry.resource, place.path, issues);
  if (type === undefined) return [];
  const resource = checked(entry.resource, type, place.path, issues);
  if (resource === undefined || !isAsRequested(resource, request, place.path, issues)) return [];
  return [{ ...place, resource, ...(request === undefined ? {} : { request }) }];
}

function isAsRequested(
  { resourceType, id }: Entry['resource'],
  request: Request | undefined,
  path: string,
  issues: Issue[],
): boolean {
  if (request === undefined) return true;
  if (resourceType !== request.type) {
    const message = 'the address of the request is that of another resource type';
    issues.push(error('fhir-type-mismatch', message, `${path}.resourceType`));
    return false;
  }
  if (request.id === undefined || id === undefined || id === request.id) return true;
  const message = 'the resource has another id than the address of the request';
  issues.push(error('fhir-id-mismatch', message, `${path}.id`));
  return false;
}

function typeIn(resource: Json, path: string, issues: Issue[]): string | undefined {
  const { resourceType } = resource;
  const at = path === '' ? 'resourceType' : `${path}.resourceType`;
  if (typeof resourceType !== 'string' || resourceType === '') {
    issues.push(error('fhir-type-missing', 'this resource has no `resourceType`', at));
    return undefined;
  }
  if (!isR4Type(resourceType)) {
    issues.push(error('fhir-type-unknown', 'FHIR R4 has no resource of this type', at));
    return undefined;
  }
  return resourceType;
}

/** The resource, when it is one that can be kept. */
function checked(
  resource: Json,
  resourceType: string,
  path: string,
  issues: Issue[],
): Entry['resource'] | undefined {
  if (unstorable.has(resourceType)) {
    const message = `a ${resourceType} is nothing that can be stored here`;
    issues.push(error('fhir-type-unstorable', message, path));
    return undefined;
  }
  for (const [name, value] of Object.entries(resource)) {
    const isNamed = /^_?[a-z][A-Za-z0-9]*$/.test(name);
    if (isNamed && value !== null) continue;
    const what = isNamed ? 'an element is `null`' : 'an element has a name that FHIR cannot have';
    issues.push(error('fhir-element-invalid', what, path));
    return undefined;
  }
  const { id, meta } = resource;
  if (id !== undefined && !(typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id))) {
    issues.push(error('fhir-id-invalid', 'this is no FHIR id', `${path}.id`));
    return undefined;
  }
  if (meta !== undefined && !isObject(meta)) {
    issues.push(error('fhir-element-invalid', '`meta` is no object', `${path}.meta`));
    return undefined;
  }
  return { ...resource, resourceType };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const error = (code: string, diagnostics: string, path?: string): Issue => ({
  severity: 'error',
  code,
  diagnostics,
  ...(path === undefined ? {} : { path }),
});
