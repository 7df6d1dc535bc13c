import type { Issue } from '../../../engine/index.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A Bundle as references look at it. */
export type BundleIndex = {
  readonly type: string;
  /** Resources by `entry.fullUrl`. */
  readonly byUrl: ReadonlyMap<string, Json>;
  readonly first: Json | undefined;
};

/**
 * One way through one resource. The path is a stack that is put into words only when something is
 * wrong: that keeps the right resource cheap.
 */
export type Walk = {
  readonly issues: Issue[];
  /** What could not be checked; never silently passed. */
  readonly unchecked: Issue[];
  readonly names: string[];
  /** The place in a list; -1 where there is no list. */
  readonly places: number[];
  depth: number;
  /** The depth at which the resource around the element begins. */
  start: number;
  /** The resource that the element stands in (`%resource`). */
  resource: Json;
  /** The resource that contains it, else itself (`%rootResource`). */
  container: Json;
  /** The Bundle around them. */
  bundle: BundleIndex | undefined;
  /** The entry's own URL in that Bundle; '' outside one. */
  fullUrl: string;
  /** Which targets of references fit which profiles, as far as it was asked. */
  readonly fits: Map<Json, Map<string, boolean>>;
  /** Over how many references the walk has come to where it is. */
  followed: number;
  /** Where ids of elements were met in the resource; undefined before the first. */
  ids: Map<string, string> | undefined;
  /** Has an element been looked at by more than one profile, so that things are said twice? */
  isRepeated: boolean;
  /** What invariants were told of these two; made when the first one runs. */
  environment: { readonly of: Json; readonly within: Json; readonly value: unknown } | undefined;
  /** The path's first part: the type of the outermost resource. */
  readonly base: string;
};

export function startWalk(resource: Json, base: string): Walk {
  return {
    issues: [],
    unchecked: [],
    names: [],
    places: [],
    depth: 0,
    start: 0,
    resource,
    container: resource,
    bundle: undefined,
    fullUrl: '',
    environment: undefined,
    fits: new Map(),
    followed: 0,
    ids: undefined,
    isRepeated: false,
    base,
  };
}

/** The FHIRPath of where the walk is, or of a member there. */
export function pathOf(walk: Walk, member?: string): string {
  let path = walk.base;
  for (let at = 0; at < walk.depth; at += 1) {
    const place = walk.places[at]!;
    path += place < 0 ? `.${walk.names[at]}` : `.${walk.names[at]}[${place}]`;
  }
  return member === undefined ? path : `${path}.${member}`;
}

export function report(
  walk: Walk,
  severity: Issue['severity'],
  code: string,
  diagnostics: string,
  member?: string,
): void {
  walk.issues.push({ severity, code, diagnostics, path: pathOf(walk, member) });
}

export const fail = (walk: Walk, code: string, diagnostics: string, member?: string): void =>
  report(walk, 'error', code, diagnostics, member);

/**
 * An id of an element is given once in its resource (Element.id); several profiles may look at it.
 * Elements of a StructureDefinition have theirs in the differential and in the snapshot.
 */
export function noteElementId(walk: Walk, id: string): void {
  if (walk.names[walk.depth - 2] === 'element') return;
  walk.ids ??= new Map();
  let place = '';
  for (let at = walk.start; at < walk.depth; at += 1)
    place += `.${walk.names[at]}${walk.places[at]}`;
  const before = walk.ids.get(id);
  if (before === undefined) walk.ids.set(id, place);
  else if (before !== place)
    fail(walk, 'fhir-element-id-duplicate', 'another element of the resource has this id');
}

/** Notes what nobody here can say. */
export function leaveUnchecked(walk: Walk, diagnostics: string, member?: string): void {
  const path = pathOf(walk, member);
  walk.unchecked.push({ severity: 'information', code: 'unchecked', diagnostics, path });
}

/** Does a check find no error? What it says is not kept. */
export function isQuiet(walk: Walk, check: (apart: Walk) => void): boolean {
  const apart: Walk = {
    ...walk,
    names: walk.names.slice(0, walk.depth),
    places: walk.places.slice(0, walk.depth),
    issues: [],
    unchecked: [],
    environment: undefined,
    ids: undefined,
  };
  check(apart);
  return apart.issues.every(({ severity }) => severity !== 'error' && severity !== 'fatal');
}

/** Goes one step down; `leave` goes back. */
export function enter(walk: Walk, name: string): void {
  walk.names[walk.depth] = name;
  walk.places[walk.depth] = -1;
  walk.depth += 1;
}

export function leave(walk: Walk): void {
  walk.depth -= 1;
}

/** Names the place in the list of the element that the walk is at. */
export function setPlace(walk: Walk, place: number): void {
  walk.places[walk.depth - 1] = place;
}
