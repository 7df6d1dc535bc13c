import { childrenOf, type Element, elementsOf } from './elements.ts';
import type { Merged } from './merge.ts';

/** Where a rule writes: the row that owns it, and the elements from there. */
export type Target = {
  /** Id of the resource or part row. */
  readonly owner: string;
  /** Empty when the whole part is written. */
  readonly elements: readonly Element[];
};

export type TargetError = {
  readonly word: string;
  readonly candidates: readonly string[];
  readonly what: 'resource' | 'element';
};

/** FHIR path of a resource or part row: `Patient`, `Patient.contact`. */
export function fhirPathOf(merged: Merged, id: string): string | undefined {
  const resource = merged.resources.find(({ row }) => row.id === id)?.row;
  if (resource) return resource.type;
  const part = merged.parts.find(({ row }) => row.id === id)?.row;
  if (!part?.of || !part.element) return undefined;
  const owner = fhirPathOf(merged, part.of);
  return owner === undefined ? undefined : `${owner}.${part.element}`;
}

/** Element that a part row repeats. */
export function partElement(merged: Merged, id: string): Element | undefined {
  const part = merged.parts.find(({ row }) => row.id === id)?.row;
  const owner = part?.of === undefined ? undefined : fhirPathOf(merged, part.of);
  if (owner === undefined || part?.element === undefined) return undefined;
  return elementsOf(owner)?.get(part.element);
}

/** Resolves `patient.maritalStatus`, `contact.name`, `report.effectivePeriod.start`. */
export function resolveTarget(merged: Merged, to: string): Target | TargetError {
  const [owner = '', ...names] = to.split('.');
  const path = fhirPathOf(merged, owner);
  const ids = [...merged.resources, ...merged.parts].map(({ row }) => row.id);
  if (path === undefined) return { word: owner, candidates: ids, what: 'resource' };
  const elements: Element[] = [];
  let known = elementsOf(path) ?? new Map<string, Element>();
  let at = path;
  for (const name of names) {
    const element = known.get(name) ?? chosen(known, name);
    if (!element) return { word: name, candidates: [...known.keys()], what: 'element' };
    elements.push(element);
    at = `${at}.${name}`;
    known = childrenOf(at, element);
  }
  if (elements.length === 0 && !partElement(merged, owner))
    return { word: '', candidates: [...known.keys()], what: 'element' };
  return { owner, elements };
}

/** `effectivePeriod` of `effective[x]`. */
export function chosen(known: ReadonlyMap<string, Element>, name: string): Element | undefined {
  for (const element of known.values()) {
    if (!element.name.endsWith('[x]')) continue;
    const stem = element.name.slice(0, -3);
    const type = element.types.find((candidate) => name === stem + capital(candidate));
    if (type !== undefined) return { ...element, name, types: [type] };
  }
  return undefined;
}

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** All names that a choice element may take: `valueQuantity`, `valueString`, ... */
export function choiceNames(element: Element): readonly string[] {
  const stem = element.name.slice(0, -3);
  return element.types.map((type) => stem + capital(type));
}
