import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Concept, Designation, Property } from '../knowledge.ts';
import { propertyOf } from './properties.ts';

/** A concept as its table has it: what else it says stands in rows of their own. */
export type ConceptRow = readonly [
  ord: number,
  code: string,
  display: string | null,
  definition: string | null,
  detail: string | null,
];

export const conceptColumns = 'ord, code, display, definition, detail';

type PropertyRow = readonly [
  ord: number,
  code: string,
  type: string,
  value: string,
  detail: string | null,
];
type DesignationRow = readonly [
  ord: number,
  language: string | null,
  value: string,
  detail: string | null,
];

const pageConcepts = 500;

/**
 * Statements that read many concepts at once, by their numbers as a JSON array. What they give is
 * in the order of the array, and of `n` within: the joins are nested loops, as written.
 */
export function conceptPageQueries(db: DatabaseHandle) {
  const named = (columns: string) => columns.replaceAll(/\w+/g, (name) => `t.${name}`);
  const of = (table: string, columns: string) =>
    db
      .prepare(
        `SELECT ${named(columns)} FROM json_each(@ords) j
         CROSS JOIN ${table} t ON t.release = @release AND t.ord = j.value`,
      )
      .raw();
  return {
    concepts: of('concept', conceptColumns),
    properties: of('property', 'ord, code, type, value, detail'),
    designations: of('designation', 'ord, language, value, detail'),
  };
}

export type ConceptPageQueries = ReturnType<typeof conceptPageQueries>;

/** Reads concepts of one release: three questions a page, in place of three a concept. */
export function conceptReader(
  ask: ConceptPageQueries,
  release: number,
  has: { readonly properties: boolean; readonly designations: boolean },
) {
  /** Adds to rows what stands beside them; designations when somebody asks for the first. */
  function fill(rows: readonly ConceptRow[]): readonly Concept[] {
    const given = { release, ords: JSON.stringify(rows.map(([ord]) => ord)) };
    const properties = has.properties
      ? grouped(ask.properties.all(given) as PropertyRow[], ([, code, type, value, detail]) =>
          propertyOf(code, { type, value, detail }),
        )
      : undefined;
    let read: ReadonlyMap<number, readonly Designation[]> | undefined;
    const designations = (ord: number) => {
      read ??= has.designations
        ? grouped(ask.designations.all(given) as DesignationRow[], designationOf)
        : new Map();
      return read.get(ord) ?? [];
    };
    return rows.map((row) => conceptOf(row, properties?.get(row[0]) ?? [], designations));
  }
  return {
    fill,
    /** In the order of the numbers. */
    *concepts(ords: readonly number[]): Iterable<Concept> {
      for (let at = 0; at < ords.length; at += pageConcepts) {
        const page = JSON.stringify(ords.slice(at, at + pageConcepts));
        yield* fill(ask.concepts.all({ release, ords: page }) as ConceptRow[]);
      }
    },
  };
}

function grouped<R extends readonly [number, ...unknown[]], T>(
  rows: readonly R[],
  read: (row: R) => T,
): ReadonlyMap<number, readonly T[]> {
  const all = new Map<number, T[]>();
  for (const row of rows) {
    const one = all.get(row[0]);
    if (one === undefined) all.set(row[0], [read(row)]);
    else one.push(read(row));
  }
  return all;
}

function conceptOf(
  [ord, code, display, definition, detail]: ConceptRow,
  properties: readonly Property[],
  designations: (ord: number) => readonly Designation[],
): Concept {
  return {
    code,
    ...(display === null ? undefined : { display }),
    ...(definition === null ? undefined : { definition }),
    get designations() {
      return designations(ord);
    },
    properties,
    ...(detail === null ? undefined : (JSON.parse(detail) as object)),
  };
}

function designationOf([, language, value, detail]: DesignationRow): Designation {
  return {
    ...(language === null ? undefined : { language }),
    ...(detail === null ? undefined : (JSON.parse(detail) as object)),
    value,
  };
}
