// Goal: what waits in memory is found in the order in which it came, and what has gone into the
// table is forgotten; and the filter of the table's keys never denies a key that the table has.
// Method: properties against plain lists, with keys that share slices and last bits, and enough of
// them to make the arrays grow.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createRecent,
  firstKeyOf,
  sliceOf,
  slices,
} from '../../../../transforms/identity/block/recent.ts';
import { createTableKeys } from '../../../../transforms/identity/block/table-keys.ts';
import { hash52 } from '../../../../transforms/identity/hash.ts';

/** Few slices and few last bits, so that keys meet in both. */
const key = fc
  .tuple(fc.nat(3), fc.nat(3), fc.nat(5))
  .map(([slice, middle, low]) => firstKeyOf(slice * 300) + middle * 2 ** 32 + low);

describe('what the block index keeps in memory', () => {
  it('holds exactly the entries that the table has not, oldest first', () => {
    const add = fc.record({ keys: fc.array(key, { maxLength: 6 }), repeat: fc.constantFrom(1, 9) });
    const drop = fc.record({ drop: key, back: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(fc.oneof(add, drop), { maxLength: 30 }), (steps) => {
        const recent = createRecent();
        let all: { key: number; record: number; seq: number }[] = [];
        let seq = 0;
        for (const step of steps) {
          if ('drop' in step) {
            const through = seq - step.back;
            const slice = sliceOf(step.drop);
            const isGone = (one: (typeof all)[0]) =>
              sliceOf(one.key) === slice && one.seq <= through;
            const gone: number[] = [];
            recent.drop(slice, through, (one) => gone.push(one));
            assert.deepEqual(
              gone,
              all.filter(isGone).map((one) => one.key),
            );
            all = all.filter((one) => !isGone(one));
          } else {
            for (let time = 0; time < step.repeat; time += 1) {
              seq += 1;
              for (const one of step.keys) {
                recent.add(one, seq * 7, seq);
                all.push({ key: one, record: seq * 7, seq });
              }
            }
          }
          assert.equal(recent.entries, all.length);
          for (const one of new Set(all.map(({ key: its }) => its))) {
            const found = [-5];
            recent.find(one, found);
            const expected = all.filter(({ key: its }) => its === one).map(({ record }) => record);
            assert.deepEqual(found, [-5, ...expected]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps all of them while it grows, and takes the places of what has gone', () => {
    const recent = createRecent();
    const keyOf = (no: number) => ((no * 2_654_435_761) % 2 ** 40) * 4_093;
    for (let no = 0; no < 20_000; no += 1) {
      recent.add(keyOf(no), no, no);
      if (no % 5_000 === 4_999)
        for (let slice = 0; slice < slices; slice += 2) recent.drop(slice, no - 2_000);
    }
    for (let no = 0; no < 20_000; no += 1) {
      const found: number[] = [];
      recent.find(keyOf(no), found);
      const isGone = sliceOf(keyOf(no)) % 2 === 0 && no < 18_000;
      assert.deepEqual(found, isGone ? [] : [no]);
    }
  });
});

describe('the keys of the block table', () => {
  it('are never denied, however many are added, and few others are asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.nat(1_000), (count, salt) => {
        const known = createTableKeys(slices, sliceOf);
        known.empty();
        const slice = salt % slices;
        const keyOf = (no: number) => firstKeyOf(slice) + (hash52(`${no} ${salt}`) % 2 ** 42);
        const keys = Array.from({ length: count }, (_, no) => keyOf(no));
        for (const [no, one] of keys.entries()) {
          known.add(one);
          if (known.isDue(slice)) known.read(slice, keys.slice(0, no + 1));
        }
        assert.ok(keys.every(known.mayHave));
        const inVain = keys.filter((_, no) => known.mayHave(keyOf(count + no))).length;
        assert.ok(inVain <= 5 + count / 10, `${inVain} of ${count} in vain`);
        known.forget();
        assert.ok(known.mayHave(keyOf(count)), 'of what is not known nothing is denied');
      }),
      { numRuns: 20 },
    );
  });
});
