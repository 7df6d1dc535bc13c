import type { ElementDefinition } from '../../fhir/index.ts';
import { buildTree, type TreeElement } from '../plan/index.ts';

/** An element of a snapshot that is being made. */
export type Node = {
  /** The last part of its path: `component`, `value[x]`. */
  readonly name: string;
  definition: ElementDefinition;
  children: Node[];
  slices: Node[];
  /** As the base had it; slices are copies of that, whatever was said of the element since. */
  readonly origin: TreeElement;
};

/** A copy of a finished snapshot, to be changed. What narrows an element keeps what it was. */
export function nodesOf(elements: readonly ElementDefinition[]): Node {
  return copyTree(buildTree(elements));
}

export function copyTree(origin: TreeElement): Node {
  const { definition, name, children, slices } = origin;
  const { path, min, max } = definition;
  return {
    name,
    definition: {
      ...definition,
      base: { path, min: min ?? 0, max: max ?? '*', ...definition.base },
    },
    children: children.map(copyTree),
    slices: slices.map(copyTree),
    origin,
  };
}

export function copyNode({ name, definition, children, slices, origin }: Node): Node {
  return {
    name,
    definition: { ...definition },
    children: children.map(copyNode),
    slices: slices.map(copyNode),
    origin,
  };
}

/** The flat list again, each element with the path and the id of where it stands. */
export function flatten(node: Node, path: string, id: string): ElementDefinition[] {
  const own = { ...node.definition, id, path };
  return [
    own,
    ...node.children.flatMap((child) => {
      const below = `${path}.${child.name}`;
      const at = `${id}.${child.name}`;
      return [...flatten(child, below, at), ...flattenSlices(child, below, at)];
    }),
  ];
}

function flattenSlices(node: Node, path: string, id: string): ElementDefinition[] {
  return node.slices.flatMap((slice) => {
    const at = `${id}:${slice.definition.sliceName}`;
    return [...flatten(slice, path, at), ...flattenSlices(slice, path, id)];
  });
}
