import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Choice, Chosen } from '../knowledge.ts';
import type { conceptReader } from './concept-pages.ts';

/** The statements that find the numbers of concepts. */
export function choiceQueries(db: DatabaseHandle) {
  return {
    named: db
      .prepare(
        `SELECT j.key, c.ord, c.code FROM json_each(@codes) j
         CROSS JOIN concept c INDEXED BY concept_code
           ON c.release = @release AND c.code = j.value COLLATE NOCASE`,
      )
      .raw(),
    under: db
      .prepare(
        `SELECT e.child FROM json_each(@ords) j
         CROSS JOIN edge e INDEXED BY edge_parent
           ON e.release = @release AND e.parent = j.value`,
      )
      .pluck(),
    within: db
      .prepare('SELECT child FROM edge WHERE release = ? AND parent = ? ORDER BY child')
      .pluck(),
    having: db
      .prepare(
        `SELECT DISTINCT ord FROM property INDEXED BY property_value
         WHERE release = ? AND code = ? AND value = ? ORDER BY ord`,
      )
      .pluck(),
  };
}

/** What a stored code system chooses with. */
export type Chooser = {
  readonly release: number;
  /** How many concepts the release has. */
  readonly size: number;
  readonly ask: ReturnType<typeof choiceQueries>;
  readonly reader: ReturnType<typeof conceptReader>;
  ordOf(code: string): number | undefined;
  readonly isCaseSensitive: boolean;
};

/** The concepts of a choice: their numbers from an index at once, what they say in pages. */
export function chosenFrom(choice: Choice, chooser: Chooser): Chosen {
  const { reader } = chooser;
  if (choice.by === 'code') {
    const named = rowsOf(choice.codes, chooser);
    return {
      count: named.length,
      codes: () => named.map(([, , code]) => code),
      concepts: () => reader.concepts(named.map(([, ord]) => ord)),
    };
  }
  const ords = ordsOf(choice, chooser);
  const concepts = () => reader.concepts(ords);
  return {
    count: ords.length,
    *codes() {
      for (const { code } of concepts()) yield code;
    },
    concepts,
  };
}

function ordsOf(
  choice: Exclude<Choice, { by: 'code' }>,
  { release, size, ask, ordOf }: Chooser,
): readonly number[] {
  if (choice.by === 'property')
    return ask.having.all(release, choice.property, choice.value) as number[];
  const ord = ordOf(choice.code);
  if (ord === undefined) return [];
  if (choice.by === 'parent') return ask.within.all(release, ord) as number[];
  const all = below(ord, size, (ords) => ask.under.all({ release, ords }) as number[]);
  return choice.isSelf ? all : all.slice(1);
}

/** A concept and all below it, each once, level by level; half the time of a recursive query. */
function below(
  ord: number,
  size: number,
  childrenOf: (ords: string) => readonly number[],
): readonly number[] {
  const all = [ord];
  const seen = new Uint8Array(size);
  seen[ord] = 1;
  for (let from = 0; from < all.length; ) {
    const level = all.slice(from);
    from = all.length;
    for (const child of childrenOf(JSON.stringify(level)))
      if (seen[child] === 0) {
        seen[child] = 1;
        all.push(child);
      }
  }
  return all;
}

type Named = readonly [at: number, ord: number, code: string];

/** The row of each code: the exact one, else the first that differs in case where that counts. */
function rowsOf(
  codes: readonly string[],
  { release, ask, isCaseSensitive }: Chooser,
): readonly Named[] {
  const found = ask.named.all({ release, codes: JSON.stringify(codes) }) as Named[];
  const best: Named[] = [];
  for (const row of found) {
    const [at, , code] = row;
    const isExact = code === codes[at];
    if (!isExact && isCaseSensitive) continue;
    const last = best.at(-1);
    if (last?.[0] !== at) best.push(row);
    else if (isExact) best[best.length - 1] = row;
  }
  return best;
}
