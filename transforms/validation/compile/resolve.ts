import { isR4Type, readReference } from '../../fhir/index.ts';
import { fail, type Json, type Walk } from '../plan/index.ts';
import { isObject, isUri } from '../values/index.ts';

/**
 * What a reference leads to inside the payload: a contained resource, or an entry of the Bundle
 * around it (https://hl7.org/fhir/R4/bundle.html#references); undefined when it is not in there.
 */
export function resolve(reference: string, walk: Walk): Json | undefined {
  if (reference === '#') return walk.container;
  if (reference.startsWith('#')) return containedIn(walk.container, reference.slice(1));
  if (walk.bundle === undefined) return undefined;
  const [plain = ''] = reference.split('/_history/');
  const found = walk.bundle.byUrl.get(plain);
  if (found !== undefined) return found;
  const relative = readReference(plain);
  if (relative === undefined || relative.base !== '') return undefined;
  const base = readReference(walk.fullUrl)?.base ?? '';
  return base === '' ? undefined : walk.bundle.byUrl.get(`${base}/${plain}`);
}

/** The contained resource of that id. */
export function containedIn({ contained }: Json, id: string): Json | undefined {
  if (!Array.isArray(contained)) return undefined;
  return contained.find((one: unknown) => isObject(one) && one.id === id);
}

/**
 * Reports a reference that must lead to something in the payload and does not: a local one (ref-1),
 * a `urn:` in a Bundle, and what a document's Composition or a message's header refers to; and one
 * that is not written as references are.
 */
export function checkReference(value: unknown, walk: Walk): void {
  const reference = isObject(value) ? value.reference : undefined;
  // Of a text that is blank its own type has said so.
  if (typeof reference !== 'string' || reference === '#' || reference.trim() === '') return;
  const isLocal = reference.charCodeAt(0) === 35;
  if (!isLocal && !isWritten(reference)) {
    fail(walk, 'fhir-value-invalid', expected, 'reference');
    return;
  }
  checkType(value as Json, reference, walk);
  if (!isLocal && walk.bundle === undefined) return;
  if (!isLocal && !mustBeInside(reference, walk)) return;
  if (resolve(reference, walk) !== undefined) return;
  const where = isLocal ? 'nothing is contained here by that id (ref-1)' : 'no entry has this URL';
  fail(walk, 'fhir-reference-unresolved', where, 'reference');
}

/** `Reference.type` must not contradict what is referred to, as far as that can be seen here. */
function checkType({ type }: Json, reference: string, walk: Walk): void {
  if (typeof type !== 'string' || !isR4Type(type)) return;
  const found = resolve(reference, walk)?.resourceType ?? readReference(reference)?.type;
  if (typeof found === 'string' && isR4Type(found) && found !== type)
    fail(walk, 'fhir-reference-target', `the reference leads to a ${found}`, 'type');
}

const expected =
  'expected `Type/id` with a type that R4 has, a query as `Type?name=value`, an absolute URL, or ' +
  '`#id` for what is contained';

const absolute = /^[a-z][a-z0-9+.-]*:/i;
const relative =
  /^([A-Z][A-Za-z]+)(?:\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$|\?.)/;

/** Is it of a form that references have (https://hl7.org/fhir/R4/references.html#literal)? */
function isWritten(reference: string): boolean {
  const type = relative.exec(reference)?.[1];
  if (type !== undefined) return isR4Type(type) && isUri(reference);
  return absolute.test(reference) && isUri(reference);
}

function mustBeInside(reference: string, { bundle, resource }: Walk): boolean {
  if (bundle === undefined) return false;
  if (reference.startsWith('urn:')) return bundle.type !== 'searchset' && bundle.type !== 'history';
  const isWhole = bundle.type === 'document' || bundle.type === 'message';
  return isWhole && resource === bundle.first && readReference(reference)?.base === '';
}
