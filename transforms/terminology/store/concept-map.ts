import type { DatabaseHandle } from '../../../engine/index.ts';
import type { ConceptMap, Json, Mapping, Relationship } from '../knowledge.ts';
import { type ReleaseRow, resourceOf } from './releases.ts';
import { everyRead } from './turn-reads.ts';

export type MappingCells = {
  part: number;
  code: string;
  display: string | null;
  target_code: string | null;
  target_display: string | null;
  relationship: Relationship | null;
  equivalence: string | null;
  comment: string | null;
  detail: string | null;
};

export type ConceptMapQueries = ReturnType<typeof conceptMapQueries>;

const columns =
  'part, code, display, target_code, target_display, relationship, equivalence, comment, detail';

export function conceptMapQueries(db: DatabaseHandle, turn = everyRead) {
  // The planner, which has no statistics, else reads the whole release.
  const select = (index: string) => `SELECT ${columns} FROM mapping ${index} WHERE release = ?`;
  return {
    turn,
    from: db.prepare(`${select('INDEXED BY mapping_code')} AND code = ? ORDER BY ord`).raw(),
    to: db.prepare(`${select('INDEXED BY mapping_target')} AND target_code = ? ORDER BY ord`).raw(),
    page: db.prepare(`${select('')} AND ord >= ? AND ord < ? ORDER BY ord`),
  };
}

type End = { readonly system: string; readonly version?: string };
type Part = { readonly source: End; readonly target: End };

/** The systems of each group; R5 writes `url|version` where R4 has two elements. */
export function partsOf(resource: Json): readonly Part[] {
  const groups = Array.isArray(resource.group) ? (resource.group as readonly Json[]) : [];
  return groups.map((group) => ({
    source: endOf(group.source, group.sourceVersion),
    target: endOf(group.target, group.targetVersion),
  }));
}

function endOf(system: unknown, version: unknown): End {
  const [url = '', inUrl] = (typeof system === 'string' ? system : '').split('|');
  const said = typeof version === 'string' ? version : inUrl;
  return said === undefined ? { system: url } : { system: url, version: said };
}

/** A concept map as it stands in the store. */
export function storedConceptMap(row: ReleaseRow, ask: ConceptMapQueries): ConceptMap {
  const { id: release, url, version } = row;
  const resource = resourceOf(row);
  const parts = partsOf(resource);
  const mappingOf = (cells: MappingCells): Mapping => toMapping(parts[cells.part]!, cells);
  /** Rows of the code, of the groups that have this system at that end. */
  const rowsAt = (end: keyof Part, statement: ConceptMapQueries['from']) => {
    const systems = new Set(parts.map((part) => part[end].system));
    return (system: string, code: string): readonly Mapping[] => {
      if (!systems.has(system)) return [];
      const found: Mapping[] = [];
      ask.turn.begin();
      for (const row of statement.all(release, code)) {
        const cells = cellsOf(row as RawCells);
        if (parts[cells.part]![end].system === system) found.push(mappingOf(cells));
      }
      return found;
    };
  };
  return {
    url,
    version,
    resource,
    from: rowsAt('source', ask.from),
    to: rowsAt('target', ask.to),
    *rows() {
      for (const cells of mappingRows(ask, row)) yield mappingOf(cells);
    },
  };
}

type RawCells = readonly [
  ...[part: number, code: string, display: string | null, targetCode: string | null],
  ...[targetDisplay: string | null, relationship: Relationship | null],
  ...[equivalence: string | null, comment: string | null, detail: string | null],
];

/** Rows by key come as arrays: to name nine cells would cost as much as to find them. */
const cellsOf = (row: RawCells): MappingCells => ({
  part: row[0],
  code: row[1],
  display: row[2],
  target_code: row[3],
  target_display: row[4],
  relationship: row[5],
  equivalence: row[6],
  comment: row[7],
  detail: row[8],
});

function toMapping({ source, target }: Part, cells: MappingCells): Mapping {
  const { code, display, target_code, target_display, equivalence, comment } = cells;
  const relationship = cells.relationship ?? 'not-related-to';
  const mapping: Writable<Mapping> = { source, target, code, relationship };
  if (display !== null) mapping.sourceDisplay = display;
  if (target_code !== null) mapping.targetCode = target_code;
  if (target_display !== null) mapping.targetDisplay = target_display;
  if (equivalence !== null) mapping.equivalence = equivalence;
  if (comment !== null) mapping.comment = comment;
  if (cells.detail !== null) Object.assign(mapping, dependencies(cells));
  if (isOpen(cells)) mapping.isOpen = true;
  return mapping;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** All rows of a map in its order. */
export function* mappingRows(
  ask: ConceptMapQueries,
  { id, count }: ReleaseRow,
): Iterable<MappingCells> {
  for (let at = 0; at < (count ?? 0); at += pageRows)
    yield* ask.page.all(id, at, at + pageRows) as MappingCells[];
}

/** What FHIR says of an element or a target beyond the columns. */
export type MappingDetail = { readonly element?: Json; readonly target?: Json };

export const detailOf = ({ detail }: MappingCells): MappingDetail =>
  detail === null ? {} : JSON.parse(detail);

function dependencies(cells: MappingCells): Pick<Mapping, 'dependsOn' | 'product'> {
  const { dependsOn, product } = (detailOf(cells).target ?? {}) as Pick<
    Mapping,
    'dependsOn' | 'product'
  >;
  return { ...(dependsOn ? { dependsOn } : {}), ...(product ? { product } : {}) };
}

/**
 * No target, and nobody said that there is none (R5 says so with `noMap`). A target that is a value
 * set names no code either.
 */
const isOpen = (cells: MappingCells): boolean =>
  cells.target_code === null &&
  cells.relationship !== 'not-related-to' &&
  detailOf(cells).element?.noMap !== true;

const pageRows = 1000;
