import { isR4Type } from '../../fhir/index.ts';
import { fail, type Json, report, type Walk } from '../plan/index.ts';
import { isObject } from '../values/index.ts';

/** An address on a server: a type, or a type and an id, or a search for one. */
const address = /^(?:https?:\/\/[^?]+\/)?([A-Z][A-Za-z]+)(?:\/([A-Za-z0-9\-.]{1,64}))?(\?.*)?$/;

/** An entry has nobody's content to bring when it reads or deletes. */
const withoutContent = new Set(['GET', 'HEAD', 'DELETE']);

/**
 * A request of a transaction or a batch fits its resource
 * (https://hl7.org/fhir/R4/http.html#transaction). Operations (`$`) and searches (`_search`) are no
 * addresses: they take what they take.
 */
export function checkRequest({ request, resource }: Json, walk: Walk): void {
  if (!isObject(request)) return;
  const { method, url } = request;
  if (typeof method !== 'string') return;
  if (request.ifNoneExist !== undefined && method !== 'POST')
    fail(walk, 'fhir-request-invalid', `a ${word(method)} takes no ifNoneExist`, 'request');
  if (withoutContent.has(method) && isObject(resource)) {
    fail(walk, 'fhir-request-invalid', `a ${method} has no resource`, 'resource');
    return;
  }
  const [, type = '', id, query] = (typeof url === 'string' && address.exec(url)) || [];
  if (!isR4Type(type)) return;
  const writes = method === 'PUT' || method === 'PATCH' || (method === 'POST' && id === undefined);
  if (!isObject(resource)) {
    if (writes) fail(walk, 'fhir-cardinality', `a ${method} needs its \`resource\``, 'resource');
    return;
  }
  if (!writes || method === 'PATCH') return;
  if (resource.resourceType !== type)
    fail(
      walk,
      'fhir-type-mismatch',
      'the resource is not of the type of this address',
      'request.url',
    );
  else if (method === 'PUT' && query === undefined && resource.id !== id)
    fail(
      walk,
      'fhir-id-mismatch',
      'the resource does not have the id of this address',
      'request.url',
    );
}

/** What a sender wrote for a method is not repeated, unless it is one. */
const word = (method: string): string => (/^[A-Z]{3,7}$/.test(method) ? method : 'method');

/** A resource that was deleted has no content at the end of it (http.html#history). */
export function checkPast({ request, resource }: Json, walk: Walk): void {
  if (isObject(request) && request.method === 'DELETE' && isObject(resource))
    report(walk, 'warning', 'fhir-request-invalid', 'a DELETE has no resource', 'resource');
}

/** `201`, or `201 Created` (Bundle.entry.response.status). */
export function checkResponse({ response }: Json, walk: Walk): void {
  const status = isObject(response) ? response.status : undefined;
  if (typeof status !== 'string' || status.trim() === '' || /^[1-5]\d\d(?:\s|$)/.test(status))
    return;
  fail(walk, 'fhir-value-invalid', 'expected an HTTP status, as 201', 'response.status');
}

const changes = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * What a request changes, by its address; undefined where that is a search or a new resource. Of a
 * transaction no two may change the same (http.html#trules).
 */
export function changedBy({ request }: Json): string | undefined {
  const { method, url } = isObject(request) ? request : {};
  if (typeof method !== 'string' || typeof url !== 'string' || !changes.has(method))
    return undefined;
  const [, type = '', id, query] = address.exec(url) ?? [];
  return id !== undefined && query === undefined && isR4Type(type) ? `${type}/${id}` : undefined;
}
