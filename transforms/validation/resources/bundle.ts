import { isR4Type, readReference } from '../../fhir/index.ts';
import {
  type BundleIndex,
  enter,
  fail,
  type Json,
  leave,
  report,
  setPlace,
  type Walk,
} from '../plan/index.ts';
import { isObject } from '../values/index.ts';
import { checkDocument } from './document.ts';
import { changedBy, checkPast, checkRequest, checkResponse } from './requests.ts';

/** The entries of a Bundle by the URLs that references find them by. */
export function indexBundle({ type, entry }: Json): BundleIndex {
  const byUrl = new Map<string, Json>();
  const entries = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
  for (const one of entries)
    if (isObject(one) && typeof one.fullUrl === 'string' && isObject(one.resource))
      byUrl.set(one.fullUrl, one.resource);
  const [first] = entries;
  const resource = isObject(first) ? first.resource : undefined;
  return {
    type: typeof type === 'string' ? type : '',
    byUrl,
    first: isObject(resource) ? resource : undefined,
  };
}

/** Bundles whose entries refer to each other by these URLs; elsewhere a wrong one harms less. */
const withLinks = new Set(['document', 'message', 'transaction', 'batch', 'collection']);

/** Bundles whose entries may come without a URL: their resources have none yet. */
const withoutUrls = new Set(['batch', 'transaction', 'batch-response', 'transaction-response']);

/**
 * The rules of entries that no invariant says, or only slowly
 * (https://hl7.org/fhir/R4/bundle.html#bundle-unique, bdl-7): an absolute URL for each resource,
 * not the same for two, and one that does not contradict the resource; a request that fits it
 * (https://hl7.org/fhir/R4/http.html#transaction).
 */
export function checkBundle({ type, entry }: Json, walk: Walk): void {
  if (!Array.isArray(entry)) return;
  const seen = new Set<string>();
  const changed = new Set<string>();
  enter(walk, 'entry');
  entry.forEach((one: unknown, at) => {
    if (!isObject(one)) return;
    setPlace(walk, at);
    const { fullUrl, resource } = one;
    if (type === 'batch' || type === 'transaction') checkRequest(one, walk);
    if (type === 'history') checkPast(one, walk);
    if (type === 'transaction') checkChanged(one, changed, walk);
    if (one.response !== undefined) checkResponse(one, walk);
    if (typeof fullUrl === 'string') {
      checkUrl(fullUrl, resource, withLinks.has(String(type)), walk);
      const key = `${fullUrl} ${versionOf(resource)}`;
      if (type !== 'history' && seen.has(key))
        fail(walk, 'fhir-full-url-duplicate', 'an entry before has this URL (bdl-7)', 'fullUrl');
      seen.add(key);
    } else if (isObject(resource) && !withoutUrls.has(String(type)) && one._fullUrl === undefined)
      fail(walk, 'fhir-full-url', 'an entry with a resource needs a `fullUrl`', 'fullUrl');
  });
  leave(walk);
  if (type === 'document') checkDocument({ entry }, walk);
}

function checkChanged(entry: Json, before: Set<string>, walk: Walk): void {
  const target = changedBy(entry);
  if (target === undefined) return;
  if (before.has(target))
    fail(walk, 'fhir-entry-duplicate', 'an entry before changes the same resource', 'request.url');
  before.add(target);
}

function versionOf(resource: unknown): string {
  const meta = isObject(resource) ? resource.meta : undefined;
  return isObject(meta) && typeof meta.versionId === 'string' ? meta.versionId : '';
}

function checkUrl(fullUrl: string, resource: unknown, hasLinks: boolean, walk: Walk): void {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(fullUrl)) {
    fail(walk, 'fhir-full-url', 'a `fullUrl` is an absolute URL', 'fullUrl');
    return;
  }
  const named = readReference(fullUrl);
  if (named === undefined || !isObject(resource) || typeof resource.id !== 'string') return;
  const { resourceType } = resource;
  if (!isR4Type(named.type) || typeof resourceType !== 'string' || !isR4Type(resourceType)) return;
  if (named.type !== resourceType)
    fail(
      walk,
      'fhir-full-url',
      'the `fullUrl` names another type than the resource has',
      'fullUrl',
    );
  if (named.type !== resourceType || named.id === resource.id) return;
  const severity = hasLinks ? 'error' : 'warning';
  const message = 'the `fullUrl` names another id than the resource has';
  report(walk, severity, 'fhir-full-url', message, 'fullUrl');
}
