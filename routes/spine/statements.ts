import type { DatabaseHandle } from '../../engine/index.ts';

export type ContributionRow = {
  readonly row: number;
  readonly resource: number;
  readonly previous: number | null;
  readonly message: number;
  readonly generation: number;
  readonly ordinal: number;
  readonly version: number;
  readonly changed_ms: number;
  readonly body: string | null;
  readonly elements: string | null;
  readonly removed: string | null;
  readonly own: string | null;
};

export type ResourceRow = {
  readonly no: number;
  readonly type: number;
  readonly id: Buffer | string;
  readonly last: number;
  readonly current: number;
  readonly version: number;
  readonly newest: number;
  readonly changed_ms: number;
};

const columns =
  'row, resource, previous, message, generation, ordinal, version, changed_ms, ' +
  'body, elements, removed, own';

/** What both the writer and the readers ask. */
export function prepareReading(db: DatabaseHandle) {
  return {
    wordNo: db.prepare<[string], { no: number }>('SELECT no FROM word WHERE text = ?'),
    wordText: db.prepare<[number], { text: string }>('SELECT text FROM word WHERE no = ?'),
    resource: db.prepare<[number, Buffer | string], ResourceRow>(
      'SELECT * FROM resource WHERE type = ? AND id = ?',
    ),
    resourceByNo: db.prepare<[number], ResourceRow>('SELECT * FROM resource WHERE no = ?'),
    contribution: db.prepare<[number], ContributionRow>(
      `SELECT ${columns} FROM contribution WHERE row = ?`,
    ),
    effects: db.prepare<[number, number], ContributionRow>(
      `SELECT ${columns} FROM contribution WHERE message = ? AND generation = ? ORDER BY ordinal`,
    ),
  };
}

export type Reading = ReturnType<typeof prepareReading>;

/** The chain of a resource from its last contribution back to its first. */
export function* chain(reading: Reading, last: number): Generator<ContributionRow> {
  for (let row: number | null = last; row !== null; ) {
    const found: ContributionRow | undefined = reading.contribution.get(row);
    if (found === undefined) throw new Error('a contribution of the chain is missing');
    yield found;
    row = found.previous;
  }
}

/** The version in force after this contribution: its own, or the one that it left as it was. */
export function bodyAfter(reading: Reading, row: ContributionRow): string {
  for (const one of chain(reading, row.row)) if (one.body !== null) return one.body;
  throw new Error('a resource without a version');
}

/** What only the writer does. */
export function prepareWriting(db: DatabaseHandle) {
  return {
    addWord: db.prepare<[string]>('INSERT INTO word(text) VALUES(?)'),
    lastGeneration: db.prepare<[number], { generation: number | null }>(
      'SELECT max(generation) AS generation FROM origin WHERE message = ?',
    ),
    touched: db.prepare<[number, number], { resource: number }>(
      'SELECT DISTINCT resource FROM contribution WHERE message = ? AND generation < ?',
    ),
    addOrigin: db.prepare(
      `INSERT INTO origin(message, generation, sha, channel, revision, mapping, maps, received_us,
        person, method, decided_by) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    lastRows: db.prepare<[], { resource: number; contribution: number }>(
      `SELECT (SELECT coalesce(max(no), 0) FROM resource) AS resource,
        (SELECT coalesce(max(row), 0) FROM contribution) AS contribution`,
    ),
    addResource: db.prepare(
      `INSERT INTO resource(last, current, version, newest, changed_ms, no, type, id)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    setResource: db.prepare(
      `UPDATE resource SET last = ?, current = ?, version = ?, newest = ?, changed_ms = ?
        WHERE no = ?`,
    ),
    addContribution: db.prepare(
      `INSERT INTO contribution(row, resource, previous, message, generation, ordinal, version,
        changed_ms, body, elements, removed, own) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addTally: db.prepare(
      `INSERT INTO tally(type, resources, versions) VALUES(?, ?, ?) ON CONFLICT DO UPDATE
        SET resources = resources + excluded.resources, versions = versions + excluded.versions`,
    ),
  };
}

export type Writing = ReturnType<typeof prepareWriting>;

export type OriginRow = {
  readonly sha: Buffer;
  readonly channel: number;
  readonly revision: number;
  readonly mapping: number;
  readonly maps: number;
  readonly received_us: number;
  readonly person: string | null;
  readonly method: number | null;
  readonly decided_by: string | null;
};

/** What only readers ask. */
export function prepareShowing(db: DatabaseHandle) {
  return {
    origin: db.prepare<[number, number], OriginRow>(
      'SELECT * FROM origin WHERE message = ? AND generation = ?',
    ),
    list: db.prepare<[number, number, number], ResourceRow>(
      'SELECT * FROM resource WHERE no > ? AND type = ? ORDER BY no LIMIT ?',
    ),
    counts: db.prepare<[], { type: string; resources: number; versions: number }>(
      `SELECT text AS type, resources, versions FROM tally JOIN word ON word.no = tally.type
        ORDER BY text`,
    ),
  };
}
