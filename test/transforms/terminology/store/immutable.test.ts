// Goal: what is published never changes; what somebody changed all the same is noticed.
// Method: a property over every table and column: no UPDATE, DELETE, INSERT or REPLACE of a direct
// statement gets through; with the triggers taken away every single altered cell fails `verify`;
// so does a flipped byte of the file.
import assert from 'node:assert/strict';
import { openSync, readSync, statSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import { openDatabase } from '../../../../engine/index.ts';
import { openTerminology } from '../../../../transforms/terminology/store/index.ts';
import { codeSystem, conceptMap, type Opened, openStore } from './opened.ts';

async function published(opened: Opened): Promise<void> {
  const status = { code: 'status', valueCode: 'active' };
  const designation = [{ language: 'de', value: 'Eins' }];
  const system = codeSystem(
    [{ code: 'a', display: 'A', property: [status], designation, concept: [{ code: 'b' }] }],
    { copyright: 'Nobody may say otherwise.', valueSet: 'urn:test:all' },
  );
  const map = conceptMap([{ code: '1', target: [{ code: 'a', equivalence: 'equal' }] }]);
  const include = [{ system: 'urn:test:codes', concept: [{ code: 'a', display: 'A' }] }];
  const set = { resourceType: 'ValueSet', url: 'urn:test:set', version: '1', status: 'active' };
  const report = await opened.importJson(system, map, { ...set, compose: { include } });
  assert.deepEqual(report.findings, []);
}

const content = 'concept property designation edge above mapping member mention'.split(' ');
const tables = [...content, 'release', 'licence'];

type Column = { readonly table: string; readonly column: string };
const columnsOf = ({ store }: Opened): readonly Column[] =>
  tables.flatMap((table) =>
    (store.db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => ({
      table,
      column: name,
    })),
  );

function tolerate(change: () => number): void {
  let changes = 0;
  try {
    changes = change();
  } catch {
    // Refused: as good.
  }
  assert.equal(changes, 0);
}

describe('a published release', () => {
  let opened: Opened;
  beforeEach(async () => {
    opened = openStore();
    await published(opened);
  });
  afterEach(() => opened.close());

  it('gives way to no direct statement', () => {
    const columns = columnsOf(opened);
    assert.ok(columns.length > 60);
    const { db } = opened.store;
    fc.assert(
      fc.property(
        fc.constantFrom(...columns),
        fc.constantFrom('UPDATE', 'UPDATE OR REPLACE', 'UPDATE OR IGNORE'),
        fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
        ({ table, column }, verb, value) => {
          const before = JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all());
          const change = () => db.prepare(`${verb} ${table} SET ${column} = ?`).run(value).changes;
          // IGNORE passes over a value that the column cannot have; nothing is changed then.
          if (verb === 'UPDATE OR IGNORE' && value === null) tolerate(change);
          else assert.throws(change);
          assert.equal(JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all()), before);
        },
      ),
      { numRuns: 300 },
    );
    for (const table of tables) {
      const all = () => JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all());
      const before = all();
      assert.notEqual(before, '[]', table);
      assert.throws(() => db.exec(`DELETE FROM ${table}`), table);
      for (const verb of ['INSERT', 'REPLACE', 'INSERT OR IGNORE'])
        assert.throws(() => db.exec(`${verb} INTO ${table} SELECT * FROM ${table}`), table);
      assert.equal(all(), before);
    }
    assert.deepEqual(opened.store.verify().damaged, []);
  });

  it('is known to be altered, whichever cell it is', () => {
    const { db } = opened.store;
    const triggers = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger'`).pluck();
    for (const name of triggers.all() as string[]) db.exec(`DROP TRIGGER ${name}`);
    assert.equal(opened.store.verify().releases, 3);
    const bookkeeping = new Set(['release.state', 'release.import', 'release.retired_us']);
    for (const { table, column } of columnsOf(opened)) {
      if (bookkeeping.has(`${table}.${column}`)) continue;
      db.exec('SAVEPOINT one');
      const [row] = db.prepare(`SELECT * FROM ${table} LIMIT 1`).all() as [object];
      const where = Object.keys(row).map((name) => `${name} IS ?`);
      const type = (db.pragma(`table_info(${table})`) as { name: string; type: string }[]).find(
        ({ name }) => name === column,
      )!.type;
      const other = type === 'INT' || type === 'INTEGER' ? '77' : `CAST('zz' AS ${type})`;
      const alter = `UPDATE ${table} SET ${column} = ${other} WHERE ${where.join(' AND ')}`;
      assert.equal(db.prepare(alter).run(...Object.values(row)).changes, 1);
      const { releases, damaged } = opened.store.verify();
      assert.ok(damaged.length > 0 || releases < 3, `${table}.${column}`);
      db.exec('ROLLBACK TO one; RELEASE one');
    }
    assert.deepEqual(opened.store.verify().damaged, []);
  });

  it('is known to be damaged when a byte of the file flipped', () => {
    const { file, key, store } = opened;
    store.db.pragma('wal_checkpoint(TRUNCATE)');
    const page = 8192;
    const pages = statSync(file).size / page;
    const handle = openSync(file, 'r+');
    for (let at = 2; at < pages; at += 5) {
      const byte = Buffer.alloc(1);
      readSync(handle, byte, 0, 1, at * page + 4_000);
      writeSync(handle, Buffer.from([byte[0]! ^ 1]), 0, 1, at * page + 4_000);
    }
    const noticed = () => {
      using again = openTerminology({ file, key, readonly: true });
      return again.verify().damaged.length > 0;
    };
    let isNoticed: boolean;
    try {
      isNoticed = noticed();
    } catch (error) {
      isNoticed = /malformed|damaged|cannot open/.test(String(error));
    }
    assert.ok(isNoticed);
  });

  it('is retired, and only that; a draft may be replaced', async () => {
    const retired = codeSystem([{ code: 'x' }], { url: 'urn:test:other', version: '1' });
    await opened.importJson(retired);
    const report = await opened.importJson({ ...retired, status: 'retired' });
    assert.equal(report.releases[0]?.outcome, 'retired');
    assert.equal(opened.store.find('CodeSystem', 'urn:test:other', '1')?.state, 'retired');
    const resource = opened.store.knowledge.codeSystem('urn:test:other', '1')?.resource;
    assert.equal(resource?.status, 'retired');
    assert.throws(() => opened.store.db.exec(`UPDATE release SET state = 'active'`));
    const draft = codeSystem([{ code: 'x' }], { url: 'urn:test:draft', status: 'draft' });
    await opened.importJson(draft);
    const again = await opened.importJson({ ...draft, concept: [{ code: 'y' }] });
    assert.equal(again.releases[0]?.outcome, 'drafted');
    const reader = opened.store.knowledge.codeSystem('urn:test:draft', '1');
    assert.equal(reader?.concept('x'), undefined);
    assert.equal(reader?.concept('y')?.code, 'y');
    assert.deepEqual(opened.store.verify().damaged, []);
    assert.ok(openDatabase(opened.file, { key: opened.key, readonly: true }).close());
  });
});
