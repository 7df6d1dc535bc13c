import type { ElementDefinition, StructureDefinition } from '../../fhir/index.ts';
import { copyNode, copyTree, type Node, nodesOf } from './node.ts';

type Find = (canonical: string) => StructureDefinition | undefined;

/** A part of an element's id: its name, and the slice that is meant. */
export type Part = { readonly name: string; readonly slice: string | undefined };

/** `Observation.component:systolic.code` in parts, without the type in front. */
export function partsOf({ id, path, sliceName }: ElementDefinition): Part[] {
  const text = id ?? (sliceName === undefined ? path : `${path}:${sliceName}`);
  return text
    .split('.')
    .slice(1)
    .map((part) => {
      const [name = '', slice] = part.split(':');
      return { name, slice };
    });
}

/** A node, and the choice of types that it is a slice of where its path said so in short. */
export type Located = { readonly node: Node; readonly choice: Node | undefined };

/**
 * The node that a differential names, made on the way where the snapshot has none yet. `path` is
 * the element's path: a choice that it calls by one of its types is narrowed to that.
 */
export function locate(
  root: Node,
  parts: readonly Part[],
  path: string,
  find: Find,
): Located | undefined {
  const names = path.split('.').slice(1);
  let at: Node | undefined = root;
  let isInSlice = false;
  let choice: Node | undefined;
  for (const [index, part] of parts.entries()) {
    grow(at, root, find);
    const isShort = isChosen(at, names[index] ?? '');
    choice = isShort && !isInSlice ? choiceOf(at, names[index]!) : undefined;
    at = isShort ? chosen(at, names[index]!, isInSlice) : step(at, part);
    if (at === undefined) return undefined;
    isInSlice ||= part.slice !== undefined;
  }
  return { node: at, choice };
}

function step(node: Node, { name, slice }: Part): Node | undefined {
  const found = node.children.find((child) => child.name === name);
  return found === undefined || slice === undefined ? found : sliceOf(found, slice);
}

/** Is a choice called by one of its types, `valueQuantity` for `value[x]`? */
const isChosen = (node: Node, name: string): boolean =>
  !node.children.some((child) => child.name === name) && choiceOf(node, name) !== undefined;

const choiceOf = (node: Node, name: string): Node | undefined =>
  node.children.find(
    (child) =>
      child.name.endsWith('[x]') &&
      name.startsWith(child.name.slice(0, -3)) &&
      typeNamed(child, name.slice(child.name.length - 3)) !== undefined,
  );

/** The choice may be of that type only; outside slices, that is a slice of its own. */
function chosen(node: Node, name: string, isInSlice: boolean): Node {
  const choice = choiceOf(node, name)!;
  const type = typeNamed(choice, name.slice(choice.name.length - 3))!;
  if (isInSlice) {
    choice.definition = { ...choice.definition, type: [type] };
    return choice;
  }
  return sliceOf(choice, name);
}

/** Where one type of a choice must be there, the choice must, and can be of no other type. */
export function closeChoice(choice: Node, { definition }: Node): void {
  const { min = 0, type = choice.definition.type } = definition;
  if (min === 0 || choice.slices.length !== 1 || type === undefined) return;
  const slicing = { ...slicingOf(choice), rules: 'closed' };
  choice.definition = { ...choice.definition, min, type, slicing };
}

function typeNamed({ definition }: Node, name: string) {
  return definition.type?.find(({ code }) => code.charAt(0).toUpperCase() + code.slice(1) === name);
}

/** A new slice is a copy of its element; it is only needed where somebody says so. */
function sliceOf(element: Node, name: string): Node {
  const known = element.slices.find(({ definition }) => definition.sliceName === name);
  if (known !== undefined) return known;
  const outer = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : undefined;
  const like = element.slices.find(({ definition }) => definition.sliceName === outer) ?? element;
  const isPlain = like === element;
  const copy = isPlain
    ? { ...copyTree(element.origin), slices: [] }
    : copyNode({ ...like, slices: [] });
  const { slicing: _slicing, ...definition } = copy.definition;
  const choice = element.name.endsWith('[x]') ? element.name.slice(0, -3) : undefined;
  const type =
    choice !== undefined && name.startsWith(choice)
      ? typeNamed(element, name.slice(choice.length))
      : undefined;
  const narrowed = type === undefined ? {} : { type: [type] };
  copy.definition = { ...definition, ...narrowed, sliceName: name, min: 0 };
  element.slices.push(copy);
  element.definition = { ...element.definition, slicing: slicingOf(element) };
  return copy;
}

/** Extensions are always told apart by their url, and choices by their type. */
function slicingOf({ definition, name }: Node): NonNullable<ElementDefinition['slicing']> {
  if (definition.slicing !== undefined) return definition.slicing;
  if (name === 'extension' || name === 'modifierExtension')
    return { discriminator: [{ type: 'value', path: 'url' }], ordered: false, rules: 'open' };
  if (name.endsWith('[x]'))
    return { discriminator: [{ type: 'type', path: '$this' }], ordered: false, rules: 'open' };
  return { rules: 'open' };
}

/** Gives an element the elements of its type, its profile, or of what it repeats. */
function grow(node: Node, root: Node, find: Find): void {
  if (node.children.length > 0) return;
  const { contentReference, type } = node.definition;
  if (contentReference !== undefined) {
    const names = contentReference.split('#')[1]?.split('.').slice(1) ?? [];
    let at: Node | undefined = root;
    for (const name of names) at = at?.children.find((child) => child.name === name);
    if (at !== undefined) node.children = at.children.map(copyNode);
    return;
  }
  const [of] = type ?? [];
  if (of === undefined) return;
  const url = of.profile?.[0] ?? `http://hl7.org/fhir/StructureDefinition/${of.code}`;
  const structure = find(url) ?? find(`http://hl7.org/fhir/StructureDefinition/${of.code}`);
  const elements = structure?.snapshot?.element;
  if (elements?.[0] !== undefined) node.children = nodesOf(elements).children;
}
