// Goal: an undecided code never disappears and costs one row, however often it comes; every message
// is counted once, whatever is rolled back or run again; storms of different codes stay bounded.
// Method: a real encrypted store; random runs of messages with repeats and lost batches against a
// count kept in plain maps; the stage itself is run as a chain runs it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  createRecorder,
  monthOf,
  monthsBefore,
  openSightings,
  openWorkList,
  openWorkListDatabase,
  openWorkListFigures,
  type Sighting,
  workListFile,
} from '../../../../transforms/terminology/worklist/index.ts';

const key = Buffer.alloc(32, 5);
const november = Date.UTC(2026, 10, 5) * 1000;
const dayUs = 86_400_000_000;

const sighting = (message: number, codes: readonly string[], more: Partial<Sighting> = {}) => ({
  ...{ message, channel: 'north', receivedUs: november },
  seen: codes.map((code) => ({ use: 'lab', system: 'urn:l', code })),
  undecided: codes.map((code) => ({
    ...{ use: 'lab', system: 'urn:l', code, display: `the ${code}` },
    ...{ outcome: 'unmapped' as const, map: 'north/lab@1' },
  })),
  ...more,
});

describe('the work list of codes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-worklist-'));
  after(() => rmSync(folder, { recursive: true }));
  let folders = 0;
  const fresh = () => ({ dataDir: mkdtempSync(join(folder, `${folders++}-`)), key });

  it('counts each message once, whatever batches are lost and run again', () => {
    const step = fc.record({
      message: fc.integer({ min: 1, max: 12 }),
      codes: fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 3 }),
      isLost: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const place = fresh();
        const sightings = openSightings(place);
        // A message says the same whenever it comes.
        const said = new Map<number, readonly string[]>();
        const kept = new Set<number>();
        for (const { message, codes, isLost } of steps) {
          if (!said.has(message)) said.set(message, codes);
          sightings.transaction.begin();
          if (said.get(message)!.length > 0) sightings.add(sighting(message, said.get(message)!));
          if (isLost) sightings.transaction.rollback();
          else sightings.transaction.commit();
          if (!isLost) kept.add(message);
        }
        sightings.close();
        using list = openWorkList(place);
        for (const code of ['A', 'B', 'C']) {
          const with_ = [...kept].filter((message) => said.get(message)!.includes(code));
          const item = list?.items().find((one) => one.code === code);
          assert.equal(item?.count ?? 0, with_.length);
          assert.deepEqual(
            item ? list!.messages([item.id]) : [],
            with_.sort((a, b) => a - b),
          );
          const times = with_.flatMap((message) => said.get(message)!.filter((c) => c === code));
          const seen = list?.observed('urn:l', code).reduce((sum, { count }) => sum + count, 0);
          assert.equal(seen ?? 0, times.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has one row for a storm of one code, and one for all codes beyond the bound', () => {
    const place = fresh();
    const db = openWorkListDatabase(workListFile(place.dataDir), key);
    const record = createRecorder(db, { codesMax: 10, messagesMax: 50 });
    const write = db.transaction(record);
    write(Array.from({ length: 500 }, (_, n) => sighting(n + 1, ['BAD'])));
    write(Array.from({ length: 300 }, (_, n) => sighting(1000 + n, [`S${n}`])));
    db.close();
    using list = openWorkList(place);
    const items = list!.items();
    assert.equal(items.length, 11, 'ten of their own and one for the others');
    const storm = items.find(({ code }) => code === 'BAD');
    assert.deepEqual([storm?.count, storm?.kept], [500, 50]);
    const others = items.find(({ code }) => code === '');
    assert.deepEqual([others?.count, others?.kept], [291, 50]);
    assert.equal(
      items.reduce((sum, { count }) => sum + count, 0),
      800,
      'nothing disappears',
    );
    assert.equal(
      list!.observed('', '').reduce((sum, { count }) => sum + count, 0),
      291,
    );
  });

  it('forgets old months, and counts no message again whose count it has forgotten', () => {
    const place = fresh();
    const db = openWorkListDatabase(workListFile(place.dataDir), key);
    const write = db.transaction(createRecorder(db));
    const old = sighting(1, ['A'], { receivedUs: november - 200 * dayUs });
    write([old]);
    write([sighting(2, ['A'])]);
    write([old]);
    const months = () =>
      db.prepare('SELECT month, count FROM observed ORDER BY month').raw().all() as number[][];
    assert.deepEqual(months(), [
      [202604, 1],
      [202611, 1],
    ]);
    write([sighting(3, ['A'], { receivedUs: november + 800 * dayUs })]);
    assert.deepEqual(months(), [[202901, 1]]);
    db.close();
  });

  it('counts months back across years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.nat(40), (seconds, months) => {
        const date = new Date(seconds * 1000);
        const back = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1);
        assert.equal(monthsBefore(monthOf(seconds * 1e6), months), monthOf(back * 1000));
      }),
    );
  });

  it('keeps owner, decision and release, reopens what a release missed, tells figures', () => {
    const place = fresh();
    const sightings = openSightings(place);
    const say = (one: Sighting) => {
      sightings.transaction.begin();
      sightings.add(one);
      sightings.transaction.commit();
    };
    say(sighting(1, ['A', 'B']));
    const figures = openWorkListFigures(place);
    assert.deepEqual(figures.figures(), [
      { channel: 'north', open: 2, unowned: 2, oldestUs: november },
    ]);
    using list = openWorkList(place);
    const [first] = list!.items();
    const target = { system: 'http://loinc.org', code: '1-8' };
    list!.assign(first!.id, 'anna', 'boss', 1);
    list!.decide(first!.id, { relationship: 'equivalent', target }, 'anna', 2);
    list!.published([first!.id], 'north/lab@2', 'anna', 3);
    assert.equal(list!.item(first!.id)?.state, 'published');
    say(sighting(2, ['A']));
    assert.equal(list!.item(first!.id)?.state, 'published', 'the channel pins the old one still');
    const missed = sighting(3, ['A']).undecided.map((one) => ({ ...one, map: 'north/lab@2' }));
    say(sighting(3, ['A'], { undecided: missed }));
    assert.equal(list!.item(first!.id)?.state, 'open', 'the release does not hold it');
    assert.deepEqual(
      list!.history(first!.id).map(({ action, by }) => [action, by]),
      [
        ['assign', 'boss'],
        ['decide', 'anna'],
        ['publish', 'anna'],
      ],
    );
    assert.deepEqual(
      list!.items({ owner: 'anna' }).map(({ code }) => code),
      ['A'],
    );
    assert.equal(figures.figures()[0]?.unowned, 1);
    figures.close();
    sightings.close();
  });
});
