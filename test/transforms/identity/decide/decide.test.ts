// Goal: a subject is linked only as the policy says: one candidate far ahead of all others, agreed
// on by every member, under the cap and across no do-not-link pair; never by the order of things.
// Method: scorers with chosen answers for each rule alone, and random candidates in random order
// for the invariants; a crowd with one phone for the bounds.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { people, randomOf, recordOf } from '../../../../bench/people/index.ts';
import {
  baseModel,
  builtInPolicy,
  type Candidate,
  decide,
  type Member,
  normalisePerson,
  type PairScorer,
  prepare,
  type RawPerson,
  scorerOf,
} from '../../../../transforms/identity/index.ts';

const nothing: RawPerson = {};
const ada: RawPerson = {
  names: [{ given: 'Ada', family: 'Marlowe' }],
  birthDate: '1980-02-03',
  phones: ['6145550123'],
};
const memberOf = (record: number, raw: RawPerson = ada): Member => ({
  record,
  prepared: prepare(normalisePerson(raw)),
});
const candidate = (person: string, members: readonly Member[], isBarred = false): Candidate => ({
  person,
  members,
  isBarred,
});

/** Scores by what stands in the e-mail of the candidate: weight and p, as `w40.p99@x.example`. */
const scripted: PairScorer = {
  score(a, b) {
    const texts = [...a.record.emails, ...b.record.emails];
    const [, weight = '40', p = '100'] = /^w(\d+)p(\d+)@/.exec(texts[0] ?? '') ?? [];
    return { weight: Number(weight), p: Number(p) / 100 };
  },
  bars: () => [],
};
const scored = (record: number, weight: number, p = 100): Member =>
  memberOf(record, { ...ada, emails: [`w${weight}p${p}@x.example`] });
const subject = { record: memberOf(1), companions: [] };
const decideOn = (candidates: readonly Candidate[], companions: readonly Member[] = []) =>
  decide(builtInPolicy, scripted, { ...subject, companions }, candidates);

describe('a decision', () => {
  it('is distinct where nobody is like the subject', () => {
    assert.deepEqual(decideOn([]), { verdict: 'distinct', reviews: [] });
    assert.equal(decideOn([candidate('A', [scored(2, 0, 10)])]).verdict, 'distinct');
  });

  it('links the one candidate that has all it takes', () => {
    const { verdict, link, reviews } = decideOn([candidate('A', [scored(2, 40), scored(3, 30)])]);
    assert.deepEqual([verdict, link?.person, link?.best.b, reviews], ['auto', 'A', 2, []]);
    assert.deepEqual(
      link?.strong.map(({ b }) => b),
      [2, 3],
    );
  });

  it('reviews what is between the thresholds', () => {
    const { verdict, reviews } = decideOn([candidate('A', [scored(2, 20, 80)])]);
    assert.deepEqual([verdict, reviews[0]?.reasons], ['review', ['between-thresholds']]);
  });

  it('links to neither of two strong candidates, however far apart', () => {
    const { link, reviews } = decideOn([
      candidate('A', [scored(2, 20)]),
      candidate('B', [scored(3, 90)]),
    ]);
    assert.equal(link, undefined);
    assert.deepEqual(
      reviews.map(({ person, reasons }) => [person, ...reasons]),
      [
        ['B', 'margin'],
        ['A', 'margin'],
      ],
    );
  });

  it('keeps the margin also to a candidate that a veto keeps away', () => {
    const twin = (weight: number) =>
      candidate('B', [
        memberOf(3, {
          ...ada,
          names: [{ given: 'Ida', family: 'Marlowe' }],
          emails: [`w${weight}p100@x.example`],
        }),
      ]);
    const self = candidate('A', [scored(2, 40)]);
    assert.equal(decideOn([self, twin(36)]).verdict, 'review');
    const far = decideOn([self, twin(30)]);
    assert.equal(far.link?.person, 'A');
    assert.deepEqual(
      far.reviews.map(({ person }) => person),
      ['B'],
    );
  });

  it('asks every member, and every record already linked to the subject', () => {
    const doubtful = decideOn([candidate('A', [scored(2, 40), scored(3, 5, 60)])]);
    assert.deepEqual(doubtful.reviews[0]?.reasons, ['member-disagrees']);
    const other = memberOf(9, { ...ada, names: [{ given: 'Bertram', family: 'Marlowe' }] });
    const held = decideOn([candidate('A', [scored(2, 40)])], [other]);
    assert.deepEqual(held.reviews[0]?.reasons, ['member-disagrees']);
  });

  it('respects do-not-link and the cap', () => {
    const barred = decideOn([candidate('A', [scored(2, 40)], true)]);
    assert.deepEqual(barred.reviews[0]?.reasons, ['do-not-link']);
    const crowd = Array.from({ length: builtInPolicy.clusterCap }, (_, at) => scored(at + 2, 40));
    assert.deepEqual(decideOn([candidate('A', crowd)]).reviews[0]?.reasons, ['cluster-cap']);
  });

  it('wants more than a name and a birth date', () => {
    const bare = { names: ada.names!, birthDate: '1980-02-03' };
    const { reviews } = decideOn([candidate('A', [memberOf(2, bare)])]);
    assert.deepEqual(reviews[0]?.reasons, ['evidence-groups']);
  });

  it('takes a number misread for evidence, where name and birth date leave no other', () => {
    const numbered = (record: number, value: string, given = 'Ada') =>
      memberOf(record, {
        names: [{ given, family: 'Marlowe' }],
        birthDate: '1980-02-03',
        identifiers: [{ system: 'urn:ssn', value }],
        emails: [`w40p100@${record}.example`],
      });
    const verdictOf = (other: Member) =>
      decide(builtInPolicy, scripted, { record: numbered(1, '123456789'), companions: [] }, [
        candidate('A', [other]),
      ]).verdict;
    assert.equal(verdictOf(numbered(2, '123456780')), 'auto');
    // A twin has the neighbouring number; two strangers of one name have any.
    assert.equal(verdictOf(numbered(2, '123456780', 'Ida')), 'review');
    assert.equal(verdictOf(numbered(2, '987654321')), 'review');
  });

  it('takes no phone and no address of a crowd for evidence', () => {
    const found = decide(builtInPolicy, scripted, subject, [candidate('A', [memberOf(2)])], {
      isContactCrowded: true,
    });
    assert.deepEqual(found.reviews[0]?.reasons, ['evidence-groups']);
  });

  it('is the same in any order, and keeps its invariants', () => {
    const members = fc.array(fc.tuple(fc.nat(60), fc.nat(100), fc.constantFrom(ada, nothing)), {
      minLength: 1,
      maxLength: 4,
    });
    const drawn = fc.array(fc.tuple(members, fc.boolean()), { maxLength: 6 });
    fc.assert(
      fc.property(drawn, fc.infiniteStream(fc.nat()), (clusters, order) => {
        let record = 1;
        const candidates = clusters.map(([list, isBarred], at) =>
          candidate(
            `P${at}`,
            list.map(([weight, p, raw]) =>
              memberOf(++record, { ...raw, emails: [`w${weight}p${p}@x.example`] }),
            ),
            isBarred,
          ),
        );
        const shuffled = candidates
          .map((one) => ({ at: order.next().value as number, one }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ one }) => ({ ...one, members: one.members.toReversed() }));
        const found = decideOn(candidates);
        assert.deepEqual(decideOn(shuffled), found);
        const { link } = found;
        if (link === undefined) return;
        const linked = candidates.find(({ person }) => person === link.person)!;
        assert.equal(linked.isBarred, false);
        assert.ok(link.best.assessment.p >= builtInPolicy.thresholds.high);
        assert.deepEqual(link.best.assessment.vetoes, []);
        for (const other of found.reviews) {
          const lead = link.best.assessment.weight - other.best.assessment.weight;
          assert.ok(lead >= builtInPolicy.thresholds.marginBits);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('links none of 10,000 people who gave one phone number', () => {
    const scorer = scorerOf(baseModel());
    const crowd = [...people(11, 10_000)].map((person): Candidate => {
      const raw = recordOf(person, 'east', randomOf(person.no));
      const shared = { names: raw.names!, phones: ['6145550123'], sex: person.sex };
      return candidate(`P${person.no}`, [memberOf(person.no + 10, shared)]);
    });
    for (const one of crowd.slice(0, 5)) {
      const { verdict } = decide(
        builtInPolicy,
        scorer,
        { record: { ...one.members[0]!, record: 1 }, companions: [] },
        crowd.filter((other) => other !== one),
      );
      assert.notEqual(verdict, 'auto');
    }
  });
});
