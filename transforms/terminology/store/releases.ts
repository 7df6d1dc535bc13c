import type { DatabaseHandle } from '../../../engine/index.ts';
import { compareVersions, type Json, type Release, type ResourceType } from '../knowledge.ts';

export const releaseStates = ['importing', 'draft', 'active', 'retired'] as const;
export type ReleaseState = (typeof releaseStates)[number];

/** A row of the table `release`. */
export type ReleaseRow = {
  readonly id: number;
  readonly kind: ResourceType;
  readonly url: string;
  readonly version: string;
  readonly state: ReleaseState;
  readonly status: string | null;
  readonly name: string | null;
  readonly title: string | null;
  /** The resource as JSON, without what stands in rows. */
  readonly resource: string;
  /** Concepts of a code system, rows of a map, members of a stored expansion. */
  readonly count: number | null;
  /** What it means, and what was approved, as SHA-256 in hex. */
  readonly content: string | null;
  readonly hash: string | null;
  readonly licence: number | null;
  readonly approved_by: string | null;
  readonly commit_ref: string | null;
  readonly source: string;
  readonly imported_us: number;
  readonly published_us: number | null;
  readonly retired_us: number | null;
};

export type ReleaseQueries = ReturnType<typeof releaseQueries>;

/** `importId`: what that import has written is seen too, as if it were published already. */
export function releaseQueries(db: DatabaseHandle, importId?: number) {
  const isOwn = importId === undefined ? '' : ` OR import = ${importId}`;
  const seen = `(state <> 'importing'${isOwn})`;
  const published = `(state IN ('active', 'retired')${
    importId === undefined ? '' : ` OR import = ${importId} AND status IN ('active', 'retired')`
  })`;
  const one = db.prepare(
    `SELECT * FROM release WHERE kind = ? AND url = ? AND version = ? AND ${seen}
     ORDER BY state = 'importing' DESC`,
  );
  const versions = db
    .prepare(`SELECT DISTINCT version FROM release WHERE kind = ? AND url = ? AND ${published}`)
    .pluck();
  const mentioned = db.prepare(
    `SELECT DISTINCT url, version FROM release
     WHERE id IN (SELECT release FROM mention WHERE role = ? AND url = ?) AND kind = ?
       AND ${published} ORDER BY url, version`,
  );
  const byId = db.prepare(
    `SELECT url, version, state FROM release WHERE kind = ? AND fhir_id = ? AND ${seen}`,
  );
  const licence = db.prepare('SELECT text FROM licence WHERE id = ?').pluck();
  const newest = (rows: Release[]) => rows.sort((a, b) => compareVersions(b.version, a.version))[0];
  return {
    find: (kind: ResourceType, url: string, version: string) =>
      one.get(kind, url, version) as ReleaseRow | undefined,
    versions: (kind: ResourceType, url: string) => versions.all(kind, url) as string[],
    mentioned: (role: string, url: string, kind: ResourceType) =>
      mentioned.all(role, url, kind) as Release[],
    byId(kind: ResourceType, id: string): Release | undefined {
      const found = byId.all(kind, id) as (Release & { state: ReleaseState })[];
      const published = found.filter(({ state }) => state !== 'draft');
      const chosen = newest(published.length > 0 ? published : found);
      return chosen && { url: chosen.url, version: chosen.version };
    },
    licence: (row: ReleaseRow) =>
      row.licence === null ? undefined : (licence.get(row.licence) as string),
    list: (kind?: ResourceType) =>
      db
        .prepare(
          `SELECT * FROM release WHERE ${seen} AND (? IS NULL OR kind = ?)
           ORDER BY kind, url, version`,
        )
        .all(kind ?? null, kind ?? null) as ReleaseRow[],
  };
}

/** The resource of a release, with the status that it has today. */
export function resourceOf(row: ReleaseRow): Json {
  const resource = JSON.parse(row.resource) as Json;
  return row.state === 'retired' ? { ...resource, status: 'retired' } : resource;
}
