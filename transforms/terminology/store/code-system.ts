import type { DatabaseHandle } from '../../../engine/index.ts';
import type { CodeSystem } from '../knowledge.ts';
import { choiceQueries, chosenFrom } from './chosen.ts';
import { packedHas } from './closure.ts';
import {
  type ConceptRow,
  conceptColumns,
  conceptPageQueries,
  conceptReader,
} from './concept-pages.ts';
import { type ReleaseRow, resourceOf } from './releases.ts';

/** The statements that read code systems; prepared once a database. */
export type CodeSystemQueries = ReturnType<typeof codeSystemQueries>;

export function codeSystemQueries(db: DatabaseHandle) {
  const codes = (sql: string) => db.prepare(sql).pluck();
  const below = `WITH RECURSIVE below(ord) AS (
      SELECT child FROM edge WHERE release = @release AND parent = @ord
      UNION SELECT child FROM below CROSS JOIN edge ON release = @release AND parent = below.ord)`;
  // CROSS JOIN, because the planner else reads all edges for each step.
  return {
    // The planner else reads all concepts of the release: to it, either key is but a prefix.
    find: db
      .prepare(
        `SELECT ${conceptColumns} FROM concept INDEXED BY concept_code
       WHERE release = ? AND code = ? COLLATE NOCASE`,
      )
      .raw(),
    // The index holds both, so that nobody looks at the concept itself.
    ords: db
      .prepare(
        `SELECT ord, code FROM concept INDEXED BY concept_code
         WHERE release = ? AND code = ? COLLATE NOCASE`,
      )
      .raw(),
    page: db
      .prepare(
        `SELECT ${conceptColumns} FROM concept
         WHERE release = ? AND ord >= ? AND ord < ? ORDER BY ord`,
      )
      .raw(),
    pages: conceptPageQueries(db),
    choices: choiceQueries(db),
    hasProperties: db.prepare('SELECT 1 FROM property WHERE release = ? LIMIT 1').pluck(),
    hasDesignations: db.prepare('SELECT 1 FROM designation WHERE release = ? LIMIT 1').pluck(),
    ancestors: db.prepare('SELECT ancestors FROM above WHERE release = ? AND ord = ?').pluck(),
    parentOrds: db.prepare('SELECT parent FROM edge WHERE release = ? AND child = ?').pluck(),
    roots: codes(
      `SELECT code FROM concept c WHERE release = ? AND NOT EXISTS
         (SELECT 1 FROM edge WHERE release = c.release AND child = c.ord) ORDER BY ord`,
    ),
    children: codes(
      `SELECT code FROM edge e JOIN concept c ON c.release = e.release AND c.ord = e.child
       WHERE e.release = ? AND e.parent = ? ORDER BY e.child`,
    ),
    parents: codes(
      `SELECT code FROM edge e JOIN concept c ON c.release = e.release AND c.ord = e.parent
       WHERE e.release = ? AND e.child = ? ORDER BY e.parent`,
    ),
    descendants: codes(
      `${below} SELECT code FROM below b
       CROSS JOIN concept c ON c.release = @release AND c.ord = b.ord`,
    ),
    withProperty: codes(
      `SELECT DISTINCT c.code FROM property p INDEXED BY property_value CROSS JOIN concept c
         ON c.release = p.release AND c.ord = p.ord
       WHERE p.release = ? AND p.code = ? AND p.value = ? ORDER BY p.ord`,
    ),
    mentioning: codes(
      `SELECT code FROM concept c WHERE release = @release AND (
         instr(lower(code), @text) OR instr(lower(coalesce(display, '')), @text) OR EXISTS
         (SELECT 1 FROM designation d WHERE d.release = c.release AND d.ord = c.ord
            AND instr(lower(d.value), @text))) ORDER BY ord`,
    ),
  };
}

const pageConcepts = 1000;
const unfoldedText = /[^\x00-\x7f]/;

/** A code system as it stands in the store. */
export function storedCodeSystem(row: ReleaseRow, ask: CodeSystemQueries): CodeSystem {
  const { id: release, url, version, count } = row;
  const resource = resourceOf(row);
  const isCaseSensitive = resource.caseSensitive === true;
  // Most code systems have neither, and are spared two questions a concept.
  const hasProperties = ask.hasProperties.get(release) === 1;
  const hasDesignations = ask.hasDesignations.get(release) === 1;
  const reader = conceptReader(ask.pages, release, {
    properties: hasProperties,
    designations: hasDesignations,
  });
  const exactOr = <R extends readonly [number, string, ...unknown[]]>(
    found: readonly R[],
    code: string,
  ): R | undefined =>
    found.find(([, each]) => each === code) ?? (isCaseSensitive ? undefined : found[0]);
  const ordOf = (code: string): number | undefined => {
    const found = ask.ords.all(release, code) as (readonly [ord: number, code: string])[];
    return exactOr(found, code)?.[0];
  };
  const texts = (rows: Iterable<unknown>) => rows as Iterable<string>;
  const related = (code: string, statement: CodeSystemQueries['children']) => {
    const ord = ordOf(code);
    return ord === undefined ? [] : texts(statement.all(release, ord));
  };
  return {
    url,
    version,
    resource,
    count: count ?? 0,
    concept(code) {
      const found = exactOr(ask.find.all(release, code) as ConceptRow[], code);
      return found && reader.fill([found])[0];
    },
    *concepts() {
      // In pages: a statement that is being read would keep everybody else from the handle.
      for (let at = 0; at < (count ?? 0); at += pageConcepts)
        yield* reader.fill(ask.page.all(release, at, at + pageConcepts) as ConceptRow[]);
    },
    roots: () => texts(ask.roots.all(release)),
    children: (code) => related(code, ask.children),
    parents: (code) => related(code, ask.parents),
    descendants(code) {
      const ord = ordOf(code);
      return ord === undefined ? [] : texts(ask.descendants.all({ release, ord }));
    },
    subsumes(ancestor, descendant) {
      const above = ordOf(ancestor);
      const below = ordOf(descendant);
      if (above === undefined || below === undefined || above === below) return false;
      const packed = ask.ancestors.get(release, below) as Uint8Array | undefined;
      return packed === undefined ? climbs(ask, release, below, above) : packedHas(packed, above);
    },
    withProperty: (property, value) => texts(ask.withProperty.all(release, property, value)),
    choose: (choice) =>
      chosenFrom(choice, {
        release,
        size: count ?? 0,
        ask: ask.choices,
        reader,
        ordOf,
        isCaseSensitive,
      }),
    mentioning(text) {
      // SQLite folds ASCII alone; with other letters every code may contain it.
      const wanted = unfoldedText.test(text) ? '' : text.toLowerCase();
      return texts(ask.mentioning.all({ release, text: wanted }));
    },
  };
}

/** For what has no closure: it is too large, or the concept has no parents at all. */
function climbs(ask: CodeSystemQueries, release: number, from: number, wanted: number): boolean {
  const seen = new Set([from]);
  for (const ord of seen)
    for (const parent of ask.parentOrds.all(release, ord) as number[]) {
      if (parent === wanted) return true;
      seen.add(parent);
    }
  return false;
}
