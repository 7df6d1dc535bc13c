// Goal: the log only grows; what is read back is what was written; two writers of one file see
// each other; records are found by their keys across sweeps and restarts; an unmerge names the
// messages that were decided wrongly; wrong orders are refused with a code and leave no trace; a
// state that was tampered with is found out.
// Method: properties over random records, two real handles on one file, planted damage.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openDatabase, PlexusError } from '../../../../engine/index.ts';
import type { PersonRecord } from '../../../../transforms/identity/record.ts';
import {
  downstreamOf,
  fingerprintOf,
  openRegistry,
  transact,
  verifyRegistry,
} from '../../../../transforms/identity/registry/index.ts';
import { key, message, person, steward, type Workbench, workbench } from './workbench.ts';

const text = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 3 });
const anyIdentifier = fc.record(
  { system: fc.constantFrom('urn:a', 'urn:b', 'urn:c'), value: text, type: text },
  { noNullPrototype: true, requiredKeys: ['system', 'value'] },
);
const anyRecord = fc.record(
  {
    names: some(
      fc.record(
        {
          ...{ given: text, middle: some(text), family: text, suffix: text },
          ...{ surnames: some(text), isFormer: fc.constant(true as const) },
        },
        { noNullPrototype: true, requiredKeys: [] },
      ),
    ),
    birthDate: text,
    sex: fc.constantFrom('female', 'male', 'other'),
    addresses: some(
      fc.record(
        { line: text, city: text, state: text, postalCode: text, country: text },
        { noNullPrototype: true, requiredKeys: [] },
      ),
    ),
    ...{ phones: some(text), emails: some(text), identifiers: some(anyIdentifier) },
    ...{ isMultipleBirth: fc.boolean(), birthOrder: fc.nat(4), mothersMaidenName: text },
    motherIdentifiers: some(anyIdentifier),
    deceased: fc.oneof(text, fc.constant(true as const)),
    lastActive: text,
    stays: some(
      fc.record(
        { facility: text, from: text, to: text },
        { noNullPrototype: true, requiredKeys: ['facility', 'from'] },
      ),
    ),
    flags: some(fc.constantFrom('placeholder-name', 'newborn-name')),
  },
  {
    noNullPrototype: true,
    requiredKeys: ['names', 'addresses', 'phones', 'emails', 'identifiers', 'flags'],
  },
) as fc.Arbitrary<PersonRecord>;

describe('the identity registry', () => {
  let bench: Workbench;
  beforeEach(() => {
    bench = workbench();
  });
  afterEach(() => bench.close());

  it('reads back the record that was seen, whatever it says', () => {
    fc.assert(
      fc.property(anyRecord, (attributes) => {
        const no = bench.see(attributes);
        const read = bench.registry.sighting(no);
        assert.deepEqual(read.attributes, attributes);
        assert.equal(fingerprintOf(read.attributes), read.fingerprint);
        const turned = Object.fromEntries(Object.entries(attributes).reverse());
        assert.equal(fingerprintOf(turned as PersonRecord), read.fingerprint);
        for (const { system, value } of attributes.identifiers)
          assert.ok(bench.registry.carriers(system, value, 1_000).includes(no));
      }),
      { numRuns: 200 },
    );
    assert.deepEqual(bench.verify(), []);
  });

  it('refuses to change or to forget what happened', () => {
    const no = bench.see(person('ANA'));
    bench.registry.decide({ message: 1, generation: 0, ordinal: 0 }, no);
    for (const table of ['event', 'word', 'decision']) {
      const column = bench.db.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck();
      const [first] = column.all();
      for (const sql of [`DELETE FROM ${table}`, `UPDATE ${table} SET ${first} = ${first}`])
        assert.throws(() => bench.db.exec(sql), /only grows/);
    }
    assert.throws(() =>
      bench.registry.decide({ message: 1, generation: 0, ordinal: 0 }, no, 'other'),
    );
  });

  it('finds every record by its key while keys wait, when swept, and after a restart', () => {
    const count = 1_700;
    bench.close();
    bench = workbench({ keysWaitingMax: 500 });
    for (let n = 1; n <= count; n += 1) bench.see(person('ANA'), n);
    bench.db.exec('COMMIT');
    const db = openDatabase(bench.file, { key });
    const again = openRegistry(db, { clusterMax: 30 });
    for (const registry of [bench.registry, again])
      for (let n = 1; n <= count; n += 97) {
        assert.equal(registry.recordOf('urn:mercy', `M${n}`), n);
        assert.equal(registry.anchored(registry.record(n).ownPerson), n);
      }
    const swept = db.prepare('SELECT count(*) FROM record_key').pluck().get() as number;
    assert.ok(swept > 0 && swept < count, `${swept} in the index`);
    assert.equal(again.recordOf('urn:mercy', 'M0'), undefined);
    db.close();
    assert.deepEqual(verifyRegistry(bench.file, key).findings, []);
    bench.db.exec('BEGIN IMMEDIATE');
  }).timeout(180_000);

  it('shows one writer what the other has written', () => {
    const db = openDatabase(bench.file, { key });
    bench.db.exec('COMMIT');
    const other = openRegistry(db, { clusterMax: 30 });
    const handles = [
      { db: bench.db, registry: bench.registry },
      { db, registry: other },
    ];
    const seen: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const { db: handle, registry } = handles[turn % 2]!;
      transact(handle, registry, () => {
        const attributes = person('ANA');
        const filed = { system: 'urn:x', value: `X${turn}`, facility: 'x' };
        const sighting = { attributes, fingerprint: turn, normalisation: 1 };
        seen.push(registry.see({ ...filed, ...sighting }, message(turn)));
        const [first] = seen;
        if (turn > 0 && turn % 3 === 0) registry.merge(first!, seen.at(-1)!, 'order', steward());
      });
      for (const { db: reading, registry: asked } of handles)
        transact(reading, asked, () => {
          assert.equal(asked.recordOf('urn:x', `X${turn}`), seen.at(-1));
          assert.equal(asked.membersOf(seen[0]!).length, 1 + Math.floor(turn / 3));
          for (const no of asked.membersOf(seen[0]!))
            assert.equal(asked.personOf(no), asked.record(seen[0]!).ownPerson);
        });
    }
    assert.throws(() =>
      transact(db, other, () => {
        other.see({ ...other.sighting(1), system: 'urn:x', value: 'lost' }, message(99));
        throw new Error('after all not');
      }),
    );
    transact(db, other, () => assert.equal(other.recordOf('urn:x', 'lost'), undefined));
    db.close();
    assert.deepEqual(verifyRegistry(bench.file, key).findings, []);
    bench.db.exec('BEGIN IMMEDIATE');
  });

  it('names the messages that were decided while records were wrongly of one person', () => {
    const { registry } = bench;
    const [a, b] = [bench.see(person('ANA'), 1), bench.see(person('ANA'), 2)];
    const decide = (no: number, record: number) =>
      registry.decide({ message: no, generation: 0, ordinal: 0 }, record, 'new');
    decide(1, a);
    decide(2, b);
    const { merge } = registry.merge(a, b, 'order', steward());
    for (const no of [10, 12]) decide(no, b);
    decide(11, a);
    // A replay of an old message, decided while it was wrong.
    registry.decide({ message: 2, generation: 1, ordinal: 0 }, b);
    const unmerged = registry.unmerge({ merge }, steward());
    decide(13, b);
    assert.deepEqual(unmerged.messages, [2, 10, 12]);
    assert.deepEqual([unmerged.sinceUs, unmerged.untilUs], [5_000, 5_000]);
    const asked: unknown[] = [];
    const place = {
      writtenWhile(wrong: { readonly messages: readonly number[] }) {
        asked.push(wrong);
        return wrong.messages.map((one) => ({
          ...{ kind: 'resource' as const, what: `Observation/${one}`, message: one },
        }));
      },
    };
    const items = [...downstreamOf(unmerged, [place])];
    assert.deepEqual(
      items.map(({ what }) => what),
      [2, 10, 12].map((n) => `Observation/${n}`),
    );
    assert.deepEqual(registry.decided({ message: 12, generation: 0, ordinal: 0 })?.anchor, a);
    assert.equal(registry.decided({ message: 12, generation: 1, ordinal: 0 }), undefined);
  });

  it('refuses orders that make no sense, each with its code', () => {
    const { registry } = bench;
    const [a, b, c] = ['ANA', 'ANA', 'BEA'].map((given) => bench.see(person(given))) as [
      number,
      number,
      number,
    ];
    const { merge, survivor } = registry.merge(a, b, 'source', message(3));
    const orders: readonly (readonly [string, () => unknown])[] = [
      ['identity-merge-into-itself', () => registry.merge(a, a, 'order', steward())],
      ['identity-merge-cycle', () => registry.merge(b, a, 'order', steward())],
      ['identity-second-person', () => registry.merge(a, c, 'order', steward())],
      ['identity-unknown-record', () => registry.merge(a, 99, 'order', steward())],
      ['identity-not-merged', () => registry.unmerge({ merge: 1 }, steward())],
      ['identity-not-merged', () => registry.unmerge({ merge: 999 }, steward())],
      [
        'identity-not-a-member',
        () => registry.unmerge({ person: survivor, records: [c] }, steward()),
      ],
      [
        'identity-nothing-to-split',
        () => registry.unmerge({ person: survivor, records: [a, b] }, steward()),
      ],
      [
        'identity-unknown-person',
        () => registry.unmerge({ person: 'nobody', records: [a] }, steward()),
      ],
      ['identity-unknown-review', () => registry.review({ review: 1, outcome: 'same' }, steward())],
    ];
    for (const [code, order] of orders) {
      const before = bench.text();
      const { length } = bench.events();
      assert.throws(order, (error) => error instanceof PlexusError && error.code === code, code);
      assert.equal(bench.text(), before);
      assert.equal(bench.events().length, length);
    }
    registry.unmerge({ merge }, steward(), { undo: true });
    assert.throws(
      () => registry.unmerge({ merge }, steward()),
      (error) => error instanceof PlexusError && error.code === 'identity-not-merged',
    );
  });

  it('finds a state that no event led to', () => {
    const [a, b] = [bench.see(person('ANA')), bench.see(person('ANA'))];
    bench.registry.merge(a, b, 'order', steward());
    assert.deepEqual(bench.verify(), []);
    const damages: readonly (readonly [string, string])[] = [
      ['UPDATE record SET fingerprint = 1 WHERE no = 1', 'record: row 1 differs'],
      ['DELETE FROM membership WHERE record = 2', 'membership: row 2 is missing'],
      ['INSERT INTO do_not_link VALUES(1, 2, 3)', 'do_not_link: row 1 comes from no event'],
      ['UPDATE edge SET weight = 9', 'edge: row 1 differs'],
    ];
    for (const [damage, finding] of damages) {
      bench.db.exec(damage);
      const findings = bench.verify();
      assert.ok(findings.includes(finding), `${damage}: ${findings.join('; ')}`);
    }
  });
});
