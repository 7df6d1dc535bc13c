import type { DatabaseHandle } from '../../../engine/index.ts';
import type { ConceptMap, Json, Mapping, Relationship } from '../knowledge.ts';
import { type ReleaseRow, resourceOf } from './releases.ts';

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

export function conceptMapQueries(db: DatabaseHandle) {
  // The planner, which has no statistics, else reads the whole release.
  const select = (index: string) => `SELECT ${columns} FROM mapping ${index} WHERE release = ?`;
  return {
    from: db.prepare(`${select('INDEXED BY mapping_code')} AND code = ? ORDER BY ord`),
    to: db.prepare(`${select('INDEXED BY mapping_target')} AND target_code = ? ORDER BY ord`),
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
  const mappingOf = (cells: MappingCells): Mapping => ({
    ...parts[cells.part]!,
    code: cells.code,
    ...given('sourceDisplay', cells.display),
    ...given('targetCode', cells.target_code),
    ...given('targetDisplay', cells.target_display),
    relationship: cells.relationship ?? 'not-related-to',
    ...given('equivalence', cells.equivalence),
    ...given('comment', cells.comment),
    ...dependencies(cells),
    ...(isOpen(cells) ? { isOpen: true as const } : {}),
  });
  const read = (rows: readonly unknown[]) => rows.map((cells) => mappingOf(cells as MappingCells));
  return {
    url,
    version,
    resource,
    from: (system, code) =>
      read(ask.from.all(release, code)).filter(({ source }) => source.system === system),
    to: (system, code) =>
      read(ask.to.all(release, code)).filter(({ target }) => target.system === system),
    *rows() {
      for (const cells of mappingRows(ask, row)) yield mappingOf(cells);
    },
  };
}

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
  if (cells.detail === null) return {};
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

const given = (key: string, value: string | null) => (value === null ? {} : { [key]: value });
