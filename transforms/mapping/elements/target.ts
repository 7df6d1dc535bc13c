import type { PartRow, ResourceRow, RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import { childrenOf, type Element, elementsOf } from './elements.ts';

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

/** The rows of a mapping by id, and what was found of them: each is asked for many times. */
type Rows = {
  readonly resources: ReadonlyMap<string, ResourceRow>;
  readonly parts: ReadonlyMap<string, PartRow>;
  readonly targets: Map<string, Target | TargetError>;
};

const known = new WeakMap<Merged, Rows>();

function rowsOf(merged: Merged): Rows {
  let rows = known.get(merged);
  if (rows === undefined) {
    const byId = <Row extends { id: string }>(placed: readonly { readonly row: Row }[]) =>
      new Map(placed.map(({ row }) => [row.id, row] as const));
    const { resources, parts } = merged;
    rows = { resources: byId(resources), parts: byId(parts), targets: new Map() };
    known.set(merged, rows);
  }
  return rows;
}

/** A rule with the elements that it writes, from its row inwards. */
export type Aimed = { readonly row: RuleRow; readonly elements: readonly Element[] };

const aims = new WeakMap<Merged, ReadonlyMap<string, readonly Aimed[]>>();

/** The rules that write to a row, in their order; all are looked through once a mapping. */
export function rulesOf(merged: Merged, owner: string): readonly Aimed[] {
  let byOwner = aims.get(merged);
  if (byOwner === undefined) {
    const found = new Map<string, Aimed[]>();
    for (const { row } of merged.rules) {
      const target = resolveTarget(merged, row.to ?? '');
      if ('word' in target) continue;
      const aimed = { row, elements: target.elements };
      const known = found.get(target.owner);
      if (known === undefined) found.set(target.owner, [aimed]);
      else known.push(aimed);
    }
    byOwner = found;
    aims.set(merged, byOwner);
  }
  return byOwner.get(owner) ?? [];
}

/** FHIR path of a resource or part row: `Patient`, `Patient.contact`. */
export function fhirPathOf(merged: Merged, id: string): string | undefined {
  const { resources, parts } = rowsOf(merged);
  const resource = resources.get(id);
  if (resource) return resource.type;
  const part = parts.get(id);
  if (!part?.of || !part.element) return undefined;
  const owner = fhirPathOf(merged, part.of);
  return owner === undefined ? undefined : `${owner}.${part.element}`;
}

/** Element that a part row repeats. */
export function partElement(merged: Merged, id: string): Element | undefined {
  const part = rowsOf(merged).parts.get(id);
  const owner = part?.of === undefined ? undefined : fhirPathOf(merged, part.of);
  if (owner === undefined || part?.element === undefined) return undefined;
  return elementsOf(owner)?.get(part.element);
}

/** Resolves `patient.maritalStatus`, `contact.name`, `report.effectivePeriod.start`. */
export function resolveTarget(merged: Merged, to: string): Target | TargetError {
  const { targets } = rowsOf(merged);
  let target = targets.get(to);
  if (target === undefined) {
    target = findTarget(merged, to);
    targets.set(to, target);
  }
  return target;
}

function findTarget(merged: Merged, to: string): Target | TargetError {
  const [owner = '', ...names] = to.split('.');
  const path = fhirPathOf(merged, owner);
  if (path === undefined) {
    const { resources, parts } = rowsOf(merged);
    const candidates = [...resources.keys(), ...parts.keys()];
    return { word: owner, candidates, what: 'resource' };
  }
  const elements: Element[] = [];
  let here = elementsOf(path) ?? new Map<string, Element>();
  let at = path;
  for (const name of names) {
    const element = here.get(name) ?? chosen(here, name);
    if (!element) return { word: name, candidates: [...here.keys()], what: 'element' };
    elements.push(element);
    at = `${at}.${name}`;
    here = childrenOf(at, element);
  }
  if (elements.length === 0 && !partElement(merged, owner))
    return { word: '', candidates: [...here.keys()], what: 'element' };
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
