import { join } from 'node:path';

export const spineFile = (dataDir: string) => join(dataDir, 'spine.db');

/**
 * Appends come at the end of their tables: a contribution's row number grows, and a resource
 * finds its own through `last` and `previous`, so that a batch touches few pages. Texts that
 * repeat in every message stand once in `word`.
 *
 * `contribution.body` is the version that the contribution made: NULL when it changed nothing, ''
 * when the resource ceased to be. `elements` names what it set: NULL for all that the body holds,
 * a leading `*` when it was whole, `-` for a retraction. `own` holds what it set where the body
 * does not show it, as JSON; before that, on a line of its own that `?` begins, its initial values.
 */
export const spineSchema = `
CREATE TABLE IF NOT EXISTS word(no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS resource(no INTEGER PRIMARY KEY, type INT NOT NULL, id ANY NOT NULL,
  last INT NOT NULL, current INT NOT NULL, version INT NOT NULL, newest INT NOT NULL,
  changed_ms INT NOT NULL) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS resource_id ON resource(type, id);
CREATE TABLE IF NOT EXISTS contribution(row INTEGER PRIMARY KEY, resource INT NOT NULL,
  previous INT, message INT NOT NULL, generation INT NOT NULL, ordinal INT NOT NULL,
  version INT NOT NULL,
  changed_ms INT NOT NULL, body TEXT, elements TEXT, removed TEXT, own TEXT) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS effect ON contribution(message, generation, ordinal);
CREATE TABLE IF NOT EXISTS origin(message INT, generation INT, sha BLOB NOT NULL,
  channel INT NOT NULL, revision INT NOT NULL, mapping INT NOT NULL, maps INT NOT NULL,
  received_us INT NOT NULL, person TEXT, method INT, decided_by TEXT,
  PRIMARY KEY(message, generation)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally(type INTEGER PRIMARY KEY, resources INT NOT NULL,
  versions INT NOT NULL) STRICT;
`;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID takes 16 bytes of the one index that grows at random places; another id stays text. */
export function packId(id: string): Buffer | string {
  return id.length === 36 && uuid.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id;
}

export function unpackId(packed: Buffer | string): string {
  if (typeof packed === 'string') return packed;
  const hex = packed.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
