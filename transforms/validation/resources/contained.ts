import { enter, fail, type Json, leave, setPlace, type Walk } from '../plan/index.ts';
import { isObject } from '../values/index.ts';

/**
 * The rules of contained resources (https://hl7.org/fhir/R4/references.html#contained, dom-2 to
 * dom-5): an id of its own, one level only, somebody who refers to it, and no life of its own.
 */
export function checkContained(resource: Json, walk: Walk): void {
  const { contained } = resource;
  if (!Array.isArray(contained)) return;
  const named = new Set<string>();
  collectLocal(resource, named);
  const ids = new Set<unknown>();
  enter(walk, 'contained');
  contained.forEach((one: unknown, at) => {
    if (!isObject(one)) return;
    setPlace(walk, at);
    if (typeof one.id !== 'string')
      fail(walk, 'fhir-contained', 'a contained resource needs an id by which it is referred to');
    else if (ids.has(one.id))
      fail(walk, 'fhir-contained', 'two contained resources have this id', 'id');
    else if (!named.has(`#${one.id}`) && !refersToContainer(one))
      fail(walk, 'fhir-contained', 'nothing refers to this contained resource (dom-3)');
    ids.add(one.id);
    if (one.contained !== undefined)
      fail(walk, 'fhir-contained', 'a contained resource contains no other (dom-2)', 'contained');
    checkMeta(one.meta, walk);
  });
  leave(walk);
}

function checkMeta(meta: unknown, walk: Walk): void {
  if (!isObject(meta)) return;
  for (const name of ['versionId', 'lastUpdated'])
    if (meta[name] !== undefined)
      fail(walk, 'fhir-contained', 'a contained resource has no version (dom-4)', `meta.${name}`);
  if (meta.security !== undefined)
    fail(walk, 'fhir-contained', 'a contained resource has no label (dom-5)', 'meta.security');
}

/** Elements that are a text wherever R4 has them: what looks like a reference there is none. */
const texts = new Set(
  'code comment description display div family given id line name text title valueString'.split(
    ' ',
  ),
);

function collectLocal(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    if (value.charCodeAt(0) === 35) into.add(value);
  } else if (Array.isArray(value)) for (const one of value) collectLocal(one, into);
  else if (isObject(value))
    for (const key in value)
      if (typeof value[key] !== 'string' || !texts.has(key)) collectLocal(value[key], into);
}

function refersToContainer(resource: Json): boolean {
  const named = new Set<string>();
  collectLocal(resource, named);
  return named.has('#');
}
