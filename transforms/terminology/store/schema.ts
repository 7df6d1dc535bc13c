import type { DatabaseHandle } from '../../../engine/index.ts';

/**
 * The layout of the terminology store.
 *
 * `release` is one version of a code system, value set or concept map, and its state:
 * `importing` (being written, seen by nobody), `draft` (may be replaced), `active`, `retired`.
 * From `active` on nothing of it changes but the one step to `retired`: triggers refuse the rest,
 * for whoever writes, and `hash` shows what somebody did who took the triggers away.
 *
 * What a release holds stands in tables of its own, in the order of the source (`ord`, `n`):
 * `concept`, `property` and `designation` (what FHIR calls so), `edge` (a hierarchy with any number
 * of parents), `above` (for each concept the numbers of all its ancestors, packed), `mapping` (a
 * row a target), `member` (a stored expansion). `mention` says which systems and value sets a
 * release speaks of. Texts of licences are kept once and never change.
 */
export const storeLayout = 1;

/**
 * Holds the whole answer to "what becomes of this code", so that one descent of one tree gives it.
 * An index is no layout: a store that was made with a narrower one of this name is read all the
 * same, by this version and the one before, and gets this one from whoever next writes to it.
 */
const answerIndex = `CREATE INDEX IF NOT EXISTS mapping_code ON mapping(release, code, ord, part,
  target_code, target_display, relationship, equivalence, display, comment, detail);`;

/** Rebuilds the index of answers where it is the narrower one of an earlier version. */
export function widenIndex(db: DatabaseHandle): void {
  const columns = () => (db.pragma(`index_info('mapping_code')`) as unknown[]).length;
  if (columns() > 2) return;
  db.transaction(() => {
    // Somebody else may have done it meanwhile.
    if (columns() <= 2) db.exec(`DROP INDEX IF EXISTS mapping_code; ${answerIndex}`);
  }).immediate();
}

const tables = `
CREATE TABLE IF NOT EXISTS import(id INTEGER PRIMARY KEY, pid INT NOT NULL, host TEXT NOT NULL,
  touched_us INT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS licence(id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS release(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, url TEXT NOT NULL,
  version TEXT NOT NULL, state TEXT NOT NULL, fhir_id TEXT, status TEXT, name TEXT, title TEXT,
  resource TEXT NOT NULL, count INT, content TEXT, hash TEXT, licence INT, approved_by TEXT,
  commit_ref TEXT, source TEXT NOT NULL, import INT, imported_us INT NOT NULL, published_us INT,
  retired_us INT) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS release_key ON release(kind, url, version)
  WHERE state <> 'importing';
CREATE INDEX IF NOT EXISTS release_fhir_id ON release(kind, fhir_id);

CREATE TABLE IF NOT EXISTS concept(release INT, ord INT, code TEXT NOT NULL, display TEXT,
  definition TEXT, retired INT NOT NULL, detail TEXT, PRIMARY KEY(release, ord))
  STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS concept_code ON concept(release, code COLLATE NOCASE, code);
CREATE TABLE IF NOT EXISTS property(release INT, ord INT, n INT, code TEXT NOT NULL,
  type TEXT NOT NULL, value TEXT NOT NULL, detail TEXT, PRIMARY KEY(release, ord, n))
  STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS property_value ON property(release, code, value);
CREATE TABLE IF NOT EXISTS designation(release INT, ord INT, n INT, language TEXT,
  value TEXT NOT NULL, detail TEXT, PRIMARY KEY(release, ord, n)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS edge(release INT, child INT, parent INT, nested INT NOT NULL,
  PRIMARY KEY(release, child, parent)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS edge_parent ON edge(release, parent);
CREATE TABLE IF NOT EXISTS above(release INT, ord INT, ancestors BLOB NOT NULL,
  PRIMARY KEY(release, ord)) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS mapping(release INT, ord INT, part INT NOT NULL, code TEXT NOT NULL,
  display TEXT, target_code TEXT, target_display TEXT, relationship TEXT, equivalence TEXT,
  comment TEXT, detail TEXT, PRIMARY KEY(release, ord)) STRICT, WITHOUT ROWID;
${answerIndex}
CREATE INDEX IF NOT EXISTS mapping_target ON mapping(release, target_code)
  WHERE target_code IS NOT NULL;
CREATE TABLE IF NOT EXISTS member(release INT, ord INT, system TEXT NOT NULL, version TEXT,
  code TEXT NOT NULL, display TEXT, detail TEXT, PRIMARY KEY(release, ord)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_code ON member(release, code);
CREATE TABLE IF NOT EXISTS mention(release INT, role TEXT, url TEXT,
  PRIMARY KEY(release, role, url)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mention_url ON mention(role, url);
`;

/** Tables of a release's content, with the columns that order their rows. */
export const contentTables = {
  concept: 'ord',
  property: 'ord, n',
  designation: 'ord, n',
  edge: 'child, parent',
  above: 'ord',
  mapping: 'ord',
  member: 'ord',
  mention: 'role, url',
} as const;
export type ContentTable = keyof typeof contentTables;

const stateOf = (row: 'NEW' | 'OLD') => `(SELECT state FROM release WHERE id = ${row}.release)`;

/** Content is written while its release is imported; what was never published may be dropped. */
const contentTriggers = Object.keys(contentTables).map(
  (table) => `
CREATE TRIGGER IF NOT EXISTS ${table}_insert BEFORE INSERT ON ${table}
  WHEN ${stateOf('NEW')} IS NOT 'importing'
  BEGIN SELECT RAISE(ABORT, 'a published release never changes'); END;
CREATE TRIGGER IF NOT EXISTS ${table}_update BEFORE UPDATE ON ${table}
  WHEN ${stateOf('OLD')} IS NOT 'importing' OR ${stateOf('NEW')} IS NOT 'importing'
  BEGIN SELECT RAISE(ABORT, 'a published release never changes'); END;
CREATE TRIGGER IF NOT EXISTS ${table}_delete BEFORE DELETE ON ${table}
  WHEN ${stateOf('OLD')} IN ('active', 'retired')
  BEGIN SELECT RAISE(ABORT, 'a published release never changes'); END;`,
);

const fixedColumns = [
  ...[
    'kind',
    'url',
    'version',
    'fhir_id',
    'status',
    'name',
    'title',
    'resource',
    'count',
    'content',
  ],
  ...[
    'hash',
    'licence',
    'approved_by',
    'commit_ref',
    'source',
    'import',
    'imported_us',
    'published_us',
  ],
];

/** `OR REPLACE` deletes without asking a delete trigger, so its ways in are closed here. */
const releaseTriggers = `
CREATE TRIGGER IF NOT EXISTS release_insert BEFORE INSERT ON release
  WHEN NEW.state <> 'importing' OR EXISTS (SELECT 1 FROM release WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'a release begins with its import'); END;
CREATE TRIGGER IF NOT EXISTS release_delete BEFORE DELETE ON release
  WHEN OLD.state IN ('active', 'retired')
  BEGIN SELECT RAISE(ABORT, 'a published release never changes'); END;
CREATE TRIGGER IF NOT EXISTS release_published BEFORE UPDATE ON release
  WHEN NEW.id <> OLD.id OR OLD.state = 'retired' OR OLD.state = 'active' AND
    (NEW.state <> 'retired' OR ${fixedColumns.map((c) => `NEW.${c} IS NOT OLD.${c}`).join(' OR ')})
  BEGIN SELECT RAISE(ABORT, 'a published release never changes'); END;
CREATE TRIGGER IF NOT EXISTS release_taken BEFORE UPDATE ON release
  WHEN NEW.state <> 'importing' AND EXISTS (SELECT 1 FROM release WHERE id <> OLD.id
    AND state <> 'importing' AND kind = NEW.kind AND url = NEW.url AND version = NEW.version)
  BEGIN SELECT RAISE(ABORT, 'this version is there; a correction is a new version'); END;
CREATE TRIGGER IF NOT EXISTS licence_insert BEFORE INSERT ON licence
  WHEN EXISTS (SELECT 1 FROM licence WHERE id = NEW.id OR hash = NEW.hash)
  BEGIN SELECT RAISE(ABORT, 'the text of a licence never changes'); END;
CREATE TRIGGER IF NOT EXISTS licence_update BEFORE UPDATE ON licence
  BEGIN SELECT RAISE(ABORT, 'the text of a licence never changes'); END;
CREATE TRIGGER IF NOT EXISTS licence_delete BEFORE DELETE ON licence
  BEGIN SELECT RAISE(ABORT, 'the text of a licence never changes'); END;
`;

export const storeSchema = [tables, releaseTriggers, ...contentTriggers].join('\n');
