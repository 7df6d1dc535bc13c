import type { Json, Knowledge, Release, ResourceType, Wanted } from '../knowledge.ts';
import { declined } from '../operations/index.ts';
import { fhirJson, fhirResponse } from './outcome.ts';
import type { TerminologyServiceOptions } from './service.ts';

const countDefault = 20;
const countMax = 200;

/** GET /TYPE/ID: the whole resource, however large. */
export function readResource(
  { knowledge, document }: TerminologyServiceOptions,
  type: ResourceType,
  id: string,
): Response {
  const release = knowledge().byId(type, id);
  const pieces = release === undefined ? undefined : document(type, release);
  if (pieces === undefined) throw declined(404, 'not-found', `there is no ${type}/${id}`);
  return new Response(streamOf(pieces), { headers: { 'Content-Type': fhirJson } });
}

function streamOf(pieces: Iterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const { value, done } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel() {
      iterator.return?.();
    },
  });
}

/** Parameters of a search that say the same under several names. */
const names: Readonly<Record<string, keyof Omit<Wanted, 'offset' | 'count'>>> = {
  _id: 'id',
  url: 'url',
  version: 'version',
  status: 'status',
  name: 'name',
  title: 'title',
  system: 'system',
  reference: 'system',
  'source-system': 'system',
  'target-system': 'system',
  'source-group-system': 'system',
  'target-group-system': 'system',
};

const control = new Set(['_count', '_offset', '_format', '_pretty', '_summary', '_total']);

/** GET /TYPE and POST /TYPE/_search: a page of releases, each without its concepts or elements. */
export function searchResources(
  knowledge: Knowledge,
  type: ResourceType,
  query: URLSearchParams,
  base: string,
): Response {
  const wanted = wantedOf(query);
  const { total, page } = knowledge.search(type, wanted);
  const next = wanted.offset + page.length;
  const link = (relation: string, offset: number) => {
    const params = new URLSearchParams(query);
    params.set('_count', String(wanted.count));
    params.set('_offset', String(offset));
    return { relation, url: `${base}/${type}?${params}` };
  };
  const entry = page.flatMap((release) => {
    const resource = headingOf(knowledge, type, release);
    return resource === undefined ? [] : [entryOf(base, type, resource)];
  });
  return fhirResponse({
    ...{ resourceType: 'Bundle', type: 'searchset', total },
    link: [
      link('self', wanted.offset),
      ...(next < total && page.length > 0 ? [link('next', next)] : []),
    ],
    ...(entry.length === 0 ? {} : { entry }),
  });
}

function entryOf(base: string, type: ResourceType, resource: Json): Json {
  const { id } = resource;
  const place = typeof id === 'string' ? { fullUrl: `${base}/${type}/${id}` } : {};
  return { ...place, resource, search: { mode: 'match' } };
}

function wantedOf(query: URLSearchParams): Wanted {
  const wanted: Record<string, string> = {};
  for (const [written, value] of query) {
    const [name = '', modifier] = written.split(':');
    if (control.has(name)) continue;
    const key = Object.hasOwn(names, name) ? names[name] : undefined;
    if (key === undefined || modifier !== undefined)
      throw declined(400, 'not-supported', `the search parameter ${written} is not served`);
    // A canonical reference may carry its version.
    const bar = key === 'url' ? value.indexOf('|') : -1;
    wanted[key] = bar < 0 ? value : value.slice(0, bar);
    if (bar >= 0) wanted.version = value.slice(bar + 1);
  }
  const count = Math.min(wholeOf(query, '_count') ?? countDefault, countMax);
  return { ...wanted, count, offset: wholeOf(query, '_offset') ?? 0 };
}

function wholeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw declined(400, 'invalid', `${name} is not a whole number`);
}

const subsetted = {
  tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
};

function headingOf(
  knowledge: Knowledge,
  type: ResourceType,
  { url, version }: Release,
): Json | undefined {
  switch (type) {
    case 'ValueSet':
      return knowledge.valueSet(url, version)?.resource;
    case 'CodeSystem':
      return marked(knowledge.codeSystem(url, version)?.resource);
    case 'ConceptMap':
      return marked(knowledge.conceptMap(url, version)?.resource);
    default:
      throw new Error(`no such type: ${type satisfies never}`);
  }
}

const marked = (resource: Json | undefined) =>
  resource && { ...resource, meta: { ...(resource.meta as Json | undefined), ...subsetted } };
