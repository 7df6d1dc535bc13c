import { join } from 'node:path';
import {
  type DatabaseHandle,
  exitCodes,
  openDatabase,
  PlexusError,
  removeDatabase,
} from '../../engine/index.ts';
import type { Compared, Planned } from './compare-worker.ts';
import { type Diff, mergeDiff, newDiff } from './diff.ts';

/**
 * What a reconversion was asked for, as it was typed: the same words over the same configuration go
 * on where a run ended that was interrupted.
 */
export type Asked = {
  readonly channel: string;
  readonly since: string;
  readonly until: string;
  readonly revision: string;
};

export type Job = ReturnType<typeof openJob>;

const schema = `
CREATE TABLE IF NOT EXISTS job(one INTEGER PRIMARY KEY CHECK(one = 1), asked TEXT NOT NULL,
  since_us INT NOT NULL, until_us INT NOT NULL, compared INT NOT NULL, is_compared INT NOT NULL,
  diff TEXT NOT NULL, ordered INT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS planned(n INTEGER PRIMARY KEY, id INT NOT NULL, generation INT) STRICT;
`;

type JobRow = {
  readonly asked: string;
  readonly since_us: number;
  readonly until_us: number;
  readonly compared: number;
  readonly is_compared: number;
  readonly diff: string;
  readonly ordered: number;
};

const fileOf = (dataDir: string) => join(dataDir, 'reconvert.db');

/** What is found is written at most this often: a diff is larger than what adds to it. */
const saveMs = 1_000;

/**
 * The one reconversion of a data folder, durable and under its key: how far it has compared, what
 * it found, and which messages it has ordered to run again. Throws `reconvert-running` when another
 * process is at it.
 */
export function openJob(
  dataDir: string,
  key: Buffer,
  asked: Asked,
  query: { readonly sinceUs: number; readonly untilUs: number },
) {
  const file = fileOf(dataDir);
  const db = openAlone(file, key);
  const text = JSON.stringify(asked);
  const found = db.prepare<[], JobRow>('SELECT * FROM job').get();
  const isResumed = found?.asked === text;
  if (!isResumed) begin(db, text, query);
  const row = db.prepare<[], JobRow>('SELECT * FROM job').get()!;
  const diff: Diff = { ...newDiff(), ...(JSON.parse(row.diff) as Partial<Diff>) };
  const insert = db.prepare('INSERT INTO planned(id, generation) VALUES(?, ?)');
  const save = db.prepare('UPDATE job SET compared = ?, is_compared = ?, diff = ?');
  const page = db.prepare<[number, number], { n: number; id: number; generation: number | null }>(
    'SELECT n, id, generation FROM planned WHERE n > ? ORDER BY n LIMIT ?',
  );
  let waiting: Planned[] = [];
  let comparedTo = row.compared;
  let savedMs = performance.now();

  function flush(isCompared: boolean): void {
    db.transaction(() => {
      for (const { id, generation } of waiting) insert.run(id, generation ?? null);
      save.run(comparedTo, isCompared ? 1 : 0, JSON.stringify(diff));
    })();
    waiting = [];
    savedMs = performance.now();
  }

  return {
    isResumed,
    sinceUs: row.since_us,
    untilUs: row.until_us,
    /** Ids below this one were compared. */
    comparedTo: row.compared,
    isCompared: row.is_compared === 1,
    diff,
    /** What was found up to (and without) an id. */
    add(compared: Compared, to: number): void {
      mergeDiff(diff, compared.diff);
      waiting.push(...compared.planned);
      comparedTo = to;
      if (performance.now() - savedMs > saveMs) flush(false);
    },
    finishComparing: (): void => flush(true),
    plannedCount: (): number =>
      db.prepare<[], { n: number }>('SELECT count(*) AS n FROM planned').get()!.n,
    ordered: (): number => db.prepare<[], JobRow>('SELECT * FROM job').get()!.ordered,
    /** Those that are to run again, after the first `ordered`. */
    planned(ordered: number, limit: number): readonly Planned[] {
      return page
        .all(ordered, limit)
        .map(({ id, generation }) => (generation === null ? { id } : { id, generation }));
    },
    setOrdered(count: number): void {
      db.prepare('UPDATE job SET ordered = ?').run(count);
    },
    close: (): void => void db.close(),
    /** It is done: nothing is left of it. */
    end(): void {
      db.close();
      removeDatabase(file);
    },
  };
}

function begin(
  db: DatabaseHandle,
  asked: string,
  { sinceUs, untilUs }: { readonly sinceUs: number; readonly untilUs: number },
): void {
  db.transaction(() => {
    db.exec('DELETE FROM planned; DELETE FROM job;');
    db.prepare(`INSERT INTO job VALUES(1, ?, ?, ?, 0, 0, ?, 0)`).run(
      asked,
      sinceUs,
      untilUs,
      JSON.stringify(newDiff()),
    );
  })();
}

function openAlone(file: string, key: Buffer): DatabaseHandle {
  const db = openDatabase(file, { key });
  try {
    db.pragma('busy_timeout = 200');
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec(`BEGIN EXCLUSIVE; COMMIT; ${schema}`);
    return db;
  } catch (cause) {
    db.close();
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause;
    const message = 'another reconversion is at work on this data folder';
    throw new PlexusError('reconvert-running', message, { exit: exitCodes.unavailable, cause });
  }
}
