import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import type { Change } from './change.ts';
import { hierarchyProperties } from './hierarchy.ts';
import { canonicalJson } from './seal.ts';

export type Side = { readonly id: number; readonly resource: Json };

type Pair = {
  code: string;
  old_ord: number;
  new_ord: number | null;
  old_display: string | null;
  new_display: string | null;
  old_definition: string | null;
  new_definition: string | null;
  old_retired: number;
  new_retired: number | null;
  old_detail: string | null;
  new_detail: string | null;
};

const same = 'n.release = @later AND n.code = o.code COLLATE NOCASE AND n.code = o.code';

/** Properties that say that a concept is out of use, told as one change with it. */
const lifeProperties: ReadonlySet<string> = new Set([
  ...['status', 'inactive', 'retirementDate', 'deprecationDate', 'deprecated', 'effectiveDate'],
]);

/** The concepts of a code system, by code; then those that came. */
export function* diffConcepts(db: DatabaseHandle, earlier: Side, later: Side): Iterable<Change> {
  const ids = { earlier: earlier.id, later: later.id };
  const parts = partReader(db, earlier, later);
  const pairs = db.prepare(
    `SELECT o.code, o.ord old_ord, n.ord new_ord, o.display old_display, n.display new_display,
       o.definition old_definition, n.definition new_definition, o.retired old_retired,
       n.retired new_retired, o.detail old_detail, n.detail new_detail
     FROM concept o LEFT JOIN concept n INDEXED BY concept_code ON ${same}
     WHERE o.release = @earlier ORDER BY o.code COLLATE NOCASE, o.code`,
  );
  for (const pair of pairs.iterate(ids) as Iterable<Pair>) {
    const { code, new_ord } = pair;
    if (new_ord === null) yield { change: 'removed', code, was: pair.old_display };
    else yield* diffConcept(pair, parts(pair.old_ord, new_ord));
  }
  const added = db.prepare(
    `SELECT o.code, o.display FROM concept o WHERE o.release = @earlier AND NOT EXISTS
       (SELECT 1 FROM concept n INDEXED BY concept_code
          WHERE ${same}) ORDER BY o.code COLLATE NOCASE, o.code`,
  );
  const swapped = { earlier: later.id, later: earlier.id };
  for (const row of added.iterate(swapped) as Iterable<{ code: string; display: string | null }>)
    yield { change: 'added', code: row.code, now: row.display };
}

function* diffConcept(pair: Pair, parts: Parts): Iterable<Change> {
  const { code } = pair;
  const isTurned = pair.old_retired !== pair.new_retired;
  if (isTurned) yield { change: pair.new_retired === 1 ? 'retired' : 'reinstated', code };
  if (pair.old_display !== pair.new_display)
    yield { change: 'display', code, was: pair.old_display, now: pair.new_display };
  if (pair.old_definition !== pair.new_definition)
    yield { change: 'definition', code, was: pair.old_definition, now: pair.new_definition };
  if (parts.parents.was.join('\n') !== parts.parents.now.join('\n'))
    yield { change: 'parents', code, ...parts.parents };
  for (const [change, lists] of [
    ['property', parts.properties],
    ['designation', parts.designations],
  ] as const)
    for (const element of new Set([...lists.was.keys(), ...lists.now.keys()])) {
      if (change === 'property' && isTurned && lifeProperties.has(element)) continue;
      const was = lists.was.get(element) ?? [];
      const now = lists.now.get(element) ?? [];
      if (!areSame(was, now)) yield { change, code, element, was, now };
    }
  const [was, now] = [pair.old_detail, pair.new_detail].map(extensionOf);
  if (canonicalJson(was) !== canonicalJson(now))
    yield { change: 'property', code, element: 'extension', was, now };
}

const extensionOf = (detail: string | null): unknown =>
  detail === null ? undefined : (JSON.parse(detail) as Json).extension;

/** JSON among the texts says the same whatever the order of its keys. */
function areSame(was: readonly string[], now: readonly string[]): boolean {
  if (was.join('\n') === now.join('\n')) return true;
  const plain = (texts: readonly string[]) => texts.map(inOrderText).sort().join('\n');
  return was.length === now.length && plain(was) === plain(now);
}

/** A value, and the JSON behind it, if any. */
function inOrderText(text: string): string {
  const at = text.indexOf('{');
  if (at < 0) return text;
  try {
    return text.slice(0, at) + canonicalJson(JSON.parse(text.slice(at)));
  } catch {
    return text;
  }
}

type Lists = {
  readonly was: ReadonlyMap<string, string[]>;
  readonly now: ReadonlyMap<string, string[]>;
};
type Parts = {
  readonly parents: { readonly was: readonly string[]; readonly now: readonly string[] };
  readonly properties: Lists;
  readonly designations: Lists;
};

/** Reads what hangs on a concept, on both sides; a table that both leave empty is not asked. */
function partReader(db: DatabaseHandle, earlier: Side, later: Side) {
  const isUsed = (table: string) =>
    [earlier.id, later.id].some(
      (id) => db.prepare(`SELECT 1 FROM ${table} WHERE release = ? LIMIT 1`).get(id) !== undefined,
    );
  // A parent that is gone itself is told once, as removed.
  const parents = db
    .prepare(
      `SELECT o.code FROM edge e JOIN concept o ON o.release = e.release AND o.ord = e.parent
       WHERE e.release = @of AND e.child = @ord AND EXISTS
         (SELECT 1 FROM concept n WHERE n.release IN (@earlier, @later) AND n.release <> @of
            AND n.code = o.code COLLATE NOCASE AND n.code = o.code OR @isLater)
       ORDER BY o.code`,
    )
    .pluck();
  const properties = db.prepare(
    `SELECT code name, coalesce(detail, value) text FROM property
     WHERE release = ? AND ord = ? ORDER BY n`,
  );
  const designations = db.prepare(
    `SELECT coalesce(language, '') name, value || coalesce(detail, '') text FROM designation
     WHERE release = ? AND ord = ? ORDER BY n`,
  );
  const used = ['edge', 'property', 'designation'].map(isUsed);
  const isEdge = new Set([
    ...hierarchyProperties(earlier.resource).all,
    ...hierarchyProperties(later.resource).all,
  ]);
  const lists = (statement: typeof properties, id: number, ord: number) => {
    const found = new Map<string, string[]>();
    for (const { name, text } of statement.all(id, ord) as { name: string; text: string }[])
      if (statement !== properties || !isEdge.has(name))
        found.set(name, [...(found.get(name) ?? []), text]);
    for (const texts of found.values()) texts.sort();
    return found;
  };
  const none: Lists = { was: new Map(), now: new Map() };
  const both = (statement: typeof properties, was: number, now: number): Lists => ({
    was: lists(statement, earlier.id, was),
    now: lists(statement, later.id, now),
  });
  const above = (of: number, ord: number) =>
    parents.all({
      ...{ of, ord, earlier: earlier.id, later: later.id },
      isLater: of === later.id ? 1 : 0,
    }) as string[];
  return (was: number, now: number): Parts => ({
    parents: used[0]
      ? { was: above(earlier.id, was), now: above(later.id, now) }
      : { was: [], now: [] },
    properties: used[1] ? both(properties, was, now) : none,
    designations: used[2] ? both(designations, was, now) : none,
  });
}
