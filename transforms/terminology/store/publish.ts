import type { DatabaseHandle } from '../../../engine/index.ts';
import type { ResourceType } from '../knowledge.ts';
import type { Change } from './change.ts';
import { type Closure, closeHierarchy } from './closure.ts';
import { diffReleases } from './diff.ts';
import { type ReleaseRow, releaseQueries } from './releases.ts';
import { contentTables } from './schema.ts';
import { hashContent, hashRelease, hashText } from './seal.ts';
import type { Heading, Staging } from './staging.ts';

/** Who lets a release in, from where, and under which licence. */
export type Approval = {
  readonly by: string;
  /** The commit of the configuration that it came from. */
  readonly commit?: string;
  /** The text of the licence; kept, and shown on export. */
  readonly licence?: string;
};

/** Gives a staged release its ancestors; a circle is told, not written. */
export function writeClosure(db: DatabaseHandle, staging: Staging): Closure {
  const total = db
    .prepare('SELECT count(*) FROM edge WHERE release = ?')
    .pluck()
    .get(staging.id) as number;
  if (total === 0) return { outcome: 'closed', pairs: 0 };
  const edges = new Int32Array(total * 2);
  let end = 0;
  const rows = db.prepare('SELECT child, parent FROM edge WHERE release = ?').raw();
  for (const [child, parent] of rows.iterate(staging.id) as Iterable<[number, number]>) {
    edges[end] = child;
    edges[end + 1] = parent;
    end += 2;
  }
  const write = db.prepare('INSERT INTO above VALUES (?, ?, ?)');
  const closure = closeHierarchy(staging.count, edges, (concept, ancestors) =>
    write.run(staging.id, concept, ancestors),
  );
  if (closure.outcome !== 'closed')
    db.prepare('DELETE FROM above WHERE release = ?').run(staging.id);
  return closure;
}

/** Writes what is said of the release as a whole, and computes what it means. */
export function completeRelease(
  db: DatabaseHandle,
  staging: Staging,
  heading: Heading,
  approval: Approval,
): void {
  const { resource, url, version } = heading;
  const text = (key: string) => (typeof resource[key] === 'string' ? resource[key] : null);
  const licence = approval.licence ?? text('copyright');
  db.prepare(
    `UPDATE release SET url = ?, version = ?, fhir_id = ?, status = ?, name = ?, title = ?,
       resource = ?, count = ?, licence = ?, approved_by = ?, commit_ref = ? WHERE id = ?`,
  ).run(
    ...[url, version, text('id'), text('status'), text('name'), text('title')],
    ...[JSON.stringify(resource), staging.count],
    licence === null ? null : keepLicence(db, licence),
    ...[approval.by, approval.commit ?? null, staging.id],
  );
  const content = hashContent(db, staging.id);
  db.prepare('UPDATE release SET content = ? WHERE id = ?').run(content, staging.id);
}

function keepLicence(db: DatabaseHandle, text: string): number {
  const hash = hashText(text);
  const known = db.prepare('SELECT id FROM licence WHERE hash = ?').pluck().get(hash);
  if (known !== undefined) return known as number;
  const made = db.prepare('INSERT INTO licence(hash, text) VALUES (?, ?)').run(hash, text);
  return Number(made.lastInsertRowid);
}

export type Verdict = {
  readonly kind: ResourceType;
  readonly url: string;
  readonly version: string;
  readonly count: number;
  readonly outcome: 'published' | 'drafted' | 'retired' | 'unchanged' | 'refused';
  /** Of a refused one: what it says otherwise, the first few of it. */
  readonly differences: readonly Change[];
};

const differencesMax = 5;

/** What publishing a completed release would come to. */
export function judgeRelease(db: DatabaseHandle, id: number): Verdict {
  const staged = rowOf(db, id);
  const { kind, url, version, count } = staged;
  const known = releaseQueries(db).find(kind, url, version);
  const state = stateOf(staged);
  const verdict = (outcome: Verdict['outcome'], differences: readonly Change[] = []): Verdict => ({
    ...{ kind, url, version, count: count ?? 0, outcome, differences },
  });
  const fresh = state === 'draft' ? 'drafted' : state === 'retired' ? 'retired' : 'published';
  if (known === undefined || known.state === 'draft') return verdict(fresh);
  if (known.content !== staged.content) {
    const differences: Change[] = [];
    for (const change of diffReleases(db, known, staged, { strict: true })) {
      differences.push(change);
      if (differences.length === differencesMax) break;
    }
    if (differences.length > 0) return verdict('refused', differences);
  }
  return verdict(known.state === 'active' && state === 'retired' ? 'retired' : 'unchanged');
}

/**
 * Publishes completed releases, all in one transaction. None of them may be refused
 * (`judgeRelease`).
 */
export function publishReleases(db: DatabaseHandle, ids: readonly number[], nowUs: number): void {
  const { find } = releaseQueries(db);
  db.transaction(() => {
    for (const id of ids) {
      const staged = rowOf(db, id);
      const { outcome } = judgeRelease(db, id);
      if (outcome === 'refused') throw new Error('a refused release cannot be published');
      const known = find(staged.kind, staged.url, staged.version);
      if (known !== undefined && known.state !== 'draft') {
        if (outcome === 'retired')
          db.prepare(`UPDATE release SET state = 'retired', retired_us = ? WHERE id = ?`).run(
            ...[nowUs, known.id],
          );
        dropRelease(db, id);
        continue;
      }
      if (known !== undefined) dropRelease(db, known.id);
      const state = stateOf(staged);
      const published = state === 'draft' ? null : nowUs;
      db.prepare('UPDATE release SET import = NULL, published_us = ? WHERE id = ?').run(
        ...[published, id],
      );
      db.prepare('UPDATE release SET hash = ? WHERE id = ?').run(hashRelease(db, id), id);
      db.prepare('UPDATE release SET state = ?, retired_us = ? WHERE id = ?').run(
        ...[state, state === 'retired' ? nowUs : null, id],
      );
    }
  }).immediate();
}

/** Takes away a release that was never published, with its rows. */
export function dropRelease(db: DatabaseHandle, id: number): void {
  for (const table of Object.keys(contentTables))
    db.prepare(`DELETE FROM ${table} WHERE release = ?`).run(id);
  db.prepare('DELETE FROM release WHERE id = ?').run(id);
}

const rowOf = (db: DatabaseHandle, id: number) =>
  db.prepare('SELECT * FROM release WHERE id = ?').get(id) as ReleaseRow;

/** FHIR's publication status as a state; what is `unknown` is not yet approved. */
function stateOf({ status }: ReleaseRow): 'draft' | 'active' | 'retired' {
  return status === 'active' || status === 'retired' ? status : 'draft';
}
