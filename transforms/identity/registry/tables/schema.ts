import { crosswalkSchema } from './crosswalk.ts';
import { keyIndexSchema } from './key-index.ts';

/**
 * The log: `event` with the dictionary `word` that it refers to, and `decision`. They only grow,
 * and triggers refuse everything else. Attributes stand in their event and nowhere else.
 *
 * The state, which is the fold of the log: `record`, `identifier` (every one that a source ever
 * gave, with its first message), `edge` (active ones only: the others are in the log), `membership`
 * (records of persons that have more than one), `do_not_link` (`a` below `b`), `review` (`no` is
 * the number of its `queued` event).
 *
 * The index of keys is no state; it is told in `key-index.ts`, the Patient resources in
 * `crosswalk.ts`.
 */
export const registrySchema = `
CREATE TABLE IF NOT EXISTS word(no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS event(seq INTEGER PRIMARY KEY, type INT NOT NULL, at_us INT NOT NULL,
  a INT, b INT, message INT, generation INT, cause TEXT, body TEXT) STRICT;
CREATE INDEX IF NOT EXISTS event_a ON event(a) WHERE a IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_b ON event(b) WHERE b IS NOT NULL;
CREATE TABLE IF NOT EXISTS decision(message INT, generation INT, ordinal INT, record INT NOT NULL,
  person INT NOT NULL, at INT NOT NULL, detail TEXT,
  PRIMARY KEY(message, generation, ordinal)) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS decision_at ON decision(at);

CREATE TABLE IF NOT EXISTS record(no INTEGER PRIMARY KEY, system INT NOT NULL, value TEXT NOT NULL,
  key INT NOT NULL, fingerprint INT NOT NULL, normalisation INT NOT NULL, facility INT NOT NULL,
  attributes INT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS identifier(record INT, system INT, value TEXT, first_message INT,
  PRIMARY KEY(record, system, value)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS edge(seq INTEGER PRIMARY KEY, a INT NOT NULL, b INT NOT NULL,
  kind INT NOT NULL, weight REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS edge_a ON edge(a);
CREATE INDEX IF NOT EXISTS edge_b ON edge(b);
CREATE TABLE IF NOT EXISTS membership(record INTEGER PRIMARY KEY, anchor INT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS membership_anchor ON membership(anchor);
CREATE TABLE IF NOT EXISTS do_not_link(a INT, b INT, event INT NOT NULL, PRIMARY KEY(a, b))
  STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS do_not_link_b ON do_not_link(b);
CREATE TABLE IF NOT EXISTS review(no INTEGER PRIMARY KEY, kind INT NOT NULL, a INT NOT NULL, b INT,
  opened_us INT NOT NULL, outcome INT, closed INT) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS review_open ON review(kind, a, coalesce(b, 0))
  WHERE outcome IS NULL;

${keyIndexSchema}${crosswalkSchema}
${['word', 'event', 'decision'].map(appendOnly).join('')}
`;

/** The state tables with the column that orders their rows. */
export const stateTables = {
  record: 'no',
  identifier: 'record, system, value',
  edge: 'seq',
  membership: 'record',
  do_not_link: 'a, b',
  review: 'no',
} as const;

function appendOnly(table: string): string {
  const refuse = (verb: string) => `
CREATE TRIGGER IF NOT EXISTS ${table}_no_${verb} BEFORE ${verb} ON ${table}
  BEGIN SELECT RAISE(ABORT, '${table} only grows'); END;`;
  return refuse('UPDATE') + refuse('DELETE');
}
