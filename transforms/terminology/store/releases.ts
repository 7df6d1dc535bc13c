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

export function releaseQueries(db: DatabaseHandle) {
  const seen = `state <> 'importing'`;
  const one = db.prepare(
    `SELECT * FROM release WHERE kind = ? AND url = ? AND version = ? AND ${seen}`,
  );
  const versions = db
    .prepare(`SELECT version FROM release WHERE kind = ? AND url = ? AND ${seen}`)
    .pluck();
  const mentioned = db.prepare(
    `SELECT r.url, r.version FROM mention m JOIN release r ON r.id = m.release
     WHERE m.role = ? AND m.url = ? AND r.kind = ? AND r.${seen} ORDER BY r.url, r.version`,
  );
  const byId = db.prepare(
    `SELECT url, version FROM release WHERE kind = ? AND fhir_id = ? AND ${seen}`,
  );
  const licence = db.prepare('SELECT text FROM licence WHERE id = ?').pluck();
  const newest = (rows: Release[]) => rows.sort((a, b) => compareVersions(b.version, a.version))[0];
  return {
    find: (kind: ResourceType, url: string, version: string) =>
      one.get(kind, url, version) as ReleaseRow | undefined,
    versions: (kind: ResourceType, url: string) => versions.all(kind, url) as string[],
    mentioned: (role: string, url: string, kind: ResourceType) =>
      mentioned.all(role, url, kind) as Release[],
    byId: (kind: ResourceType, id: string) => newest(byId.all(kind, id) as Release[]),
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
