// Goal: what stewards say is done and kept: same, different, neither; two persons where a veto
// fired; one open review a pair; blind samples that show no decision; labels as they saw them.
// Method: each outcome on a real registry, with the graph and the events looked at afterwards;
// every refusal must leave the state as it was.
import assert from 'node:assert/strict';
import { PlexusError } from '../../../../../engine/index.ts';
import type { Assessment } from '../../../../../transforms/identity/assessment.ts';
import { message, person, steward, type Workbench, workbench } from '../workbench.ts';

const assessment: Assessment = {
  ...{ p: 0.87, weight: 9.5, vetoes: [], agreeing: ['name', 'birth'] },
  bars: [{ comparison: 'given', level: 'exact', weight: 4.25 }],
};

const code = (wanted: string) => (error: unknown) =>
  error instanceof PlexusError && error.code === wanted;

function refused(bench: Workbench, wanted: string, order: () => unknown): void {
  const before = bench.text();
  assert.throws(order, code(wanted));
  assert.equal(bench.text(), before);
}

describe('the review queue', () => {
  let bench: Workbench;
  const see = (...given: string[]) => given.map((name) => bench.see(person(name)));
  const open = (kind: 'match' | 'veto' | 'merge-vetoed', a: number, b: number, vetoes: string[]) =>
    bench.registry.queue(
      {
        ...{ kind, a, b, candidates: [], reasons: ['between-thresholds'] },
        assessment: { ...assessment, vetoes: vetoes.map((id) => ({ id })) },
      },
      message(3),
    )!;
  beforeEach(() => {
    bench = workbench();
  });
  afterEach(() => bench.close());

  it('opens the same review once, whichever record is named first, and again when decided', () => {
    const { registry } = bench;
    const [a, b] = see('ANA', 'ANA') as [number, number];
    const review = open('match', a, b, []);
    assert.equal(open('match', b, a, []), undefined);
    registry.review({ review, outcome: 'cannot-tell' }, steward());
    assert.notEqual(open('match', b, a, []), undefined);
    assert.notEqual(registry.personOf(a), registry.personOf(b));
  });

  it('links two persons that are the same, and the older one survives', () => {
    const { registry } = bench;
    const [a, b] = see('ANA', 'ANA') as [number, number];
    const older = registry.personOf(a);
    const review = open('match', b, a, []);
    const { person: now } = registry.review({ review, outcome: 'same' }, steward());
    assert.deepEqual([now, registry.personOf(a), registry.personOf(b)], [older, older, older]);
    assert.deepEqual(
      registry.edgesOf(a).map(({ kind, weight }) => [kind, weight]),
      [['review', 9.5]],
    );
    refused(bench, 'identity-review-closed', () =>
      registry.review({ review, outcome: 'same' }, steward()),
    );
  });

  it('needs a second, other person where a veto fired, then or now', () => {
    const { registry } = bench;
    const [a, b, c] = see('ANA', 'ANA', 'BEA') as [number, number, number];
    const then = open('match', a, b, ['suffix']);
    const now = open('match', a, c, []);
    for (const review of [then, now]) {
      assert.ok(registry.reviewCase(review).needsSecond);
      for (const on of [steward('ana'), steward('ana', 'ana')])
        refused(bench, 'identity-second-person', () =>
          registry.review({ review, outcome: 'same' }, on),
        );
      registry.review({ review, outcome: 'same' }, steward('ana', 'ben'));
    }
    assert.equal(registry.membersOf(a).length, 3);
    // The pair that was joined beside the one in question is answered for as well.
    assert.ok(registry.edgesOf(b).some(({ a: one, b: two }) => one === c || two === c));
  });

  it('keeps apart for ever what is different, and parts what had been linked', () => {
    const { registry } = bench;
    const [a, b] = see('ANA', 'ANA') as [number, number];
    registry.link([{ a, b, weight: 12 }], 'auto', message(2));
    registry.decide({ message: 7, generation: 0, ordinal: 1 }, b);
    const review = open('match', a, b, []);
    const { parted } = registry.review({ review, outcome: 'different' }, steward());
    assert.deepEqual(
      parted.map(({ moved, messages }) => ({ moved, messages })),
      [{ moved: [b], messages: [7] }],
    );
    assert.notEqual(registry.personOf(a), registry.personOf(b));
    const again = registry.link([{ a, b, weight: 30 }], 'auto', message(9));
    assert.deepEqual(again, { kind: 'refused', reason: 'do-not-link' });
    refused(bench, 'identity-do-not-link', () =>
      registry.merge(a, b, 'order', steward('ana', 'ben')),
    );
    const second = open('match', a, b, []);
    refused(bench, 'identity-do-not-link', () =>
      registry.review({ review: second, outcome: 'same' }, steward('ana', 'ben')),
    );
  });

  it('asks which of several candidates is meant', () => {
    const { registry } = bench;
    const [a, b, c] = see('ANA', 'ANA', 'ANA') as [number, number, number];
    const request = { kind: 'two-candidates', a, b, candidates: [b, c], reasons: [] } as const;
    const first = registry.queue(request, message(2))!;
    assert.deepEqual(
      registry.reviewCase(first).sides.map(({ record }) => record),
      [a, b, c],
    );
    for (const chosen of [{}, { chosen: 99 }])
      refused(bench, 'identity-review-choice', () =>
        registry.review({ review: first, outcome: 'same', ...chosen }, steward()),
      );
    registry.review({ review: first, outcome: 'same', chosen: c }, steward());
    assert.deepEqual(registry.membersOf(a), [a, c]);
    const second = registry.queue({ ...request, a: b, b: a, candidates: [a, c] }, message(2))!;
    registry.review({ review: second, outcome: 'different' }, steward());
    assert.ok(registry.mayNotLink(a, b) && registry.mayNotLink(b, c));
    assert.deepEqual(
      [...registry.labelledPairs()].map(({ records, isSame }) => [...records, isSame]),
      [
        [a, c, true],
        [b, a, false],
        [b, c, false],
      ],
    );
  });

  it('takes a record whose number went to somebody else out of its person', () => {
    const { registry } = bench;
    const [a, b] = see('ANA', 'ANA') as [number, number];
    registry.link([{ a, b, weight: 12 }], 'auto', message(2));
    const request = { kind: 'overlay', a: b, candidates: [], reasons: [] } as const;
    const review = registry.queue(request, message(3))!;
    registry.review({ review, outcome: 'different' }, steward());
    assert.deepEqual(registry.membersOf(a), [a]);
    assert.deepEqual([...registry.labelledPairs()], []);
  });

  it('labels pairs with what the stewards saw, also when the records change later', () => {
    const { registry } = bench;
    const [a, b] = see('ANA', 'ANNA') as [number, number];
    const review = open('match', a, b, []);
    registry.review({ review, outcome: 'different' }, steward());
    const attributes = person('CLEO');
    const sighting = { attributes, fingerprint: 1, normalisation: 1, facility: 'mercy' };
    registry.change(b, sighting, message(8));
    const [label] = [...registry.labelledPairs()];
    assert.equal(label?.b.attributes.names[0]?.given, 'ANNA');
    assert.deepEqual([label?.isSame, label?.p], [false, 0.87]);
    const [counts] = registry.reviewCounts();
    assert.deepEqual(counts, { kind: 'match', outcome: 'different', count: 1, oldestUs: 3_000 });
  });
});

describe('the blind audit', () => {
  const links = (bench: Workbench, count: number) =>
    Array.from({ length: count }, () => {
      const [a, b] = [bench.see(person('ANA')), bench.see(person('ANA'))];
      const score = { assessment, verdict: 'auto', model: 'm', policy: 'p' };
      bench.registry.link([{ a, b, weight: 9.5, score }], 'auto', message(2));
      return [a, b] as const;
    });

  it('draws its share, the same in a replay and another with another seed', () => {
    const drawn = (seed: string) => {
      const bench = workbench({ audit: { share: 0.2, seed } });
      links(bench, 400);
      const open = bench.registry.openReviews({ after: 0, limit: 1_000 });
      bench.close();
      return open.map(({ a }) => a);
    };
    const first = drawn('one');
    assert.ok(first.length > 50 && first.length < 110, `${first.length} of 400`);
    assert.deepEqual(drawn('one'), first);
    assert.notDeepEqual(drawn('two'), first);
  });

  it('shows no decision, and says how many links are wrong', () => {
    const bench = workbench({ audit: { share: 1, seed: 'all' } });
    const { registry } = bench;
    links(bench, 20);
    const open = registry.openReviews({ after: 0, limit: 100 });
    const shown = registry.reviewCase(open[0]!.no);
    assert.deepEqual([shown.kind, shown.isMoot, shown.reasons], ['match', false, []]);
    assert.notEqual(shown.sides[0]!.person, shown.sides[1]!.person);
    assert.deepEqual(shown.assessment, assessment);
    for (const [at, { no: review }] of open.entries()) {
      const outcome = at === 0 ? 'different' : at === 1 ? 'cannot-tell' : 'same';
      if (at < 12) registry.review({ review, outcome }, steward());
    }
    const { interval, ...rate } = registry.auditRate();
    assert.deepEqual(rate, { judged: 11, different: 1, undecided: 1, open: 8, rate: 1 / 11 });
    // 1 of 11 by the tables of Clopper and Pearson.
    assert.ok(Math.abs(interval.lower - 0.0023) < 1e-4 && Math.abs(interval.upper - 0.4128) < 1e-4);
    const { a, b = 0 } = open[0]!;
    assert.notEqual(registry.personOf(a), registry.personOf(b));
    assert.ok(registry.mayNotLink(a, b));
    bench.close();
  });
});
