// Goal: a Patient resource is found at the record that it is of, whoever wrote it and when, and
// somebody who is not on file is not found; a store of the earlier layout is taken over whole.
// Method: random steps of two writers of one file, with keys swept after a few, against a plain
// map; a lost transaction and a reopened file among the steps; a file made with the earlier schema.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openDatabase } from '../../../../../engine/index.ts';
import { nameUuid } from '../../../../../transforms/fhir/index.ts';
import {
  type IdentityRegistry,
  openRegistry,
  openToRead,
} from '../../../../../transforms/identity/registry/index.ts';
import { key, message, person } from '../workbench.ts';

const resourceOf = (no: number) => nameUuid(`resource ${no}`);
const options = { clusterMax: 30, keysWaitingMax: 20 };

function see(registry: IdentityRegistry, no: number): number {
  const filed = { system: 'urn:mercy', value: `M${no}`, facility: 'mercy' };
  const attributes = person('ANA', { identifiers: [{ system: 'urn:ssn', value: `S${no}` }] });
  return registry.see({ ...filed, attributes, fingerprint: no, normalisation: 1 }, message(no));
}

describe('which record a Patient resource is', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-crosswalk-'));
    file = join(dir, 'identity.db');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is what was said last, for each of two writers, after a loss and after a restart', () => {
    const step = fc.record({
      writer: fc.nat(1),
      kind: fc.constantFrom('new', 'new', 'new', 'put', 'lose', 'reopen'),
      resource: fc.nat(40),
      record: fc.nat(200),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
        rmSync(file, { force: true });
        rmSync(`${file}-wal`, { force: true });
        const open = () => {
          const db = openDatabase(file, { key });
          return { db, registry: openRegistry(db, options) };
        };
        const writers = [open(), open()];
        let [expected, records] = [new Map<number, number>(), 0];
        for (const { writer, kind, resource, record } of steps) {
          if (kind === 'reopen') {
            writers[writer]!.db.close();
            writers[writer] = open();
          }
          const { db, registry } = writers[writer]!;
          db.exec('BEGIN IMMEDIATE');
          registry.begun();
          const [before, count] = [new Map(expected), records];
          if (kind === 'put' && records > 0) {
            const no = 1 + (record % records);
            registry.crosswalk.put(resourceOf(resource), no);
            expected.set(resource, no);
          } else
            for (let added = 0; added < 4; added += 1) {
              records += 1;
              assert.equal(see(registry, records), records);
              const its = added === 0 ? resource : 100 + records;
              registry.crosswalk.put(resourceOf(its), records, true);
              expected.set(its, records);
            }
          if (kind === 'lose') {
            db.exec('ROLLBACK');
            registry.forget();
            [expected, records] = [before, count];
          } else db.exec('COMMIT');
        }
        for (const { db, registry } of writers) {
          db.exec('BEGIN');
          registry.begun();
          for (let no = 0; no < 100 + records; no += 1)
            assert.equal(registry.crosswalk.recordOf(resourceOf(no)), expected.get(no));
          for (const [resource, record] of expected)
            assert.ok(registry.crosswalk.resourcesOf(record).includes(resourceOf(resource)));
          for (let no = 1; no <= records; no += 1) {
            assert.equal(registry.recordOf('urn:mercy', `M${no}`), no);
            assert.deepEqual(registry.carriers('urn:ssn', `S${no}`, 5), [no]);
          }
          assert.equal(registry.recordOf('urn:mercy', `M${records + 1}`), undefined);
          db.close();
        }
      }),
      { numRuns: 12, seed: 20_261_123 },
    );
  });

  it('is taken over from the earlier layout, and a later one is refused', () => {
    const old = openDatabase(file, { key });
    const first = openRegistry(old, options);
    for (let no = 1; no <= 30; no += 1) see(first, no);
    old.exec(`DROP TABLE patient_of; DROP TABLE record_late; PRAGMA user_version = 0;
      CREATE TABLE patient(resource BLOB PRIMARY KEY, record INT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX patient_record ON patient(record)`);
    const add = old.prepare('INSERT INTO patient VALUES(?, ?)');
    for (let no = 1; no <= 30; no += 1)
      add.run(Buffer.from(resourceOf(no).replaceAll('-', ''), 'hex'), no);
    old.close();
    assert.throws(() => openToRead(file, key), { code: 'identity-layout' });

    const db = openDatabase(file, { key });
    const { crosswalk } = openRegistry(db, options);
    for (let no = 1; no <= 30; no += 1) {
      assert.equal(crosswalk.recordOf(resourceOf(no)), no);
      assert.deepEqual(crosswalk.resourcesOf(no), [resourceOf(no)]);
    }
    openToRead(file, key)?.close();
    db.pragma('user_version = 99');
    assert.throws(() => openRegistry(db, options), { code: 'identity-layout' });
    assert.throws(() => openToRead(file, key), { code: 'identity-layout' });
    db.close();
  });
});
