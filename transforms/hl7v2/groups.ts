import { Scope } from './scope.ts';
import type { Segment } from './segments/index.ts';

/**
 * What makes a group of segments, as data. A group begins with the first of its `starts` that
 * comes; one that it already has, or that stands before one it has, begins the next: with `['ORC',
 * 'OBR']`, ORC OBR is one order, OBR OBR are two, OBR ORC are two.
 */
export type GroupSpec = {
  readonly name: string;
  readonly starts: readonly string[];
  /** Names that belong to this level wherever they come, and so end the groups inside it. */
  readonly owns?: readonly string[];
  readonly groups?: readonly GroupSpec[];
};

/** One group: paths are looked up in its own segments, not in those of the groups inside it. */
export class Group extends Scope {
  readonly name: string;
  readonly parent: Group | undefined;
  readonly groups: readonly Group[];

  constructor(
    name: string,
    parent: Group | undefined,
    segments: readonly Segment[],
    groups: readonly Group[],
  ) {
    super(segments);
    this.name = name;
    this.parent = parent;
    this.groups = groups;
  }

  /** The groups of that name directly inside this one. */
  named(name: string): readonly Group[] {
    return this.groups.filter((group) => group.name === name);
  }

  /** All groups of that name, however deep, in order. */
  *within(name: string): Generator<Group> {
    for (const group of this.groups) {
      if (group.name === name) yield group;
      yield* group.within(name);
    }
  }
}

/**
 * Groups segments tolerantly: every segment finds a place, in order, whatever is missing or too
 * many. One that no spec names (NTE, a Z-segment) follows what it follows.
 */
export function groupSegments(segments: readonly Segment[], specs: readonly GroupSpec[]): Group {
  const root = node('message', undefined, { name: 'message', starts: [], groups: specs });
  let open = root;
  for (const segment of segments) {
    open = place(segment, open);
    open.segments.push(segment);
  }
  return root.group;
}

type Node = {
  readonly group: Group;
  readonly spec: GroupSpec;
  readonly parent: Node | undefined;
  readonly segments: Segment[];
  readonly groups: Group[];
};

function node(name: string, parent: Node | undefined, spec: GroupSpec): Node {
  const segments: Segment[] = [];
  const groups: Group[] = [];
  const group = new Group(name, parent?.group, segments, groups);
  parent?.groups.push(group);
  return { group, spec, parent, segments, groups };
}

/**
 * From the innermost open group outwards: the first that the segment continues, or in which it
 * begins one.
 */
function place({ name }: Segment, innermost: Node): Node {
  for (let open: Node | undefined = innermost; open; open = open.parent) {
    if (open.spec.owns?.includes(name) || continues(open, name)) return open;
    const begun = open.spec.groups?.find((spec) => spec.starts.includes(name));
    if (begun) return node(begun.name, open, begun);
  }
  return innermost;
}

function continues({ spec, segments }: Node, name: string): boolean {
  const rank = spec.starts.indexOf(name);
  if (rank === -1) return false;
  return segments.every((segment) => spec.starts.indexOf(segment.name) < rank);
}
