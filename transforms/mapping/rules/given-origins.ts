import type { Run } from '../../fhir/index.ts';
import type { Giving } from './origins.ts';

type ByElement = Readonly<Record<string, readonly Run[]>>;

/**
 * What fields gave to lists that several of them fill, as far as it was gone through. Resources of
 * a row mostly say the same here, so that each combination is made once and belongs to all of them.
 */
export type GivenOrigins = {
  readonly byElement: ByElement;
  /** What one more makes of it: by whose it is, and how many items it has. */
  readonly next: Map<Giving, GivenOrigins[]>;
  readonly room: Room;
};

/** How many more combinations are kept: a sender may write any number of repetitions. */
type Room = { left: number };

const roomOfFirst = 1_000;
const itemsMax = 16;
const nothing: ByElement = {};

/** Those with which a resource begins; they go with their mapping. */
const firsts = new WeakMap<Giving, GivenOrigins>();

/** What was given, and `items` more. */
export function withOrigin(
  before: GivenOrigins | undefined,
  giving: Giving,
  items: number,
): GivenOrigins {
  const from = before ?? firstOf(giving);
  const found = from.next.get(giving)?.[items];
  if (found !== undefined) return found;
  const { room } = from;
  const byElement = joined(from.byElement, giving, items);
  const made = { byElement, next: new Map(), room };
  if (items <= itemsMax && room.left > 0) {
    room.left -= 1;
    const known = from.next.get(giving) ?? [];
    known[items] = made;
    from.next.set(giving, known);
  }
  return made;
}

function firstOf(giving: Giving): GivenOrigins {
  const known = firsts.get(giving);
  if (known !== undefined) return known;
  const made = { byElement: nothing, next: new Map(), room: { left: roomOfFirst } };
  firsts.set(giving, made);
  return made;
}

function joined(byElement: ByElement, { element, origin }: Giving, items: number): ByElement {
  const run = Object.freeze({ origin, items });
  const runs = Object.freeze([...(byElement[element] ?? []), run]);
  return Object.freeze({ ...byElement, [element]: runs });
}

/** What was given, but for one element. */
export function withoutElement(given: GivenOrigins, element: string): GivenOrigins {
  if (given.byElement[element] === undefined) return given;
  const { [element]: _gone, ...byElement } = given.byElement;
  return { byElement, next: new Map(), room: { left: 0 } };
}
