// Goal: two records that share a rare value meet in a batch, however many others share a common
// one with them. Method: 300 records of one surname, more than a block may have, of which some far
// apart share a phone; every pair that the index gives is looked at, in one part and in three.
import assert from 'node:assert/strict';
import { eachCandidatePair, indexCandidates } from '../../../../transforms/identity/block/index.ts';
import { normalisePerson, prepare } from '../../../../transforms/identity/index.ts';

const count = 300;
const phoneOf = (at: number): string => `614555${String(at % 280).padStart(4, '0')}`;

describe('candidates of batch linking', () => {
  const people = Array.from({ length: count }, (_, at) =>
    prepare(normalisePerson({ names: [{ family: 'SMITH' }], phones: [phoneOf(at)] })),
  );
  const index = indexCandidates(people);

  for (const parts of [1, 3]) {
    it(`meet by what is rare though they share what is common too, in ${parts} parts`, () => {
      const met = new Map<string, number>();
      let leftOut = 0;
      for (let no = 0; no < parts; no += 1)
        leftOut += eachCandidatePair(index, { no, of: parts }, (a, b) => {
          met.set(`${a} ${b}`, (met.get(`${a} ${b}`) ?? 0) + 1);
        });
      assert.ok(leftOut > 0, 'the surname is too common for its block');
      for (let at = 280; at < count; at += 1) assert.equal(met.get(`${at - 280} ${at}`), 1);
      assert.ok([...met.values()].every((times) => times === 1));
    });
  }
});
