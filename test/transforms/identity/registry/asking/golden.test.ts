// Goal: a golden record shows for every attribute which record it is from and why it won, and
// nothing of what the sources wrote is lost or rewritten; a person can be told as a story.
// Method: persons of three records by hand, one rule at a time; then the story of a merge.
import assert from 'node:assert/strict';
import {
  builtInGovernance,
  type Survivorship,
} from '../../../../../transforms/identity/policy/index.ts';
import { message, person, steward, type Workbench, workbench } from '../workbench.ts';

const { survivorship } = builtInGovernance;
const withRules = (rules: Partial<Survivorship['rules']>, trust: string[] = []) => ({
  rules: { ...survivorship.rules, ...rules },
  trust,
});

describe('the golden record', () => {
  let bench: Workbench;
  let records: [number, number, number];
  beforeEach(() => {
    bench = workbench();
    const see = (system: string, at: number, more: Parameters<typeof person>[1]) =>
      bench.registry.see(
        {
          ...{ system, value: '7', attributes: person('ANA', more), fingerprint: 1 },
          ...{ normalisation: 1, facility: system },
        },
        message(at),
      );
    records = [
      see('urn:a', 1, { birthDate: '1980-03-04', phones: ['2175550100'], sex: 'female' }),
      see('urn:b', 2, { birthDate: '1980-04-03', identifiers: [{ system: 'urn:s', value: '1' }] }),
      see('urn:c', 3, {
        ...{ birthDate: '1980-03-04', phones: ['2175550199', '2175550100'] },
        identifiers: [{ system: 'urn:s', value: '1' }],
      }),
    ];
    const [a, b, c] = records;
    bench.registry.merge(a, b, 'order', steward());
    bench.registry.merge(a, c, 'order', steward());
  });
  afterEach(() => bench.close());

  it('takes what most records say, and names them', () => {
    const [a, b, c] = records;
    const { attributes, records: all } = bench.registry.golden(b, survivorship);
    assert.deepEqual(all, records);
    assert.deepEqual(attributes.birthDate, {
      ...{ value: '1980-03-04', record: c, event: 3, facility: 'urn:c', why: 'most-agreed' },
      ...{ agreeing: [a, c], differing: [b] },
    });
    assert.deepEqual([attributes.sex?.value, attributes.sex?.why], ['female', 'unopposed']);
  });

  it('takes the newest, or the most trusted source, where the policy says so', () => {
    const [a, b] = records;
    const recent = bench.registry.golden(a, withRules({ phones: 'most-recent' }));
    assert.deepEqual(recent.attributes.phones?.value, ['2175550199', '2175550100']);
    assert.equal(recent.attributes.phones?.why, 'most-recent');
    const trusting = withRules({ birthDate: 'most-trusted' }, ['urn:b', 'urn:a']);
    const { birthDate } = bench.registry.golden(a, trusting).attributes;
    assert.deepEqual(
      [birthDate?.value, birthDate?.record, birthDate?.why],
      [...['1980-04-03', b], 'most-trusted'],
    );
  });

  it('keeps every identifier with the records that carry it, and every source as it was', () => {
    const [a, b, c] = records;
    const { identifiers } = bench.registry.golden(a, survivorship);
    assert.deepEqual(identifiers, [{ system: 'urn:s', value: '1', records: [b, c] }]);
    const given = bench.registry.sighting(b).attributes;
    assert.equal(given.birthDate, '1980-04-03');
    const change = { ...bench.registry.sighting(b), attributes: { ...given, identifiers: [] } };
    bench.registry.change(b, change, message(9));
    // In force no more, and kept all the same.
    assert.deepEqual(bench.registry.identifiers(b), [
      { system: 'urn:b', value: '7', firstMessage: 2 },
      { system: 'urn:s', value: '1', firstMessage: 2 },
    ]);
    assert.deepEqual(bench.registry.carriers('urn:s', '1', 10), [b, c]);
    assert.deepEqual(bench.registry.carriers('urn:b', '7', 10), [b]);
  });

  it('explains two records by the chain between them, and tells what happened', () => {
    const { registry } = bench;
    const [a, b, c] = records;
    const explained = registry.explain(b, c);
    assert.ok(explained.isOnePerson);
    assert.deepEqual(
      explained.path.map(({ a: one, b: two }) => [one, two]),
      [
        [a, b],
        [a, c],
      ],
    );
    const own = registry.record(c).ownPerson;
    registry.unmerge({ person: registry.personOf(a), records: [c] }, steward());
    const apart = registry.explain(a, c);
    assert.deepEqual([apart.isOnePerson, apart.path, apart.mayNotLink], [false, [], true]);
    assert.deepEqual(
      registry.history(own).map(({ type }) => type),
      ['seen', 'merged', 'unmerged'],
    );
    assert.deepEqual(
      apart.events.map(({ type, cause }) => [type, cause.kind]),
      [
        ['merged', 'steward'],
        ['unmerged', 'steward'],
      ],
    );
  });
});
