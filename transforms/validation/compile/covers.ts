import type { ElementDefinition } from '../../fhir/index.ts';
import { memberOf, type TreeElement } from '../plan/index.ts';
import { equals } from '../values/index.ts';

/**
 * Does a slice say all that the element says which it is a slice of? Snapshots repeat the element
 * in each slice, so that nearly all do; then the element itself need not be checked again.
 */
export function covers(slice: TreeElement, element: TreeElement): boolean {
  if (element.children.length === 0)
    return slice.children.length > 0 && coversDefinition(slice.definition, element.definition);
  return coversNode(slice, element);
}

function coversNode(slice: TreeElement, element: TreeElement): boolean {
  if (!coversDefinition(slice.definition, element.definition)) return false;
  if (slice.children.length === 0) return element.children.length === 0;
  return element.children.every((child) => {
    const own = slice.children.find(({ name }) => name === child.name);
    return own !== undefined && child.slices.length === 0 && coversNode(own, child);
  });
}

function coversDefinition(own: ElementDefinition, of: ElementDefinition): boolean {
  const keys = new Set((own.constraint ?? []).map(({ key }) => key));
  if (!(of.constraint ?? []).every(({ key }) => keys.has(key))) return false;
  if (of.binding !== undefined && !equals(of.binding, own.binding) && own.binding === undefined)
    return false;
  for (const prefix of ['fixed', 'pattern', 'minValue', 'maxValue']) {
    const value = memberOf(of, prefix);
    if (value !== undefined && !equals(value, memberOf(own, prefix))) return false;
  }
  const codes = new Set((of.type ?? []).map(({ code }) => code));
  return (own.type ?? []).every(({ code }) => codes.has(code)) && (own.min ?? 0) >= 0;
}
