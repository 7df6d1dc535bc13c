// Goal: orders keep their status, number, group, parent and timing; reports and results have the
// same ids whenever and in whatever order they are told. Method: tables by control code, and
// properties over messages with several orders.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { type Json, resourcesOf } from '../made.ts';
import { bytes } from '../messages.ts';

const base = loadMapping('config', 'base');

const header = (type: string, version = '2.5.1') => [
  `MSH|^~\\&|LAB|HOSP|PLEXUS|HUB|20240310150000-0500||${type}|R1|P|${version}`,
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
];

const ofType = (segments: readonly string[], type: string): Json[] =>
  resourcesOf(base, segments, type);

describe('orders', () => {
  const statuses: readonly [string, string, string][] = [
    ['NW', '', 'active'],
    ['SN', '', 'active'],
    ['CA', '', 'revoked'],
    ['DC', '', 'revoked'],
    ['RP', '', 'revoked'],
    ['HD', '', 'on-hold'],
    ['SC', 'CM', 'completed'],
    ['SC', 'HD', 'on-hold'],
    ['SC', '', 'unknown'],
    ['NW', 'SC', 'active'],
    ['CA', 'IP', 'revoked'],
    ['DC', 'A', 'revoked'],
    ['HD', 'SC', 'on-hold'],
    ['DC', 'CM', 'completed'],
  ];
  for (const [control, said, status] of statuses)
    for (const type of ['ORM^O01', 'OML^O21', 'OMG^O19'])
      it(`${type} ${control} ${said} is ${status}`, () => {
        const orc = `ORC|${control}|P1^EHR|||${said}`;
        const made = ofType([...header(type), orc, 'OBR|1|||24323-8^CMP^LN'], 'ServiceRequest');
        assert.deepEqual(
          made.map((one) => one.status),
          [status],
        );
      });

  it('an order control without its detail waits: which order it means is not known', () => {
    const segments = [...header('ORM^O01'), 'ORC|CA|P1^EHR'];
    const { outcome, issues } = convertBytes(base, bytes(segments));
    assert.equal(outcome, 'quarantined');
    assert.equal(issues[0]?.code, 'order-detail-missing');
  });

  it('keeps group, parent, timing, priority and reason', () => {
    const [request] = ofType(
      [
        ...header('OML^O21^OML_O21'),
        'ORC|NW|P1^EHR|F1^LAB|G1^EHR||||P0&EHR^F0&LAB|20240310090000-0500|||3850^Ord^Pam',
        'TQ1|1||Q8H^^^^8^h|||||20240310100000-0500|S',
        'OBR|1|P1^EHR|F1^LAB|24323-8^CMP^LN',
        'DG1|1||E10.9^Diabetes^I10|||A',
        'SPM|1|S1||BLD',
      ],
      'ServiceRequest',
    );
    assert.ok(request);
    assert.equal((request.requisition as Json).value, 'G1');
    const [parent] = request.basedOn as { identifier: Json }[];
    assert.equal(parent?.identifier.value, 'P0');
    const { repeat } = request.occurrenceTiming as { repeat: Json };
    assert.deepEqual(repeat, {
      boundsPeriod: { end: '2024-03-10T10:00:00-05:00' },
      period: 8,
      periodUnit: 'h',
    });
    assert.equal(request.priority, 'stat');
    assert.equal((request.reasonReference as unknown[]).length, 1);
    assert.equal((request.specimen as unknown[]).length, 1);
    assert.equal(request.authoredOn, '2024-03-10T09:00:00-05:00');
  });

  it('are billed to the account in BLG, which is made once', () => {
    const account = (number: string) => `BLG||CR|${number}^^^HOSP&2.999.1&ISO`;
    const order = ['ORC|NW|P1^EHR', 'OBR|1|P1^EHR||1-1^A^LN'];
    const numbersOf = (segments: readonly string[]) =>
      ofType(segments, 'Account').map((one) => (one.identifier as Json[])[0]?.value);
    const start = header('OMG^O19^OMG_O19');
    assert.deepEqual(numbersOf([...start, ...order, account('B1'), account('B1')]), ['B1']);
    const named = [start[0]!, `${start[1]}||||||||||A1^^^HOSP&2.999.1&ISO`];
    assert.deepEqual(numbersOf([...named, ...order, account('A1')]), ['A1']);
    assert.deepEqual(numbersOf([...named, ...order, account('B1')]), ['A1', 'B1']);
  });

  it('one specimen before several orders is the specimen of each', () => {
    const segments = [
      ...header('OML^O33^OML_O33'),
      'SPM|1|S1||BLD',
      'SAC|||C1',
      'ORC|NW|P1^EHR',
      'OBR|1|P1^EHR||1-1^A^LN',
      'ORC|NW|P2^EHR',
      'OBR|2|P2^EHR||2-2^B^LN',
    ];
    const [specimen] = ofType(segments, 'Specimen');
    const requests = ofType(segments, 'ServiceRequest');
    assert.equal(requests.length, 2);
    for (const request of requests)
      assert.deepEqual(request.specimen, [{ reference: `Specimen/${specimen?.id}` }]);
    assert.match(JSON.stringify(specimen?.container), /"C1"/);
  });
});

const group = fc.record({
  filler: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  code: fc.constantFrom('1-1^A^LN', '2-2^B^LN', '3-3^C^LN'),
  results: fc.uniqueArray(fc.constantFrom('10-1', '10-2', '10-3'), { maxLength: 3 }),
});

const lines = ({
  filler,
  code,
  results,
}: {
  filler?: number | undefined;
  code: string;
  results: string[];
}) => [
  `OBR|1|P1^EHR|${filler === undefined ? '' : `F${filler}^LAB`}|${code}||||||||||||||||||||||F`,
  ...results.map((result, at) => `OBX|${at + 1}|NM|${result}^T^LN||${at}||||||F`),
];

const ids = (segments: readonly string[]): string[] =>
  resourcesOf(base, segments).map((one) => `${one.resourceType}/${one.id}`);

describe('ids of reports and results', () => {
  const groups = fc.uniqueArray(group, {
    minLength: 1,
    maxLength: 5,
    selector: ({ filler, code }) => (filler === undefined ? code : `F${filler}`),
  });

  it('are the same for a resend, and for the orders in another sequence', () => {
    fc.assert(
      fc.property(groups, fc.integer(), (made, seed) => {
        const start = header('ORU^R01^ORU_R01');
        const first = ids([...start, ...made.flatMap(lines)]);
        assert.deepEqual(ids([...start, ...made.flatMap(lines)]), first);
        const turned = [...made].sort(
          (one, other) => (one.code.charCodeAt(0) ^ seed) - (other.code.charCodeAt(0) ^ seed) || -1,
        );
        const again = ids([...start, ...turned.reverse().flatMap(lines)]);
        assert.deepEqual([...again].sort(), [...first].sort());
        assert.equal(new Set(first).size, first.length);
      }),
      { numRuns: 60 },
    );
  });

  it('differ for a repeated placer number with another service or filler number', () => {
    const start = header('ORU^R01^ORU_R01');
    const reports = (...made: Parameters<typeof lines>[0][]) =>
      ofType([...start, ...made.flatMap(lines)], 'DiagnosticReport').map((one) => one.id);
    const a = { code: '1-1^A^LN', results: [] };
    const b = { code: '2-2^B^LN', results: [] };
    assert.equal(new Set(reports(a, b)).size, 2);
    assert.equal(new Set(reports({ ...a, filler: 1 }, { ...a, filler: 2 })).size, 2);
    assert.notDeepEqual(reports({ ...a, filler: 1 }), reports({ ...a, filler: 2 }));
  });

  it('of a point of care without numbers come from patient, time and code', () => {
    const care = (value: string, time: string) => [
      ...header('ORU^R30^ORU_R30'),
      `OBR|1|||2339-0^Glucose^LN|||${time}||||||||||||||||||F`,
      `OBX|1|NM|2339-0^Glucose^LN||${value}|mg/dL|||||F|||${time}`,
    ];
    const first = ids(care('5', '20240310143000-0500'));
    assert.deepEqual(ids(care('6', '20240310143000-0500')), first);
    assert.notDeepEqual(ids(care('5', '20240310150000-0500')), first);
  });

  it('names technician and transcriptionist by what they did', () => {
    const obr = `OBR|1|P1^EHR|F1^LAB|1-1^A^LN${'|'.repeat(30)}7&Tech&Tom|8&Scribe&Sue`;
    const [report] = ofType([...header('ORU^R01^ORU_R01'), obr], 'DiagnosticReport');
    const said = (report!.performer as fhir4.Reference[]).map((one) => [
      one.identifier?.value,
      one.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code,
    ]);
    assert.deepEqual(said, [
      ['7', 'SPRF'],
      ['8', 'TRANS'],
    ]);
  });

  it('several patients in one message have their own, the same patient one', () => {
    const other = 'PID|2||4712^^^HOSP&2.999.1&ISO^MR||Doe^Jon||19700101|M';
    const made = { code: '1-1^A^LN', results: ['10-1'] };
    const start = header('ORU^R01^ORU_R01');
    const two = [
      ...start,
      ...lines({ ...made, filler: 1 }),
      other,
      ...lines({ ...made, filler: 2 }),
    ];
    assert.equal(ofType(two, 'Patient').length, 2);
    const subjects = ofType(two, 'Observation').map((one) => (one.subject as Json).reference);
    assert.equal(new Set(subjects).size, 2);
    const same = [
      ...start,
      ...lines({ ...made, filler: 1 }),
      start[1]!,
      ...lines({ ...made, filler: 2 }),
    ];
    assert.equal(ofType(same, 'Patient').length, 1);
  });
});
