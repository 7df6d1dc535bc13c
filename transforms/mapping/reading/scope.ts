import type { Segment } from '../../hl7v2/index.ts';
import {
  isAttached,
  isDetail,
  isLeading,
  isOfOrdersToo,
  isPassedOver,
  limitOf,
  type Ranks,
  ranksOf,
} from './segment-ranks.ts';

/** Which segment a rule means when it stands at one segment and names another. */
export type NamedScope = {
  /** The segment names of the message, in order. */
  readonly names: readonly string[];
  /** Each of them once, sorted. */
  readonly present: string;
  /** Index of the segment of that name that is meant at `index`, -1 when there is none. */
  resolve(index: number, name: string): number;
  /** All segments of that name below `index` (itself when it has that name). */
  below(index: number, name: string): readonly number[];
  /** Those below, or beside, `index`; the one above where there are none. */
  all(index: number, name: string): readonly number[];
};

/** The same by the numbers of segments; answers are remembered, because a feed repeats shapes. */
export type Scope = Pick<NamedScope, 'names' | 'present' | 'below'> & {
  resolve(index: number, segment: number): number;
  all(index: number, segment: number): readonly number[];
  /** Where the segments of that name stand. */
  at(segment: number): readonly number[];
};

const numbered: string[] = [];
const numbers = new Map<string, number>();

/** The number of a segment name that a mapping asks for: a list answers faster than a map. */
export function segmentNumber(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbered.length);
  return numbered.push(name) - 1;
}

/** Shapes as their segments come: a step for each name. */
type Shapes = { readonly next: Map<number, Shapes>; scope: Scope | undefined };

const newShapes = (): Shapes => ({ next: new Map(), scope: undefined });
let shapes = newShapes();
let steps = 0;
const stepsMax = 4_096;
const shapeSegmentsMax = 64;

/** The scope for messages of these segments. */
export function scopeOf(segments: readonly Pick<Segment, 'code' | 'name'>[]): Scope {
  if (segments.length > shapeSegmentsMax) return scopeFor(segments);
  let shape = shapes;
  for (const { code } of segments) {
    let next = shape.next.get(code);
    if (next === undefined) {
      next = newShapes();
      steps += 1;
      shape.next.set(code, next);
    }
    shape = next;
  }
  const scope = shape.scope ?? scopeFor(segments);
  shape.scope = scope;
  if (steps > stepsMax) {
    shapes = newShapes();
    steps = 0;
  }
  return scope;
}

const scopeFor = (segments: Parameters<typeof scopeOf>[0]): Scope =>
  remembering(createScope(segments.map(({ name }) => name)));

const unasked = -2;

function remembering(scope: NamedScope): Scope {
  const { names, present, below } = scope;
  const resolved: (Int32Array | undefined)[] = [];
  const gathered: ((readonly number[] | undefined)[] | undefined)[] = [];
  const places: (readonly number[] | undefined)[] = [];
  return {
    names,
    present,
    below,
    resolve(index, segment) {
      let answers = resolved[segment];
      if (answers === undefined) {
        answers = new Int32Array(names.length).fill(unasked);
        listed(resolved, segment)[segment] = answers;
      }
      const known = answers[index]!;
      if (known !== unasked) return known;
      const found = scope.resolve(index, numbered[segment]!);
      answers[index] = found;
      return found;
    },
    all(index, segment) {
      let answers = gathered[segment];
      if (answers === undefined) {
        answers = new Array<undefined>(names.length).fill(undefined);
        listed(gathered, segment)[segment] = answers;
      }
      const known = answers[index];
      if (known !== undefined) return known;
      const found = scope.all(index, numbered[segment]!);
      answers[index] = found;
      return found;
    },
    at(segment) {
      const known = places[segment];
      if (known !== undefined) return known;
      const name = numbered[segment]!;
      const found: number[] = [];
      for (let index = 0; index < names.length; index += 1)
        if (names[index] === name) found.push(index);
      listed(places, segment)[segment] = found;
      return found;
    },
  };
}

/** A list without holes up to a number: one with holes is slower for ever. */
function listed<Item>(list: (Item | undefined)[], number: number): (Item | undefined)[] {
  while (list.length <= number) list.push(undefined);
  return list;
}

/** `names`: the segment names of one message in order. */
export function createScope(names: readonly string[]): NamedScope {
  const ranks = ranksOf(names);
  const rankAt = ranks.at;
  const previous = new Map<string, Int32Array>();
  const notes = new Map<string, ReadonlyMap<number, readonly number[]>>();
  const specimens = new Map<number, number>();

  function before(index: number, name: string): number {
    let found = previous.get(name);
    if (!found) {
      found = nearestBefore(names, name, ranks);
      previous.set(name, found);
    }
    return found[index] ?? -1;
  }

  /** Calls back for each segment of that name below; ends when the callback says so. */
  function eachBelow(index: number, name: string, found: (at: number) => boolean): void {
    const own = names[index]!;
    const limit = limitOf(rankAt[index]!);
    for (let at = index + 1; at < names.length; at += 1) {
      const other = names[at]!;
      if (other === name) {
        if (found(at)) return;
      } else if (other === own || rankAt[at]! < limit) return;
    }
  }

  /** Of the segments between an ORC and its first detail, those of that name. */
  function led(index: number, name: string): readonly number[] {
    if (!isLeading(name) || !isDetail(rankAt[index]!)) return nothing;
    const found: number[] = [];
    const order = before(index, 'ORC');
    for (let at = order + 1; order >= 0 && at < index; at += 1) {
      if (isDetail(rankAt[at]!)) break;
      if (names[at] === name) found.push(at);
    }
    return found;
  }

  /** Notes and their like that follow a segment; those of its ORC are for the detail, too. */
  function attachedTo(index: number, name: string): readonly number[] {
    let byHost = notes.get(name);
    if (byHost === undefined) {
      byHost = byHosts(names, name);
      notes.set(name, byHost);
    }
    const own = byHost.get(index) ?? nothing;
    if (!isDetail(rankAt[index]!)) return own;
    const order = resolve(index, 'ORC');
    const common = order < 0 ? undefined : byHost.get(order);
    if (common === undefined) return own;
    return order < index ? [...common, ...own] : [...own, ...common];
  }

  function firstBelow(index: number, name: string): number {
    let first = -1;
    eachBelow(index, name, (at) => {
      first = at;
      return true;
    });
    return first < 0 ? (led(index, name)[0] ?? -1) : first;
  }

  /** A result before which no specimen stands is of the one below its order. */
  function specimenOf(index: number): number {
    const order = before(index, 'OBR');
    if (order < 0) return -1;
    const known = specimens.get(order);
    if (known !== undefined) return known;
    const found = firstBelow(order, 'SPM');
    specimens.set(order, found);
    return found;
  }

  function resolve(index: number, name: string): number {
    const own = names[index]!;
    if (own === name) return index;
    if (isAttached(name)) return attachedTo(index, name)[0] ?? -1;
    const wanted = ranks.of(name);
    const rank = rankAt[index]!;
    // A diagnosis of the patient is no reason of an order.
    if (isOfOrdersToo(name) && ranks.inOrder[index] === 1) return firstBelow(index, name);
    if (wanted <= rank) {
      const up = before(index, name);
      if (up >= 0) return up;
      if (name === 'SPM') return specimenOf(index);
    }
    return wanted < rank ? -1 : firstBelow(index, name);
  }

  function below(index: number, name: string): readonly number[] {
    if (names[index] === name) return [index];
    if (isAttached(name)) return attachedTo(index, name);
    const all: number[] = [];
    eachBelow(index, name, (at) => {
      all.push(at);
      return false;
    });
    return all;
  }

  return {
    names,
    present: [...new Set(names)].sort().join(),
    resolve,
    below,
    all(index, name) {
      const isBelow = ranks.of(name) >= rankAt[index]! || isAttached(name) || isOfOrdersToo(name);
      const found = isBelow ? below(index, name) : nothing;
      if (found.length > 0) return found;
      const ahead = led(index, name);
      if (ahead.length > 0) return ahead;
      const one = resolve(index, name);
      return one < 0 ? nothing : [one];
    },
  };
}

const nothing: readonly number[] = [];

/** For each index the nearest segment of that name before it that is still in force there. */
function nearestBefore(names: readonly string[], name: string, ranks: Ranks): Int32Array {
  const result = new Int32Array(names.length);
  const rank = ranks.of(name);
  const isLeadingOrder = name === 'ORC' && !ranks.orderFollows;
  let last = -1;
  let orders = 0;
  for (let index = 0; index < names.length; index += 1) {
    const other = names[index]!;
    if (other === name) {
      last = index;
      orders = 0;
    } else if (ranks.at[index]! < rank) {
      last = -1;
    } else if (isLeadingOrder && other === 'OBR') {
      // An ORC is for the one OBR that follows it.
      orders += 1;
      if (orders > 1) last = -1;
    }
    result[index] = last;
  }
  return result;
}

/** The segments of that name by what they follow. */
function byHosts(names: readonly string[], name: string): ReadonlyMap<number, readonly number[]> {
  const hosts = new Map<number, number[]>();
  let host = -1;
  for (let index = 0; index < names.length; index += 1) {
    const other = names[index]!;
    if (other === name && host >= 0) {
      const list = hosts.get(host);
      if (list) list.push(index);
      else hosts.set(host, [index]);
    }
    if (!isPassedOver(other)) host = index;
  }
  return hosts;
}
