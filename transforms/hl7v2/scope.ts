import { compilePath, type Path } from './path.ts';
import { nameCode, type Presence, type Segment } from './segments/index.ts';

/**
 * Segments that belong together, in which paths are looked up: a whole message, or one group of
 * it. In a group `OBX-5` is the first OBX of that group.
 */
export class Scope {
  readonly segments: readonly Segment[];
  #byName: Map<string, Segment[]> | undefined;

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
  }

  /** All segments of that name, in order. */
  all(name: string): readonly Segment[] {
    return this.#index().get(name) ?? none;
  }

  /** The segment of that name, counted from 1. */
  segment(name: string, occurrence = 1): Segment | undefined {
    const { segments } = this;
    if (segments.length > scanMax) return this.#index().get(name)?.[occurrence - 1];
    const code = nameCode(name, 0);
    let left = occurrence;
    for (const segment of segments) {
      if (segment.code === code) {
        left -= 1;
        if (left === 0) return segment;
      }
    }
    return undefined;
  }

  /** One value, decoded and unescaped; undefined where it is absent, empty or `""`. */
  get(path: string | Path): string | undefined {
    const compiled = asPath(path);
    return this.segment(compiled.segment, compiled.occurrence)?.get(compiled);
  }

  /** All that stands at the path's own level: see `Segment.getText`. */
  getText(path: string | Path): string | undefined {
    const compiled = asPath(path);
    return this.segment(compiled.segment, compiled.occurrence)?.getText(compiled);
  }

  presence(path: string | Path): Presence {
    const compiled = asPath(path);
    return this.segment(compiled.segment, compiled.occurrence)?.presence(compiled) ?? 'absent';
  }

  /** Repetitions of the field that the path names; 0 where it is absent or empty. */
  repetitions(path: string | Path): number {
    const compiled = asPath(path);
    return this.segment(compiled.segment, compiled.occurrence)?.repetitions(compiled.field) ?? 0;
  }

  /** The bytes of what the path names, as they came. */
  raw(path: string | Path): Buffer | undefined {
    const compiled = asPath(path);
    return this.segment(compiled.segment, compiled.occurrence)?.raw(compiled);
  }

  #index(): Map<string, Segment[]> {
    if (this.#byName) return this.#byName;
    const byName = new Map<string, Segment[]>();
    for (const segment of this.segments) {
      const same = byName.get(segment.name);
      if (same) same.push(segment);
      else byName.set(segment.name, [segment]);
    }
    this.#byName = byName;
    return byName;
  }
}

/** So many segments are looked through faster than an index of them is made. */
const scanMax = 64;
const none: readonly Segment[] = [];

function asPath(path: string | Path): Path {
  return typeof path === 'string' ? compilePath(path) : path;
}
