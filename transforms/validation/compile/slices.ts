import { isList } from '../../fhir/index.ts';
import { type Check, fail, leaveUnchecked, type TreeElement, type Walk } from '../plan/index.ts';
import type { Verdict } from '../terms/index.ts';
import type { Compiler } from './compiler.ts';
import { covers } from './covers.ts';
import { matcherOf } from './discriminators.ts';
import { itemCheck } from './item.ts';

/** How the items of one list fell into its slices. */
export type Tally = {
  readonly counts: number[];
  /** Items of which nobody could say where they belong. */
  unknown: number;
  /** The slice of the last item that had one. */
  last: number;
  /** Has an item been met that belongs to no slice? */
  isPast: boolean;
};

export type Slices = {
  start(): Tally;
  /** Checks one item by the element itself and by the slice that it belongs to. */
  check(tally: Tally, base: Check, value: unknown, walk: Walk, type: string, extra?: unknown): void;
  /** Checks how many each slice got. */
  finish(tally: Tally, walk: Walk): void;
};

type Slice = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly matches: (value: unknown, walk: Walk, type: string) => Verdict;
  readonly check: Check;
  /** Does the slice's check say all that the element's own says? */
  readonly isWhole: boolean;
};

/**
 * The slicing of an element (https://hl7.org/fhir/R4/profiling.html#slicing); undefined without.
 */
export function slicesOf(node: TreeElement, type: string, compiler: Compiler): Slices | undefined {
  const { slicing } = node.definition;
  if (node.slices.length === 0) return undefined;
  let made: readonly Slice[] | undefined;
  const slices = (): readonly Slice[] => {
    made ??= node.slices.map((slice) => makeSlice(node, slice, type, compiler));
    return made;
  };
  const isClosed = slicing?.rules === 'closed';
  const isOpenAtEnd = slicing?.rules === 'openAtEnd';
  const isOrdered = slicing?.ordered === true;
  const check: Slices['check'] = (tally, base, value, walk, of, extra) => {
    const found = find(slices(), value, walk, of);
    const slice = slices()[found];
    if (slice?.isWhole !== true) base(value, walk, of, extra);
    if (slice === undefined) {
      if (found === unknownSlice) tally.unknown += 1;
      else if (isClosed)
        fail(walk, 'fhir-slice', 'this fits none of the slices, and no other may be');
      tally.isPast = true;
      return;
    }
    tally.counts[found]! += 1;
    if ((isOrdered && found < tally.last) || (isOpenAtEnd && tally.isPast))
      fail(walk, 'fhir-slice-order', `\`${slice.name}\` stands behind what must follow it`);
    tally.last = found;
    slice.check(value, walk, of, extra);
  };
  return {
    start: () => ({
      counts: new Array<number>(node.slices.length).fill(0),
      unknown: 0,
      last: -1,
      isPast: false,
    }),
    check,
    finish: (tally, walk) => finish(slices(), tally, walk),
  };
}

const noSlice = -1;
const unknownSlice = -2;

function find(slices: readonly Slice[], value: unknown, walk: Walk, type: string): number {
  let isUnknown = false;
  for (let at = 0; at < slices.length; at += 1) {
    const verdict = slices[at]!.matches(value, walk, type);
    if (verdict === 'yes') return at;
    if (verdict === 'unknown') isUnknown = true;
  }
  return isUnknown ? unknownSlice : noSlice;
}

function finish(slices: readonly Slice[], { counts, unknown }: Tally, walk: Walk): void {
  if (unknown > 0)
    leaveUnchecked(walk, `of ${unknown} here it cannot be said to which slice they belong`);
  for (let at = 0; at < slices.length; at += 1) {
    const { name, min, max } = slices[at]!;
    const count = counts[at]!;
    if (count > max)
      fail(
        walk,
        'fhir-cardinality',
        `the slice \`${name}\` is there ${count} times, at most ${max}`,
      );
    // What could not be sorted may be what is missing: that was said above.
    if (count + unknown < min)
      fail(
        walk,
        'fhir-cardinality',
        `the slice \`${name}\` is there ${count} times, at least ${min}`,
      );
  }
}

function makeSlice(node: TreeElement, slice: TreeElement, type: string, compiler: Compiler): Slice {
  const { sliceName = '', min = 0, max = '*' } = slice.definition;
  const types = slice.definition.type ?? node.definition.type ?? [];
  const isOfType = types.some(({ code }) => code === type) || slice.definition.type === undefined;
  const item: Check = isOfType ? itemCheck(slice, type, compiler) : () => {};
  const inner = isOfType ? slicesOf(slice, type, compiler) : undefined;
  const check: Check =
    inner === undefined
      ? item
      : (value, walk, of, extra) => {
          const tally = inner.start();
          inner.check(tally, item, value, walk, of, extra);
        };
  return {
    name: sliceName,
    min: isList(node.definition) || node.name.endsWith('[x]') ? min : 0,
    max: max === '*' ? Number.POSITIVE_INFINITY : Number(max),
    // Takes what no slice before it took (profiling.html#default-slice).
    matches: sliceName === '@default' ? () => 'yes' : matcherOf(node, slice, compiler),
    check,
    isWhole: inner === undefined && isOfType && covers(slice, node),
  };
}
