/**
 * The tables of the journal. Every fact of a message lives in the file of the partition in which it
 * landed, because WAL commits are not atomic across files. Numbers for channels, destinations and
 * revisions are given by control.db.
 */
export const controlSchema = `
CREATE TABLE IF NOT EXISTS partition(
  no INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, day TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open'           -- open | closed | raw-only | expired | unreadable
) STRICT;
CREATE TABLE IF NOT EXISTS channel(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS destination(           -- name '' is the channel's own chain
  no INTEGER PRIMARY KEY, channel INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE(channel, name)
) STRICT;
CREATE TABLE IF NOT EXISTS revision(
  no INTEGER PRIMARY KEY, channel INTEGER NOT NULL, hash TEXT NOT NULL, stages TEXT NOT NULL,
  snapshot TEXT NOT NULL, deployed_us INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 0,
  UNIQUE(channel, hash)
) STRICT;
CREATE TABLE IF NOT EXISTS pin(                   -- a rollback, until the next deployment
  channel INTEGER PRIMARY KEY, revision INTEGER NOT NULL, at_us INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS archived_counter(     -- the counters of partitions that are closed
  partition INTEGER, channel INTEGER, destination INTEGER, kind INTEGER, value INTEGER NOT NULL,
  PRIMARY KEY(partition, channel, destination, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source_state(         -- how far a source that fetches has come; JSON
  channel INTEGER, key TEXT, value TEXT NOT NULL, PRIMARY KEY(channel, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source_once(          -- names that may not be used again until then
  channel INTEGER, name TEXT, until_us INTEGER NOT NULL, PRIMARY KEY(channel, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS source_once_until ON source_once(until_us);
`;

/**
 * Duplicates are looked up by `control_id`, whose order follows time at most senders, so that its
 * index grows at one end (a hash would touch a page of its own for each message); where a sender
 * has none, by `dedupe`. Both are confirmed by `dedupe`, a 48-bit hash of the duplicate key, and
 * `sha`. `key_ref` is a 48-bit hash of the ordering key, null without one, negative when
 * `message_key` holds further keys. `codec` 0: raw as it came; 1: deflated (raw-only copies); 2: a
 * slice (raw holds parent id, offset and length as JSON).
 */
export const partitionSchema = `
CREATE TABLE IF NOT EXISTS message(
  id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, received_us INTEGER NOT NULL, sha BLOB NOT NULL,
  dedupe INTEGER, control_id TEXT, key_ref INTEGER, codec INTEGER NOT NULL, raw BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS message_control ON message(control_id) WHERE control_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS message_dedupe ON message(dedupe)
  WHERE control_id IS NULL AND dedupe IS NOT NULL;
CREATE TABLE IF NOT EXISTS duplicate(of_id INTEGER NOT NULL, received_us INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS message_key(
  message_id INTEGER, key INTEGER, PRIMARY KEY(message_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS work(
  message_id INTEGER, generation INTEGER, destination INTEGER, state INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,          -- claims since the last verdict
  retries INTEGER NOT NULL DEFAULT 0, due_us INTEGER, revision INTEGER, code TEXT, owner TEXT,
  changed_us INTEGER, issues TEXT, trace TEXT,
  PRIMARY KEY(message_id, generation, destination)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS work_open ON work(destination, message_id) WHERE state < 2;
CREATE INDEX IF NOT EXISTS work_held ON work(destination, code) WHERE state = 2;
CREATE TABLE IF NOT EXISTS file_cursor(
  destination INTEGER, path TEXT, bytes INTEGER NOT NULL, PRIMARY KEY(destination, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter(
  channel INTEGER, destination INTEGER, kind INTEGER, value INTEGER NOT NULL,
  PRIMARY KEY(channel, destination, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history(              -- who did what to a held message
  message_id INTEGER NOT NULL, generation INTEGER NOT NULL, destination INTEGER NOT NULL,
  at_us INTEGER NOT NULL, action TEXT NOT NULL, by TEXT NOT NULL, reason TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS history_message ON history(message_id);
CREATE TABLE IF NOT EXISTS edit(                 -- what this generation and later ones run on
  message_id INTEGER, generation INTEGER, sha BLOB NOT NULL, raw BLOB NOT NULL,
  PRIMARY KEY(message_id, generation)
) STRICT, WITHOUT ROWID;
`;

/**
 * `work.state`; open are those below 2. A claim only counts `attempts` up, which no index sees: a
 * ready row with attempts was being processed when something died.
 */
export const states = {
  ready: 0,
  retry: 1,
  held: 2,
  settled: 3,
  filtered: 4,
  waived: 5,
  /** A held row whose message was replayed in a later generation. */
  superseded: 6,
} as const;

export type State = (typeof states)[keyof typeof states];

export const stateNames = [
  'ready',
  'retry',
  'held',
  'settled',
  'filtered',
  'waived',
  'superseded',
] as const;

/** `counter.kind`: what the law of conservation (G13) is made of. */
export const counts = {
  received: 0,
  duplicate: 1,
  enqueued: 2,
  pending: 3,
  held: 4,
  settled: 5,
  filtered: 6,
  waived: 7,
} as const;

export type CountKind = (typeof counts)[keyof typeof counts];

/** Which counter a row in this state stands in; a superseded row stands in none. */
export function countOf(state: State): CountKind | undefined {
  switch (state) {
    case states.ready:
    case states.retry:
      return counts.pending;
    case states.held:
      return counts.held;
    case states.settled:
      return counts.settled;
    case states.filtered:
      return counts.filtered;
    case states.waived:
      return counts.waived;
    case states.superseded:
      return undefined;
  }
}
