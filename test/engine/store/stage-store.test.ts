// Goal: a stage's store never commits half a batch and never runs on after a failure. Method: a
// real encrypted store; failures are real ones of SQLite (a page limit that makes the disk full,
// a second connection that holds the lock), and a bug is a thrown error.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseHandle, openDatabase, pass, stageStore } from '../../../engine/index.ts';

const key = Buffer.alloc(32, 3);

describe('a stage store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-store-'));
  after(() => rmSync(folder, { recursive: true }));
  let files = 0;
  let opens = 0;
  const fresh = () => join(folder, `${files++}.db`);

  function open(file: string) {
    return stageStore<DatabaseHandle>({
      name: 'test-store',
      file,
      open(path) {
        opens += 1;
        const db = openDatabase(path, { key });
        db.exec('CREATE TABLE IF NOT EXISTS fact(text TEXT)');
        db.pragma('busy_timeout = 1');
        return { db, store: db };
      },
    });
  }

  const write = (text: string) => (db: DatabaseHandle) => {
    db.prepare('INSERT INTO fact VALUES(?)').run(text);
    return pass(text);
  };

  function facts(file: string): string[] {
    const db = openDatabase(file, { key, readonly: true });
    const rows = db.prepare<[], { text: string }>('SELECT text FROM fact').all();
    db.close();
    return rows.map(({ text }) => text.slice(0, 9));
  }

  it('commits a batch whole and forgets one that is rolled back', () => {
    const file = fresh();
    const store = open(file);
    store.transaction.begin();
    store.attempt(write('kept'));
    assert.deepEqual(facts(file), []);
    store.transaction.commit();
    store.transaction.begin();
    store.attempt(write('lost'));
    store.transaction.rollback();
    store.transaction.begin();
    store.attempt(write('after'));
    store.transaction.commit();
    assert.deepEqual(facts(file), ['kept', 'after']);
    store.close();
  });

  it('refuses to commit a batch in which the disk was full, and works again afterwards', () => {
    const file = fresh();
    const store = open(file);
    store.transaction.begin();
    store.attempt(write('before'));
    const full = store.attempt((db) => {
      db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
      return write('x'.repeat(100_000))(db);
    });
    assert.equal(full.kind, 'retry');
    assert.equal(store.attempt(write('more')).kind, 'retry');
    assert.throws(() => store.transaction.commit(), { code: 'test-store-unavailable' });
    store.transaction.rollback();
    store.transaction.begin();
    for (const text of ['before', 'x'.repeat(100_000)]) store.attempt(write(text));
    store.transaction.commit();
    assert.deepEqual(facts(file), ['before', 'xxxxxxxxx']);
    store.close();
  });

  it('asks for another try while somebody else holds the lock', () => {
    const file = fresh();
    const store = open(file);
    const other = openDatabase(file, { key });
    other.exec('BEGIN IMMEDIATE');
    store.transaction.begin();
    assert.equal(store.attempt(write('a')).kind, 'retry');
    assert.throws(() => store.transaction.commit(), { code: 'test-store-unavailable' });
    store.transaction.rollback();
    other.exec('COMMIT');
    other.close();
    store.transaction.begin();
    assert.equal(store.attempt(write('a')).kind, 'pass');
    store.transaction.commit();
    assert.deepEqual(facts(file), ['a']);
    store.close();
  });

  it('throws a bug on, and keeps what others wrote', () => {
    const file = fresh();
    const store = open(file);
    store.transaction.begin();
    store.attempt(write('good'));
    assert.throws(() =>
      store.attempt(() => {
        throw new TypeError('a bug');
      }),
    );
    store.transaction.commit();
    assert.deepEqual(facts(file), ['good']);
    store.close();
  });

  it('is one handle for the channels of a thread, and a lost transaction is lost for all', () => {
    const file = fresh();
    const before = opens;
    const [left, right] = [open(file), open(file)];
    assert.equal(opens, before + 1);
    left.transaction.begin();
    right.transaction.begin();
    left.attempt(write('left'));
    right.attempt(write('right'));
    left.transaction.rollback();
    assert.throws(() => right.transaction.commit(), { code: 'test-store-unavailable' });
    right.transaction.rollback();
    left.close();
    right.transaction.begin();
    right.attempt(write('again'));
    right.transaction.commit();
    right.close();
    assert.deepEqual(facts(file), ['again']);
  });

  it('writes nothing and locks nobody out where a batch does not write', () => {
    const file = fresh();
    const store = open(file);
    store.transaction.begin();
    const other = openDatabase(file, { key });
    other.exec(`BEGIN IMMEDIATE; INSERT INTO fact VALUES('other'); COMMIT`);
    other.close();
    store.transaction.commit();
    assert.deepEqual(facts(file), ['other']);
    store.close();
  });
});
