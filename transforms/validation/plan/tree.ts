import type { ElementDefinition, StructureDefinition } from '../../fhir/index.ts';

/** A snapshot's flat list as the tree that it stands for. */
export type TreeElement = {
  readonly definition: ElementDefinition;
  /** The last part of the path: `name`, `value[x]`. */
  readonly name: string;
  readonly children: TreeElement[];
  /** The slices of this element, in their order; never of a slice of it. */
  readonly slices: TreeElement[];
  readonly root: TreeElement;
};

const trees = new WeakMap<StructureDefinition, TreeElement>();

/** The tree of a definition's snapshot; undefined when there is none. */
export function treeOf(structure: StructureDefinition): TreeElement | undefined {
  const known = trees.get(structure);
  if (known !== undefined) return known;
  const elements = structure.snapshot?.element;
  if (elements?.[0] === undefined) return undefined;
  const tree = buildTree(elements);
  trees.set(structure, tree);
  return tree;
}

/**
 * Each element goes below the last one of its parent's path: a slice's children stand behind the
 * slice.
 */
export function buildTree(elements: readonly ElementDefinition[]): TreeElement {
  const first = elements[0]!;
  const root = { definition: first, name: first.path, children: [], slices: [] } as unknown as {
    -readonly [K in keyof TreeElement]: TreeElement[K];
  };
  root.root = root;
  /** By depth, what was read last. */
  const last: TreeElement[] = [root];
  for (const definition of elements.slice(1)) {
    const parts = definition.path.split('.');
    const depth = parts.length - 1;
    const parent = last[depth - 1];
    if (parent === undefined) continue;
    const name = parts[depth]!;
    const node: TreeElement = { definition, name, children: [], slices: [], root };
    const sliced =
      definition.sliceName === undefined
        ? undefined
        : parent.children.findLast((one) => one.name === name);
    if (sliced === undefined) parent.children.push(node);
    else slicedBy(sliced, definition.sliceName!).slices.push(node);
    last[depth] = node;
    last.length = depth + 1;
  }
  return root;
}

/** A slice of a slice (`race/detailed`) belongs to the slice that its name begins with. */
function slicedBy(element: TreeElement, name: string): TreeElement {
  const outer = name.slice(0, name.lastIndexOf('/'));
  if (outer === '' || !name.includes('/')) return element;
  return element.slices.find(({ definition }) => definition.sliceName === outer) ?? element;
}

/** The element that a content reference (`#Observation.referenceRange`) names. */
export function referred(node: TreeElement): TreeElement | undefined {
  const path = node.definition.contentReference?.split('#')[1]?.split('.').slice(1);
  let at: TreeElement | undefined = node.root;
  for (const part of path ?? ['']) at = at?.children.find(({ name }) => name === part);
  return at;
}

/** The value of a member that begins so (`fixed[x]`, `pattern[x]`, `minValue[x]`). */
export function memberOf(definition: ElementDefinition, prefix: string): unknown {
  for (const name in definition)
    if (name.startsWith(prefix) && /^[A-Z]/.test(name.charAt(prefix.length)))
      return definition[name];
  return undefined;
}
