import { elementsOf, rulesOf } from '../elements/index.ts';
import type { Merged } from '../merge.ts';

/** Types of which messages fill one member now and another later: an admission, a discharge. */
const piecemeal = new Set(['Backbone', 'Period']);

/**
 * Elements of a resource row whose values join what earlier messages said. Identifiers do, as they
 * end only by merge or change; what `grows` names does; a list of parts does that is declared so;
 * and an element does all of whose rules fill one member each.
 */
export function joiningElements(merged: Merged, id: string): readonly string[] {
  const { type: declared, grows = [] } = merged.resources.find(({ row }) => row.id === id)!.row;
  const type = declared!;
  const lists = merged.parts.filter(({ row }) => row.of === id && row.update === 'append');
  const names = new Set([...lists.map(({ row }) => row.element!), ...grows]);
  if (elementsOf(type)?.get('identifier')?.repeats === true) names.add('identifier');
  const inside = new Set<string>();
  const whole = new Set<string>();
  for (const { elements } of rulesOf(merged, id)) {
    const [top, ...inner] = elements;
    if (top === undefined) continue;
    if (inner.length === 0) whole.add(top.name);
    else if (!top.repeats && piecemeal.has(top.types[0]!)) inside.add(top.name);
  }
  for (const name of inside) if (!whole.has(name)) names.add(name);
  return [...names];
}
