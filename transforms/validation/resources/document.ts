import { readReference } from '../../fhir/index.ts';
import { enter, type Json, leave, report, setPlace, type Walk } from '../plan/index.ts';
import { isObject } from '../values/index.ts';

/**
 * A document holds its Composition and what that leads to, or what says something of these, as a
 * Provenance does (https://hl7.org/fhir/R4/documents.html#content). An entry that nothing ties to
 * it is read by nobody: that is said, and stops nothing. A stylesheet (Binary) needs no tie.
 */
export function checkDocument({ entry }: Json, walk: Walk): void {
  const entries = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
  if (entries.length < 2) return;
  const tied = tiedToFirst(entries);
  enter(walk, 'entry');
  entries.forEach((one, at) => {
    const resource = isObject(one) ? one.resource : undefined;
    if (tied.has(at) || !isObject(resource) || resource.resourceType === 'Binary') return;
    setPlace(walk, at);
    const message = 'nothing ties this entry to the Composition of the document';
    report(walk, 'warning', 'fhir-entry-unreachable', message);
  });
  leave(walk);
}

/** The places of the entries that references lead to from the first, one way or the other. */
function tiedToFirst(entries: readonly unknown[]): ReadonlySet<number> {
  const places = new Map<string, number>();
  entries.forEach((one, at) => {
    if (isObject(one) && typeof one.fullUrl === 'string') places.set(one.fullUrl, at);
  });
  const ties: Set<number>[] = entries.map(() => new Set());
  entries.forEach((one, from) => {
    if (!isObject(one)) return;
    const base = typeof one.fullUrl === 'string' ? (readReference(one.fullUrl)?.base ?? '') : '';
    const found = new Set<string>();
    collectReferences(one.resource, found);
    for (const reference of found) {
      const [plain = ''] = reference.split('/_history/');
      const to = places.get(plain) ?? (base === '' ? undefined : places.get(`${base}/${plain}`));
      if (to === undefined) continue;
      ties[from]!.add(to);
      ties[to]!.add(from);
    }
  });
  const tied = new Set([0]);
  for (const at of tied) for (const next of ties[at] ?? []) tied.add(next);
  return tied;
}

function collectReferences(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) collectReferences(one, into);
  else if (isObject(value))
    for (const key in value) {
      const inner = value[key];
      if (key === 'reference' && typeof inner === 'string') into.add(inner);
      else if (typeof inner === 'object') collectReferences(inner, into);
    }
}
