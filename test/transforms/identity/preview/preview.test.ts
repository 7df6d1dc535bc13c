import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  answer,
  baseModel,
  builtInPolicy,
  type Disagreement,
  disagreements,
  normalisePerson,
  openShadow,
  type PastQuestion,
  type PreviewChange,
  pairsOf,
  prepare,
  preview,
  type Ruling,
  scorerOf,
  sealModel,
} from '../../../../transforms/identity/index.ts';

// Goal: a preview tells every change that a candidate would make and nothing else, and a shadow
// says of one decision what the preview would, within its bound. Method: random questions about
// people of one small village, so that all verdicts occur; random candidate policies and models.

const person = fc
  .record({
    given: fc.constantFrom('Ana', 'Anna', 'Mia', 'Mya', 'John', 'UNK'),
    family: fc.constantFrom('Diaz', 'Dias', 'Lind'),
    birthDate: fc.constantFrom('1980-02-03', '1980-03-02', '2011-07-09'),
    sex: fc.constantFrom('female', 'male'),
    line: fc.constantFrom('1 Mill Road', '7 Hill Street'),
    ssn: fc.constantFrom('123-45-6789', '123-45-6780', undefined),
  })
  .map(({ given, family, birthDate, sex, line, ssn }) =>
    prepare(
      normalisePerson({
        names: [{ given, family }],
        birthDate,
        sex,
        addresses: [{ line, city: 'Mill', postalCode: '12345' }],
        identifiers: ssn === undefined ? [] : [{ system: 'urn:ssn', value: ssn, type: 'SS' }],
      }),
    ),
  );

const question: fc.Arbitrary<PastQuestion> = fc
  .record({
    subject: person,
    clusters: fc.array(fc.array(person, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
    isBarred: fc.boolean(),
    source: fc.constantFrom('north', 'west'),
  })
  .map(({ subject, clusters, isBarred, source }) => ({
    source,
    subject: { record: { record: 1, prepared: subject }, companions: [] },
    candidates: clusters.map((members, at) => ({
      person: `person-${at}`,
      isBarred: isBarred && at === 0,
      members: members.map((prepared, no) => ({ record: 10 * (at + 1) + no, prepared })),
    })),
  }));

/** A model is sealed and compiled once; a run only chooses. */
const scorers = [1e-5, 0.01].map((prior) => scorerOf(sealModel({ ...baseModel(), prior })));

const ruling: fc.Arbitrary<Ruling> = fc
  .record({
    high: fc.constantFrom(0.9, 0.99, 0.9999),
    low: fc.constantFrom(0.05, 0.5, 0.89),
    marginBits: fc.constantFrom(1, 6, 20),
    clusterCap: fc.constantFrom(2, 30),
    scorer: fc.constantFrom(...scorers),
  })
  .map(({ high, low, marginBits, clusterCap, scorer }) => ({
    policy: {
      ...builtInPolicy,
      clusterCap,
      thresholds: { ...builtInPolicy.thresholds, high, low, marginBits },
    },
    scorer,
  }));

const questions = fc.array(question, { maxLength: 8 });
const total = (counts: Readonly<Record<string, number | undefined>>): number =>
  Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);

describe('the preview of an identity policy', () => {
  it('tells no change when nothing changes', () => {
    fc.assert(
      fc.property(ruling, questions, (live, asked) => {
        const none = preview(live, live, asked, () => assert.fail('a change was told'));
        assert.deepEqual(none, { questions: asked.length, changes: {}, bySource: {}, persons: 0 });
      }),
      { numRuns: 50 },
    );
  });

  it('tells each change once, with its vetoes, and counts what it tells', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(ruling, ruling, questions, (live, candidate, asked) => {
        const changes: PreviewChange[] = [];
        const summary = preview(live, candidate, asked, (change) => changes.push(change));
        assert.equal(total(summary.changes), changes.length);
        for (const source of ['north', 'west'])
          assert.equal(
            total(summary.bySource[source] ?? {}),
            changes.filter((change) => change.source === source).length,
          );
        assert.equal(summary.persons, new Set(changes.map((change) => change.person)).size);
        for (const { from, to, vetoesAfter, pBefore, pAfter } of changes) {
          seen.add(`${from}->${to}`);
          assert.notEqual(from, to);
          if (to === 'auto') assert.deepEqual(vetoesAfter, [], 'no policy links over a veto');
          assert.equal(pBefore === undefined, from === 'distinct');
          assert.equal(pAfter === undefined, to === 'distinct');
        }
      }),
      { numRuns: 500, seed: 3 },
    );
    for (const turn of ['auto->review', 'review->auto', 'distinct->review', 'review->distinct'])
      assert.ok(seen.has(turn), `${turn} never came up`);
  });
});

describe('a shadow', () => {
  it('says of a decision what the preview would, and nothing beyond its bound', () => {
    fc.assert(
      fc.property(ruling, ruling, question, fc.nat(9), (live, candidate, asked, pairsMax) => {
        const shadow = openShadow(candidate, 'hash', pairsMax);
        const decision = answer(live, asked);
        const observed = shadow.observe(asked, decision);
        const expected: readonly Disagreement[] = disagreements(
          asked,
          decision,
          answer(candidate, asked),
        );
        if (pairsOf(asked) > pairsMax) assert.deepEqual(observed, { kind: 'skipped' });
        else if (expected.length === 0) assert.deepEqual(observed, { kind: 'agrees' });
        else assert.deepEqual(observed, { kind: 'disagrees', found: expected });
      }),
      { numRuns: 200 },
    );
  });
});
