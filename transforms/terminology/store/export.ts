import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Concept, Json, Knowledge } from '../knowledge.ts';
import { conceptMapQueries, detailOf, type MappingCells, mappingRows } from './concept-map.ts';
import { type ReleaseRow, resourceOf } from './releases.ts';

/** How an edge came to be, and so how it is written again. */
export const edgeKinds = {
  /** A property of the concept names it. */
  property: 0,
  /** The child was nested in the parent. */
  nested: 1,
  /** The format has a way of its own; FHIR writes a property. */
  relation: 2,
} as const;
export type EdgeKind = (typeof edgeKinds)[keyof typeof edgeKinds];

/**
 * A release as its FHIR resource, in pieces of JSON text that are one document together, so that
 * a million concepts are never held at once. The licence stands in `copyright`.
 */
export function exportRelease(
  db: DatabaseHandle,
  knowledge: Knowledge,
  row: ReleaseRow,
  licence: string | undefined,
): Iterable<string> {
  const { kind } = row;
  const resource = { ...resourceOf(row), ...(licence === undefined ? {} : { copyright: licence }) };
  switch (kind) {
    case 'CodeSystem':
      return codeSystemText(db, knowledge, row, resource);
    case 'ConceptMap':
      return conceptMapText(db, row, resource);
    case 'ValueSet':
      return [JSON.stringify(resource)];
    default:
      throw new Error(`no such kind: ${kind satisfies never}`);
  }
}

/** The text of a resource up to where its last element goes. */
const opened = (resource: Json) => JSON.stringify(resource).slice(0, -1);

/** Concepts stand in the order in which they were nested: each parent before what it holds. */
function* codeSystemText(
  db: DatabaseHandle,
  knowledge: Knowledge,
  { id, url, version, count }: ReleaseRow,
  resource: Json,
): Iterable<string> {
  if (!count) {
    yield JSON.stringify(resource);
    return;
  }
  const nestedIn = db
    .prepare(`SELECT parent FROM edge WHERE release = ? AND child = ? AND nested = 1`)
    .pluck();
  const related = db
    .prepare(
      `SELECT code FROM edge e JOIN concept c ON c.release = e.release AND c.ord = e.parent
       WHERE e.release = ? AND e.child = ? AND e.nested = 2 ORDER BY e.parent`,
    )
    .pluck();
  const hasEdges = db.prepare('SELECT 1 FROM edge WHERE release = ?').get(id) !== undefined;
  const open: number[] = [];
  let ord = 0;
  yield `${opened(resource)},"concept":[`;
  for (const concept of knowledge.codeSystem(url, version)!.concepts()) {
    const parent = hasEdges ? (nestedIn.get(id, ord) as number | undefined) : undefined;
    const parents = hasEdges ? (related.all(id, ord) as string[]) : [];
    let text = '';
    if (parent !== undefined && open.at(-1) === parent) text = ',"concept":[';
    else if (open.pop() !== undefined) {
      text = '}';
      for (; open.length > 0 && open.at(-1) !== parent; open.pop()) text += ']}';
      text += ',';
    }
    open.push(ord);
    yield text + opened(conceptJson(concept, parents));
    ord += 1;
  }
  yield `}${']}'.repeat(open.length - 1)}]}`;
}

function conceptJson(concept: Concept, parents: readonly string[]): Json {
  const { code, display, definition, designations, properties, ...rest } = concept;
  const property = [...properties, ...parents.map((valueCode) => ({ code: 'parent', valueCode }))];
  return {
    ...{ code, display, definition, ...rest },
    ...(designations.length === 0 ? {} : { designation: designations }),
    ...(property.length === 0 ? {} : { property }),
  };
}

function* conceptMapText(
  db: DatabaseHandle,
  row: ReleaseRow,
  { group, ...resource }: Json,
): Iterable<string> {
  const groups = (group as readonly Json[] | undefined) ?? [];
  const rows = mappingRows(conceptMapQueries(db), row)[Symbol.iterator]();
  let next = rows.next();
  yield opened(resource);
  if (groups.length > 0) yield ',"group":[';
  for (const [part, heading] of groups.entries()) {
    yield `${part === 0 ? '' : ','}${opened(heading)},"element":[`;
    let mark = '';
    while (!next.done && next.value.part === part) {
      const first = next.value;
      const targets: Json[] = [];
      while (!next.done && next.value.part === part && next.value.code === first.code) {
        if (!isBare(next.value)) targets.push(targetJson(next.value));
        next = rows.next();
      }
      const { code, display } = first;
      const shown = targets.length === 0 ? {} : { target: targets };
      const named = display === null ? {} : { display };
      yield mark + JSON.stringify({ code, ...named, ...detailOf(first).element, ...shown });
      mark = ',';
    }
    yield ']}';
  }
  yield groups.length > 0 ? ']}' : '}';
}

/** A source that stands there with no target at all. */
const isBare = (row: MappingCells): boolean =>
  row.target_code === null && row.relationship === null;

function targetJson(row: MappingCells): Json {
  const word =
    row.equivalence === null
      ? { relationship: row.relationship }
      : { equivalence: row.equivalence };
  const texts = { code: row.target_code, display: row.target_display, comment: row.comment };
  const said = Object.entries({ ...texts, ...word }).filter(([, text]) => text !== null);
  return { ...Object.fromEntries(said), ...detailOf(row).target };
}
