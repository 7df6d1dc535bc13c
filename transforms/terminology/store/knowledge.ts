import type { DatabaseHandle } from '../../../engine/index.ts';
import {
  type CodeSystem,
  type ConceptMap,
  type Found,
  type Knowledge,
  newestFirst,
  type Release,
  type ResourceType,
  type Wanted,
} from '../knowledge.ts';
import { asPublishedBy } from './as-published.ts';
import { codeSystemQueries, storedCodeSystem } from './code-system.ts';
import { conceptMapQueries, storedConceptMap } from './concept-map.ts';
import { type ReleaseQueries, type ReleaseRow, releaseQueries, resourceOf } from './releases.ts';
import { everyRead } from './turn-reads.ts';

/** How many readers are kept at hand; each holds the heading of its resource. */
const readersMax = 500;

/** Knowledge of what the store holds; a draft is found by its own version alone. */
export function storedKnowledge(
  db: DatabaseHandle,
  releases = releaseQueries(db),
  turn = everyRead,
): Knowledge {
  const concepts = codeSystemQueries(db);
  const mappings = conceptMapQueries(db, turn);
  const { find } = releases;
  const meantBy = asPublishedBy(db);
  const codeSystem = kept(releases, 'CodeSystem', (row) => storedCodeSystem(row, concepts));
  const conceptMap = kept(releases, 'ConceptMap', (row) => storedConceptMap(row, mappings));
  return {
    versions: (type, url) => newestFirst(releases.versions(type, url)),
    codeSystem: codeSystem as (url: string, version: string) => CodeSystem | undefined,
    valueSet(url, version) {
      const row = find('ValueSet', url, version);
      if (row === undefined) return undefined;
      const asPublished = meantBy(row);
      return { url, version, resource: resourceOf(row), ...(asPublished ? { asPublished } : {}) };
    },
    conceptMap: conceptMap as (url: string, version: string) => ConceptMap | undefined,
    supplements: (url) => releases.mentioned('supplements', url, 'CodeSystem'),
    systemOfValueSet: (url) => releases.mentioned('valueSet', url, 'CodeSystem').at(-1),
    mapsFrom: (system) => releases.mentioned('source', system, 'ConceptMap'),
    mapsTo: (system) => releases.mentioned('target', system, 'ConceptMap'),
    byId: (type, id) => releases.byId(type, id),
    search(type, wanted) {
      turn.end();
      return search(db, type, wanted);
    },
  };
}

/** Keeps a reader as long as its row is the same: a draft may be replaced under its name. */
function kept<T>(releases: ReleaseQueries, kind: ResourceType, make: (row: ReleaseRow) => T) {
  const readers = new Map<string, T>();
  return (url: string, version: string): T | undefined => {
    const row = releases.find(kind, url, version);
    if (row === undefined) return undefined;
    const key = `${row.id} ${row.state}`;
    const known = readers.get(key);
    if (known !== undefined) return known;
    if (readers.size >= readersMax) readers.clear();
    const made = make(row);
    readers.set(key, made);
    return made;
  };
}

function search(db: DatabaseHandle, type: ResourceType, wanted: Wanted): Found {
  const terms = [`kind = @type`, `state <> 'importing'`];
  const { id, url, version, status, name, title, system, offset, count } = wanted;
  if (id !== undefined) terms.push('fhir_id = @id');
  if (url !== undefined) terms.push('url = @url');
  if (version !== undefined) terms.push('version = @version');
  if (status !== undefined) terms.push(`iif(state = 'retired', state, status) = @status`);
  if (name !== undefined) terms.push('substr(lower(name), 1, length(@name)) = lower(@name)');
  if (title !== undefined) terms.push('substr(lower(title), 1, length(@title)) = lower(@title)');
  if (system !== undefined)
    terms.push(
      type === 'CodeSystem'
        ? 'url = @system'
        : `EXISTS (SELECT 1 FROM mention WHERE release = release.id AND url = @system
             AND role IN ('source', 'target', 'system'))`,
    );
  const given = { type, id, url, version, status, name, title, system, offset, count };
  const where = `FROM release WHERE ${terms.join(' AND ')}`;
  const total = db.prepare(`SELECT count(*) ${where}`).pluck().get(given) as number;
  const page = db
    .prepare(`SELECT url, version ${where} ORDER BY url, version LIMIT @count OFFSET @offset`)
    .all(given) as Release[];
  return { total, page };
}
