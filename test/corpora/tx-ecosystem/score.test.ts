// Goal: HL7's terminology tests keep passing, and each that does not is explained.
// Method: all tests of the mode `general` run against the HTTP face in memory; the score is pinned,
// the misses must be exactly those that misses.ts gives a reason for. The comparison itself is
// shown planted differences, so that it cannot pass everything.
import assert from 'node:assert/strict';
import { compare } from './compare.ts';
import { misses } from './misses.ts';
import { runTests } from './run.ts';
import { isThere } from './suites.ts';

describe("HL7's terminology tests, mode general", () => {
  it('are there', () => assert.ok(isThere, 'PLEXUS_CORPORA names no folder with them'));

  it('pass but for those with a reason: 589 of 595', async () => {
    const results = await runTests('general');
    const failed = results.filter(({ difference }) => difference !== undefined);
    const names = failed.map(({ test }) => `${test.suite}/${test.name}`);
    assert.deepEqual(names.toSorted(), Object.keys(misses).toSorted());
    assert.equal(results.length, 595);
  });

  it('find the statements of capability that they want', async () => {
    const results = await runTests(undefined);
    assert.equal(results.length, 2);
    for (const { test, difference } of results) assert.equal(difference, undefined, test.name);
  });
});

describe('the comparison with an expected answer', () => {
  const expected = {
    result: true,
    list: [
      { $optional$: true, name: 'a' },
      { name: 'b', text: '$fragments:one|two$' },
    ],
    id: '$uuid$',
  };
  const right = {
    result: true,
    list: [{ name: 'b', text: 'Two and One' }],
    id: 'urn:uuid:00000000-0000-4000-8000-000000000000',
  };
  const wrong: readonly object[] = [
    { ...right, result: false },
    { ...right, list: [] },
    { ...right, list: [{ name: 'a' }] },
    { ...right, list: [...right.list, { name: 'c' }] },
    { ...right, list: [{ name: 'b', text: 'One' }] },
    { ...right, id: 'urn:uuid:0' },
    { ...right, more: 1 },
  ];

  it('takes what the templates allow', () => {
    assert.equal(compare(expected, right).difference, undefined);
    const both = { ...right, list: [right.list[0], { name: 'a' }] };
    assert.equal(compare(expected, both).difference, undefined);
  });

  for (const [at, one] of wrong.entries())
    it(`refuses planted difference ${at}`, () => assert.ok(compare(expected, one).difference));
});
