import { isUtf8 } from 'node:buffer';
import type { Issue } from '../../../engine/index.ts';
import { fhirOrderingKeys, unique } from './ordering-keys.ts';
import { requestKeys } from './request-keys.ts';
import { type Range, scanJson } from './scan-json.ts';

/**
 * What the journal needs to know of a FHIR payload; the resource itself is read again by the chain.
 */
export type Payload = {
  readonly resourceType: string;
  readonly id?: string;
  readonly orderingKeys: readonly string[];
  /** `system|value` of Bundle.identifier, the sender's own name for what it sends. */
  readonly bundleIdentifier?: string;
  /** `system|value` of each identifier of a resource that is no Bundle. */
  readonly identifiers: readonly string[];
  readonly bundleType?: string;
  /** Whether what it asks for depends on what is stored. */
  readonly isConditional: boolean;
  /** The resource itself, for the few who have to look into it. */
  readonly value: Readonly<Record<string, unknown>>;
};

export type PayloadRead = { readonly payload: Payload } | { readonly refused: Issue };

/** A Bundle of a million entries is a feed and not a message. */
export const entriesMaxDefault = 100_000;
/**
 * Of a Bundle that is one message: the chain holds all of it at once, and takes a fraction of the
 * time after which a worker counts as hung.
 */
export const transactionEntriesMaxDefault = 10_000;

/**
 * Looks at bytes that should be one FHIR resource in JSON: valid UTF-8, bounded depth, no name
 * twice in one object, valid JSON, an object with a resourceType. Never throws for what it is
 * given.
 */
export function readPayload(raw: Buffer, entriesMax = entriesMaxDefault): PayloadRead {
  if (!isUtf8(raw)) return refuse('fhir-not-utf8', 'The payload is not valid UTF-8.');
  const scanned = scanJson(raw, entriesMax);
  return 'refused' in scanned ? scanned : readScanned(raw);
}

/** The same for bytes that have been looked through already. */
export function readScanned(raw: Buffer): PayloadRead {
  const value = parseObject(raw);
  if ('refused' in value) return value;
  const { object } = value;
  const { resourceType, id } = object;
  const isEntry = isObject(object.request) || isObject(object.resource);
  if (resourceType === undefined && isEntry) return readEntry(object);
  if (typeof resourceType !== 'string' || !/^[A-Z][A-Za-z]{1,63}$/.test(resourceType)) {
    return refuse('fhir-resource-type-missing', 'The payload has no valid resourceType.');
  }
  const isBundle = resourceType === 'Bundle';
  const bundleIdentifier = isBundle ? identifierOf(object) : undefined;
  return {
    payload: {
      resourceType,
      ...(typeof id === 'string' ? { id } : {}),
      orderingKeys: unique([...fhirOrderingKeys(object), ...requestKeys(object)]),
      identifiers: isBundle ? [] : identifiersOf(object.identifier),
      isConditional: isBundle && listOf(object.entry).some(isConditional),
      value: object,
      ...(bundleIdentifier === undefined ? {} : { bundleIdentifier }),
      ...(typeof object.type === 'string' ? { bundleType: object.type } : {}),
    },
  };
}

type Json = Record<string, unknown>;

/** One `Bundle.entry` by itself: what it asks for is what its request says. */
function readEntry(entry: Json): PayloadRead {
  const resource = isObject(entry.resource) ? entry.resource : {};
  const { method, url } = isObject(entry.request) ? entry.request : {};
  const [named = ''] = typeof url === 'string' ? url.split(/[/?]/) : [];
  const resourceType = typeof resource.resourceType === 'string' ? resource.resourceType : named;
  const keys = [...fhirOrderingKeys(resource), ...requestKeys(entry)];
  // What is about nobody is in order with itself.
  if (keys.length === 0 && typeof url === 'string') keys.push(url);
  return {
    payload: {
      resourceType,
      orderingKeys: unique(keys),
      identifiers: identifiersOf(resource.identifier),
      isConditional: isConditional(entry) || method === 'PATCH',
      value: entry,
    },
  };
}

/** Does what an entry asks for depend on what is stored? */
function isConditional(entry: unknown): boolean {
  const request = isObject(entry) ? entry.request : undefined;
  if (!isObject(request)) return false;
  const { method, url, ifMatch, ifNoneMatch, ifNoneExist } = request;
  return (
    method === 'PATCH' ||
    ifMatch !== undefined ||
    ifNoneMatch !== undefined ||
    ifNoneExist !== undefined ||
    (typeof url === 'string' && url.includes('?'))
  );
}

export type BundleHead = { readonly type: unknown; readonly bundleIdentifier?: string };

/**
 * What a Bundle says of itself, read without its entries, which may be many; `raw` has been looked
 * through. Undefined for what is no Bundle.
 */
export function readBundleHead(
  raw: Buffer,
  entries: readonly Range[],
): BundleHead | { readonly refused: Issue } | undefined {
  const parts: Buffer[] = [];
  let from = 0;
  for (const [start, end] of entries) {
    parts.push(raw.subarray(from, start), zero);
    from = end;
  }
  parts.push(raw.subarray(from));
  const value = parseObject(Buffer.concat(parts));
  if ('refused' in value) return value;
  const { resourceType, type, entry } = value.object;
  if (resourceType !== 'Bundle') return undefined;
  if (entry !== undefined && !(Array.isArray(entry) && entry.length === entries.length))
    return refuse('fhir-entry-invalid', 'An entry of the Bundle is no object.');
  const bundleIdentifier = identifierOf(value.object);
  return { type, ...(bundleIdentifier === undefined ? {} : { bundleIdentifier }) };
}

const zero = Buffer.from('0');

function parseObject(raw: Buffer): { readonly object: Json } | { readonly refused: Issue } {
  let value: unknown;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch {
    // The parser's own message quotes the text, and so the patient.
    return refuse('fhir-json-invalid', 'The payload is not valid JSON.');
  }
  return isObject(value)
    ? { object: value }
    : refuse('fhir-not-a-resource', 'The payload is JSON, but no object.');
}

function identifierOf({ identifier }: Json): string | undefined {
  const { system, value } = isObject(identifier) ? identifier : {};
  if (typeof value !== 'string' || value === '') return undefined;
  return `${typeof system === 'string' ? system : ''}|${value}`;
}

function identifiersOf(value: unknown): string[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  return listed.flatMap((one) => {
    const { system, value: text } = (one ?? {}) as { system?: unknown; value?: unknown };
    return typeof system === 'string' && typeof text === 'string' ? [`${system}|${text}`] : [];
  });
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function refuse(code: string, diagnostics: string): { readonly refused: Issue } {
  return { refused: { severity: 'error', code, diagnostics } };
}
