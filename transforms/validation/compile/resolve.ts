import { readReference } from '../../fhir/index.ts';
import { fail, type Json, type Walk } from '../plan/index.ts';
import { isObject } from '../values/index.ts';

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
 * a `urn:` in a Bundle, and what a document's Composition or a message's header refers to.
 */
export function checkReference(value: unknown, walk: Walk): void {
  const reference = isObject(value) ? value.reference : undefined;
  if (typeof reference !== 'string' || reference === '#') return;
  const isLocal = reference.charCodeAt(0) === 35;
  if (!isLocal && walk.bundle === undefined) return;
  if (!isLocal && !mustBeInside(reference, walk)) return;
  if (resolve(reference, walk) !== undefined) return;
  const where = isLocal ? 'nothing is contained here by that id (ref-1)' : 'no entry has this URL';
  fail(walk, 'fhir-reference-unresolved', where, 'reference');
}

function mustBeInside(reference: string, { bundle, resource }: Walk): boolean {
  if (bundle === undefined) return false;
  if (reference.startsWith('urn:')) return bundle.type !== 'searchset' && bundle.type !== 'history';
  const isWhole = bundle.type === 'document' || bundle.type === 'message';
  return isWhole && resource === bundle.first && readReference(reference)?.base === '';
}
