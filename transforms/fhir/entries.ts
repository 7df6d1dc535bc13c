import type { Issue } from '../../engine/index.ts';
import { isR4Type } from './r4.ts';

/** One resource of a payload, and where it stood. */
export type Entry = {
  readonly resource: Readonly<Record<string, unknown>> & { readonly resourceType: string };
  /** `Bundle.entry.fullUrl`, '' when there is none. */
  readonly fullUrl: string;
  /** FHIRPath of the resource in the payload. */
  readonly path: string;
};

export type Payload = {
  readonly messageType: string;
  readonly controlId: string;
  readonly entries: readonly Entry[];
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
 * Takes a FHIR payload (a resource or a Bundle) apart. Throws for nothing that a payload may hold.
 */
export function readPayload(payload: unknown): Payload {
  const issues: Issue[] = [];
  if (!isObject(payload)) {
    issues.push(error('fhir-json-invalid', 'the payload is no JSON object'));
    return { messageType: '', controlId: '', entries: [], issues };
  }
  const type = typeIn(payload, '', issues);
  if (type !== 'Bundle') {
    const entries = type === undefined ? [] : entryOf(payload, type, '', type, issues);
    return { messageType: type ?? '', controlId: '', entries, issues };
  }
  const { identifier, entry = [], type: kind } = payload;
  const controlId =
    isObject(identifier) && typeof identifier.value === 'string' ? identifier.value : '';
  if (typeof kind !== 'string' || !bundleTypes.has(kind)) {
    const expected = [...bundleTypes].join(', ');
    const message = `a Bundle of this type is not taken in; expected ${expected}`;
    issues.push(error('fhir-bundle-unsupported', message, 'Bundle.type'));
  }
  if (!Array.isArray(entry))
    issues.push(error('fhir-json-invalid', 'this is no list', 'Bundle.entry'));
  const entries = (Array.isArray(entry) ? entry : []).flatMap((one: unknown, index) =>
    readEntry(one, `Bundle.entry[${index}]`, issues),
  );
  return { messageType: 'Bundle', controlId, entries, issues };
}

function readEntry(entry: unknown, path: string, issues: Issue[]): Entry[] {
  if (!isObject(entry)) {
    issues.push(error('fhir-json-invalid', 'this entry is no object', path));
    return [];
  }
  if (!isPlainRequest(entry.request, `${path}.request`, issues)) return [];
  if (!isObject(entry.resource)) {
    issues.push(error('fhir-resource-missing', 'this entry holds no resource', path));
    return [];
  }
  const at = `${path}.resource`;
  const type = typeIn(entry.resource, at, issues);
  const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : '';
  return type === undefined ? [] : entryOf(entry.resource, type, fullUrl, at, issues);
}

/**
 * Only what says "this is the resource now"; the rest would change its meaning if it were ignored.
 */
function isPlainRequest(request: unknown, path: string, issues: Issue[]): boolean {
  if (!isObject(request)) return true;
  const { method, url } = request;
  if (method !== undefined && method !== 'POST' && method !== 'PUT') {
    const message = 'only entries with the methods POST and PUT are taken in';
    issues.push(error('fhir-method-unsupported', message, `${path}.method`));
    return false;
  }
  const isConditional =
    request.ifNoneExist !== undefined ||
    request.ifMatch !== undefined ||
    request.ifNoneMatch !== undefined ||
    (typeof url === 'string' && url.includes('?'));
  if (isConditional) {
    const message = 'conditional requests in a Bundle are not taken in';
    issues.push(error('fhir-conditional-unsupported', message, path));
  }
  return !isConditional;
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

function entryOf(
  resource: Json,
  resourceType: string,
  fullUrl: string,
  path: string,
  issues: Issue[],
): Entry[] {
  if (unstorable.has(resourceType)) {
    const message = `a ${resourceType} is nothing that can be stored here`;
    issues.push(error('fhir-type-unstorable', message, path));
    return [];
  }
  for (const [name, value] of Object.entries(resource)) {
    const isNamed = /^_?[a-z][A-Za-z0-9]*$/.test(name);
    if (isNamed && value !== null) continue;
    const what = isNamed ? 'an element is `null`' : 'an element has a name that FHIR cannot have';
    issues.push(error('fhir-element-invalid', what, path));
    return [];
  }
  const { id, meta } = resource;
  if (id !== undefined && !(typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id))) {
    issues.push(error('fhir-id-invalid', 'this is no FHIR id', `${path}.id`));
    return [];
  }
  if (meta !== undefined && !isObject(meta)) {
    issues.push(error('fhir-element-invalid', '`meta` is no object', `${path}.meta`));
    return [];
  }
  return [{ resource: { ...resource, resourceType }, fullUrl, path }];
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const error = (code: string, diagnostics: string, path?: string): Issue => ({
  severity: 'error',
  code,
  diagnostics,
  ...(path === undefined ? {} : { path }),
});
