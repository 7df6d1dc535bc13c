import type { Segment } from '../../hl7v2/index.ts';
import { createScope, type NamedScope } from './scope.ts';

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
