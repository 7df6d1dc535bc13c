// Goal: whoever shares a key meets, however the entries travel (memory, table, another connection,
// a restart), until a key is hot; then an attribute must go with it, the work stays bounded, and
// who cannot be found any more is told. Method: properties against a plain map of keys as the
// oracle, with tables so small that everything moves; then 10,000 records with one phone.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type DatabaseHandle, openDatabase } from '../../../../engine/index.ts';
import {
  type Blocked,
  blockSchema,
  hash52,
  openBlockIndex,
} from '../../../../transforms/identity/block/index.ts';

const key = Buffer.alloc(32, 3);
const keyOf = (text: string): number => hash52(text);

describe('the streaming block index', () => {
  const root = mkdtempSync(join(tmpdir(), 'plexus-block-'));
  const handles: DatabaseHandle[] = [];
  let files = 0;
  after(() => {
    for (const db of handles) db.close();
    rmSync(root, { recursive: true });
  });

  function openAt(file: string): DatabaseHandle {
    const db = openDatabase(file, { key });
    handles.push(db);
    db.exec(blockSchema);
    return db;
  }

  /** A world of records, each connection with an index of its own on one file. */
  function world(connections: number, hotMax: number, recentMax: number) {
    const file = join(root, `${files++}.db`);
    const blocked = new Map<number, Blocked>();
    const options = { hotMax, recentMax, blockedOf: (no: number) => blocked.get(no)! };
    const open = () => {
      const db = openAt(file);
      return { db, index: openBlockIndex(db, options) };
    };
    const all = Array.from({ length: connections }, open);
    const within = <Out>(at: number, work: (index: (typeof all)[0]['index']) => Out): Out => {
      const { db, index } = all[at]!;
      db.exec('BEGIN IMMEDIATE');
      index.refresh();
      const out = work(index);
      index.settle();
      db.exec('COMMIT');
      return out;
    };
    return {
      blocked,
      within,
      reopen(at: number) {
        all[at] = open();
      },
    };
  }

  const text = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const record = fc.record({ keys: fc.uniqueArray(text, { maxLength: 5 }), born: text });

  it('finds exactly those who share a key, wherever the entries are', () => {
    const step = fc.record({ record, at: fc.nat(1), reopens: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(0, 3, 1_000), (steps, max) => {
        const { blocked, within, reopen } = world(2, 1_000, max);
        steps.forEach(({ record: { keys }, at, reopens }, no) => {
          const own = { keys: keys.map(keyOf), attributes: [] };
          const expected = [...blocked]
            .filter(([, other]) => other.keys.some((one) => own.keys.includes(one)))
            .map(([other]) => other);
          blocked.set(no, own);
          if (reopens) reopen(at);
          const found = within(at, (index) => index.add(no, own));
          assert.deepEqual(found.records, expected);
          assert.equal(found.isHidden, keys.length === 0);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('whatever the order, a hot key leaves those findable who share an attribute with it', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (list, max) => {
          const { blocked, within } = world(1, max, 5);
          const all = list.map(({ keys, born }) => ({
            keys: keys.map(keyOf),
            attributes: [keyOf(`born ${born}`)],
          }));
          all.forEach((own, no) => {
            blocked.set(no, own);
            within(0, (index) => index.add(no, own));
          });
          all.forEach((own, no) => {
            const found = within(0, (index) => index.find(own, no));
            const sharing = all.flatMap((other, at) =>
              at !== no && own.keys.some((one) => other.keys.includes(one)) ? [at] : [],
            );
            assert.ok(found.records.every((other) => sharing.includes(other)));
            assert.ok(found.records.length <= 2 * max * own.keys.length, 'the work is bounded');
            const alike = sharing.filter((at) => all[at]!.attributes[0] === own.attributes[0]);
            const missed = alike.filter((at) => !found.records.includes(at));
            const isCrowded = alike.length >= max;
            assert.ok(missed.length === 0 || isCrowded, 'missed only among too many alike');
            if (found.hotKeys === 0) assert.deepEqual(found.records, sharing);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps 10,000 records with one phone cheap, findable by more than it, and counted', () => {
    const { blocked, within } = world(1, 24, 20_000);
    const phone = keyOf('phone');
    const batch = 500;
    let hidden = 0;
    for (let first = 0; first < 10_000; first += batch)
      within(0, (index) => {
        for (let no = first; no < first + batch; no += 1) {
          const name = no % 100 === 0 ? 0 : keyOf(`name ${no % 4_000}`);
          const own = { keys: [phone], attributes: [name] };
          blocked.set(no, own);
          const found = index.add(no, own);
          assert.ok(found.records.length <= 24);
          hidden += found.nowHidden;
          if (found.isHidden && found.nowHidden === 0) hidden += 1;
        }
      });
    assert.deepEqual(
      within(0, (index) => index.counts().hotKeys),
      1,
    );
    assert.equal(hidden, 100, 'everybody without a name, the first one too');
    const namesakes = within(0, (index) => index.find(blocked.get(4_001)!, 4_001)).records;
    assert.deepEqual(namesakes, [1, 8_001]);
  });
});
