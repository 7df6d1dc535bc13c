/** Where items of a repeating element come from, when several sources fill it together. */
export type Origin = {
  /** The HL7 field (`PID-13`) or segment (`ROL`), the row referred to, or `=` for constants. */
  readonly name: string;
  /** Its place among the sources of the element, in the mapping's order. */
  readonly order: number;
  /** What it gives joins what it gave before, as `update: append` says. */
  readonly adds: boolean;
};

/** Neighbours in a list that come from one origin. */
export type Run = { readonly origin: Origin; readonly items: number };

export type Filled<Item> = { readonly runs: readonly Run[]; readonly items: readonly Item[] };

/** Name in `Contribution.remove` of what one origin gave to an element: `telecom:PID-14`. */
export const nameOfGiven = (element: string, origin: string): string => `${element}:${origin}`;

type Piece<Item> = { readonly origin: Origin; readonly items: readonly Item[] };

function piecesOf<Item>({ runs, items }: Filled<Item>): Piece<Item>[] {
  let at = 0;
  return runs.map(({ origin, items: count }) => {
    const start = at;
    at += count;
    return { origin, items: items.slice(start, at) };
  });
}

/**
 * What the newer one says of its origins, and of all others what was there; in the order of the
 * origins. `keyOf`: by which an item is known again that an origin which adds gives once more.
 */
export function mergeRuns<Item>(
  before: Filled<Item>,
  newer: Filled<Item>,
  keyOf: (item: Item) => string,
): Filled<Item> {
  const said = piecesOf(newer);
  const kept = piecesOf(before).flatMap((piece): Piece<Item>[] => {
    const same = said.filter(({ origin }) => origin.name === piece.origin.name);
    if (same.length === 0) return [piece];
    if (!same[0]!.origin.adds) return [];
    const again = new Set(same.flatMap(({ items }) => items.map(keyOf)));
    const items = piece.items.filter((item) => !again.has(keyOf(item)));
    return items.length === 0 ? [] : [{ ...piece, items }];
  });
  return join([...said, ...kept].sort((left, right) => left.origin.order - right.origin.order));
}

/** The list without what these origins gave. */
export function withoutOrigin<Item>(filled: Filled<Item>, name: string): Filled<Item> {
  return join(piecesOf(filled).filter(({ origin }) => origin.name !== name));
}

function join<Item>(pieces: readonly Piece<Item>[]): Filled<Item> {
  const runs: Run[] = [];
  for (const { origin, items } of pieces) {
    const last = runs.at(-1);
    const isSame = last?.origin.name === origin.name && last.origin.order === origin.order;
    if (isSame) runs[runs.length - 1] = { origin, items: last.items + items.length };
    else runs.push({ origin, items: items.length });
  }
  return { runs, items: pieces.flatMap(({ items }) => items) };
}
