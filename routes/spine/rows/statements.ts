import type { DatabaseHandle } from '../../../engine/index.ts';
import { indexedSql } from './id-index.ts';
import { type ContributionRow, type PackRow, unpack } from './packing.ts';
import { recentRows } from './recent-rows.ts';

export type ResourceRow = {
  readonly no: number;
  readonly type: number;
  readonly id: Buffer | string;
  readonly last: number;
  readonly current: number;
  readonly newest: number;
};

const answeredSql = 'SELECT answer FROM answered WHERE message = ?';
const packColumns = 'first, message, generation, ordinal, heads, texts';

/** What both the writer and the readers ask. */
export function prepareReading(db: DatabaseHandle) {
  const pack = db.prepare<[number], PackRow>(
    `SELECT ${packColumns} FROM contribution WHERE first <= ? ORDER BY first DESC LIMIT 1`,
  );
  const packs = db.prepare<[number, number], PackRow>(
    `SELECT ${packColumns} FROM contribution WHERE first >= ? AND first < ? ORDER BY first`,
  );
  const recent = recentRows();
  const extent = db.prepare<[number, number], { first: number; count: number }>(
    'SELECT first, count FROM origin WHERE message = ? AND generation = ?',
  );
  return {
    wordNo: db.prepare<[string], { no: number }>('SELECT no FROM word WHERE text = ?'),
    wordText: db.prepare<[number], { text: string }>('SELECT text FROM word WHERE no = ?'),
    resourceByNo: db.prepare<[number], ResourceRow>('SELECT * FROM resource WHERE no = ?'),
    /** Resources by their numbers, which are neighbours where a message made them. */
    resourcesBetween: db.prepare<[number, number], Pick<ResourceRow, 'no' | 'type' | 'id'>>(
      'SELECT no, type, id FROM resource WHERE no BETWEEN ? AND ?',
    ),
    contribution(row: number): ContributionRow {
      const known = recent.get(row);
      if (known !== undefined) return known;
      const found = pack.get(row);
      const rows = found === undefined ? [] : unpack(found);
      recent.put(rows);
      const one = rows[row - (found?.first ?? 0)];
      if (one === undefined) throw new Error('a contribution of the chain is missing');
      return one;
    },
    /** What a generation of a message said, in the order of its ordinals. */
    effects(message: number, generation: number): ContributionRow[] {
      const found = extent.get(message, generation);
      if (found === undefined) return [];
      return packs.all(found.first, found.first + found.count).flatMap(unpack);
    },
  };
}

export type Reading = ReturnType<typeof prepareReading>;

/** The chain of a resource from its last contribution back to its first. */
export function* chain(reading: Reading, last: number): Generator<ContributionRow> {
  for (let row = last; row !== 0; ) {
    const found = reading.contribution(row);
    yield found;
    row = found.previous;
  }
}

/** The elements in force after this contribution; '' when the resource is gone. */
export function textAfter(reading: Reading, row: ContributionRow): string {
  const text = row.text ?? reading.contribution(row.current).text;
  if (text === undefined) throw new Error('a resource without a version');
  return text;
}

/** What only the writer does. */
export function prepareWriting(db: DatabaseHandle) {
  return {
    addWord: db.prepare<[string]>('INSERT INTO word(text) VALUES(?)'),
    generations: db.prepare<[number], { generation: number }>(
      'SELECT generation FROM origin WHERE message = ? ORDER BY generation DESC',
    ),
    addOrigin: db.prepare(
      `INSERT INTO origin(message, generation, first, count, sha, channel, revision, mapping, maps,
        received_us, person, method, decided_by) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    newest: db.prepare<[], { message: number }>(
      'SELECT coalesce(max(message), 0) AS message FROM origin',
    ),
    lastPack: db.prepare<[], PackRow>(
      `SELECT ${packColumns} FROM contribution ORDER BY first DESC LIMIT 1`,
    ),
    addResource: db.prepare(
      `INSERT INTO resource(no, type, id, last, current, newest) VALUES(?, ?, ?, ?, ?, ?)`,
    ),
    setResource: db.prepare('UPDATE resource SET last = ?, current = ?, newest = ? WHERE no = ?'),
    addPack: db.prepare(`INSERT INTO contribution(${packColumns}) VALUES(?, ?, ?, ?, ?, ?)`),
    addSent: db.prepare('INSERT OR IGNORE INTO sent(resource, id) VALUES(?, ?)'),
    addToken: db.prepare(
      'INSERT OR IGNORE INTO sent_token(source, type, token, resource) VALUES(?, ?, ?, ?)',
    ),
    byToken: db.prepare<[number, number, string], { resource: number }>(
      'SELECT resource FROM sent_token WHERE source = ? AND type = ? AND token = ?',
    ),
    answered: db.prepare<[number], { answer: string }>(answeredSql),
    sentId: db.prepare<[number], { id: string }>('SELECT id FROM sent WHERE resource = ?'),
    addAnswer: db.prepare('INSERT INTO answered(message, answer) VALUES(?, ?)'),
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
    /** One statement, because what waits moves into the index between two. */
    find: db.prepare<{ readonly type: number; readonly id: Buffer | string }, ResourceRow>(
      `SELECT * FROM resource WHERE no = coalesce(
        (SELECT no FROM resource_id WHERE id = @id AND type = @type),
        (SELECT no FROM resource WHERE no > (${indexedSql}) AND id = @id AND type = @type))`,
    ),
    origin: db.prepare<[number, number], OriginRow>(
      'SELECT * FROM origin WHERE message = ? AND generation = ?',
    ),
    latest: db.prepare<[number], { generation: number; mapping: number }>(
      `SELECT generation, mapping FROM origin WHERE message = ? ORDER BY generation DESC LIMIT 1`,
    ),
    superseded: db.prepare<[number, number], { generation: number; mapping: number }>(
      `SELECT generation, mapping FROM origin WHERE message = ? AND generation < ?
        ORDER BY generation DESC LIMIT 1`,
    ),
    answered: db.prepare<[number], { answer: string }>(answeredSql),
    list: db.prepare<[number, number, number], ResourceRow>(
      'SELECT * FROM resource WHERE no > ? AND type = ? ORDER BY no LIMIT ?',
    ),
    counts: db.prepare<[], { type: string; resources: number; versions: number }>(
      `SELECT text AS type, resources, versions FROM tally JOIN word ON word.no = tally.type
        ORDER BY text`,
    ),
  };
}
