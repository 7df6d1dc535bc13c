// Goal: what a later message of one report says of a result holds, and what it leaves out stays.
// Method: reports of one order are converted by the base and folded in the order of their messages;
// what is kept is read back.
import assert from 'node:assert/strict';
import { openSpineReader } from '../../../routes/spine/index.ts';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from './spine-fixture.ts';

const base = loadMapping('config', 'base');

type Json = Record<string, unknown>;

const person = 'PID|1||4711^^^HOSP^MR||Young^Ada||19800229|F';
const visit = 'PV1|1|I|||||||||||||||||V1^^^HOSP^VN';

function folded(type: string, messages: readonly (readonly string[])[]): Json[] {
  const dataDir = temporaryFolder();
  const stage = openStage(dataDir);
  for (const [at, lines] of messages.entries()) {
    const message = [
      `MSH|^~\\&|LAB|HOSP|PLEXUS|HUB|20240310150000-0500||${lines[0]}|R${at}|P|2.5.1`,
      ...(lines[1]!.startsWith('PID') ? [] : [person]),
      ...(/A28|A39/.test(lines[0]!) || lines.includes(visit) ? [] : [visit]),
      ...lines.slice(1),
    ];
    const { conversion, issues } = convertBytes(base, Buffer.from(`${message.join('\r')}\r`));
    assert.ok(conversion, JSON.stringify(issues));
    runBatch(stage, [{ ...workOf(at + 1, 0, []), body: conversion }]);
  }
  stage.close?.();
  const reader = openSpineReader(dataDir, key);
  const made = reader.list({ type, limit: 100 }).lines.map(({ json }) => JSON.parse(json) as Json);
  reader.close();
  return made;
}

const order = (status: string) => `OBR|1|P1|F1|CBC^Count^L${'|'.repeat(21)}${status}`;
const result = (code: string, value: string, flag: string, status: string) =>
  `OBX|1|NM|${code}^${code}^L||${value}|g/dL||${flag}|||${status}`;

describe('one number for two patients', () => {
  const other = 'PID|1||815^^^HOSP^MR||Berg^Bo||19510101|M';
  const specimen = 'SPM|1|S1^S1||BLD';
  const messages = [person, other].map((pid) => [
    'ORU^R01',
    ...[pid, order('F'), result('HB', pid === other ? '15.1' : '5.1', '', 'F'), specimen],
  ]);
  for (const type of ['Observation', 'DiagnosticReport', 'ServiceRequest', 'Specimen'])
    it(`never lets what is of one be the ${type} of the other`, () => {
      const subjects = folded(type, messages).map(({ subject }) => (subject as Json).reference);
      assert.equal(new Set(subjects).size, 2);
    });
});

describe('a report told in parts', () => {
  let folding: (type: string) => Json[];
  before(() => {
    folding = (type) =>
      folded(type, [
        ['ORU^R01', order('P'), result('HB', '5.4', 'LL', 'P'), result('HCT', '20', 'L', 'P')],
        ['ORU^R01', order('C'), result('HB', '15.4', '', 'C')],
        ['ORU^R01', order('F'), result('PLT', '200', '', 'F')],
      ]);
  });

  it('keeps the results that a message does not name', () => {
    const [report] = folding('DiagnosticReport');
    assert.equal((report!.result as unknown[]).length, 3);
    assert.equal(report!.status, 'final');
  });

  it('leaves no flag with a value that was corrected', () => {
    const hb = folding('Observation').find(({ status }) => status === 'corrected');
    assert.equal((hb!.valueQuantity as Json).value, 15.4);
    assert.equal(hb!.interpretation, undefined);
  });
});

describe('a vital sign that is told again without its value', () => {
  const sign = (value: string) => `OBX|1|NM|8867-4^Heart rate^LN||${value}|bpm|||||F`;
  const reasons = (values: readonly string[]) =>
    folded(
      'Observation',
      values.map((value) => ['ORU^R01', order('F'), sign(value)]),
    ).map(({ valueQuantity, dataAbsentReason }) => [
      (valueQuantity as Json | undefined)?.value,
      dataAbsentReason !== undefined,
    ]);

  it('keeps it, and has no reason why there is none (obs-6)', () =>
    assert.deepEqual(reasons(['72', '']), [[72, false]]));
  it('has the reason until a value comes', () => {
    assert.deepEqual(reasons(['', '']), [[undefined, true]]);
    assert.deepEqual(reasons(['', '72']), [[72, false]]);
  });
});

describe('a result that comes again in another form', () => {
  const again = (...values: readonly (readonly [string, string])[]) =>
    folded(
      'Observation',
      values.map(([type, value], at) => [
        'ORU^R01',
        order('F'),
        `OBX|1|${type}|85354-9^BP^LN||${value}|mmHg|||||${at === 0 ? 'P' : 'C'}`,
      ]),
    ).map((one) => [
      (one.component as unknown[] | undefined)?.length,
      ...Object.keys(one).filter((name) => name.startsWith('value')),
    ]);

  it('has no part of what it was before', () => {
    assert.deepEqual(again(['ST', '120/80'], ['ST', 'refused']), [[undefined, 'valueString']]);
    assert.deepEqual(again(['NM', '120~80'], ['NM', '120']), [[undefined, 'valueQuantity']]);
  });
  it('has no value where its parts or a file say it', () => {
    assert.deepEqual(again(['ST', 'pending'], ['ST', '120/80']), [[2]]);
    assert.deepEqual(again(['NM', '120'], ['NM', '120~80']), [[2]]);
    assert.deepEqual(again(['NM', '120'], ['ED', '^application^pdf^Base64^JVBERi0=']), [
      [undefined],
    ]);
  });
  it('has neither once it was withdrawn', () => {
    const withdrawn = [
      ['ST', '120/80'],
      ['ST', ''],
    ].map(([type, value], at) => [
      'ORU^R01',
      order('F'),
      `OBX|1|${type}|85354-9^BP^LN||${value}|mmHg|||||${at === 0 ? 'P' : 'X'}`,
    ]);
    const [one] = folded('Observation', withdrawn);
    assert.equal(one!.component, undefined);
  });
});

describe('what an earlier message said and a later one takes back', () => {
  it('leaves no flag with a result that was withdrawn', () => {
    const [made] = folded('Observation', [
      ['ORU^R01', order('P'), result('HB', '5.4', 'LL', 'P')],
      ['ORU^R01', order('F'), result('HB', '', '', 'X')],
    ]);
    assert.equal(made?.status, 'cancelled');
    assert.deepEqual([made?.valueQuantity, made?.interpretation], [undefined, undefined]);
  });

  it('takes the kind and the danger of an allergy away where the newer code has none', () => {
    const [made] = folded('AllergyIntolerance', [
      ['ADT^A01', 'AL1|1|FA|EGG^Egg^L|MI'],
      ['ADT^A08', 'AL1|1|MC|EGG^Egg^L|MO'],
    ]);
    assert.deepEqual(
      [made?.category, made?.type, made?.criticality],
      [undefined, undefined, undefined],
    );
  });

  it('empties the list of relatives and of diagnoses, wherever they stand', () => {
    const messages = [
      ['ADT^A01', 'NK1|1|Doe^Jane|SPO', 'DG1|1||I10^High^I10|||A'],
      ['ADT^A08', 'NK1|1|""|""', 'DG1|1||""'],
    ];
    const of = (type: string) => folded(type, messages)[0]!;
    assert.equal(of('Patient').contact, undefined);
    assert.equal(of('Encounter').diagnosis, undefined);
    assert.equal(of('RelatedPerson').active, false);
  });

  it('leaves no end of a problem that is there again, or was none', () => {
    const problem = (action: string, end: string, life: string) =>
      `PRB|${action}|20240310|E11^Diabetes^I10|PB1^EHR|||20240101||${end}|||||${life}`;
    for (const last of [problem('UP', '', 'A'), problem('DE', '20240601', '')]) {
      const [made] = folded('Condition', [
        ['PPR^PC1', problem('AD', '20240601', 'R')],
        ['PPR^PC2', last],
      ]);
      assert.equal(made!.abatementDateTime, undefined);
    }
  });

  it('takes out the numbers of both files that end in one', () => {
    const old = (value: string) => `MRG|${value}^^^HOSP^MR`;
    const file = (numbers: string) => person.replace('4711^^^HOSP^MR', numbers);
    const [kept] = folded('Patient', [
      ['ADT^A28', file('4711^^^HOSP^MR~OLD1^^^HOSP~OLD2^^^HOSP')],
      ['ADT^A39', old('OLD1'), person, old('OLD2')],
    ]).filter(({ active }) => active !== false);
    assert.deepEqual(
      (kept!.identifier as Json[]).map(({ value }) => value),
      ['4711'],
    );
  });

  const row = (text: string) => (action: string) => text.replace('?', action);
  const deletable: readonly [string, string, string, string, (action: string) => string][] = [
    ['AllergyIntolerance', 'ADT^A60', 'A', 'D', row('IAM|1|DA|P^Penicillin^L|SV||?|IA1')],
    ['Condition', 'ADT^A08', 'A', 'D', row(`DG1|1||I10^High^I10|||A${'|'.repeat(15)}?`)],
    ['Condition', 'PPR^PC1', 'AD', 'DE', row('PRB|?|2024|E11^Diabetes^I10|PB1')],
    ['Procedure', 'ADT^A08', 'A', 'D', row(`PR1|1||X^Cut^L||2024${'|'.repeat(15)}?`)],
  ];
  for (const [type, message, add, remove, line] of deletable)
    it(`lets a ${type} of ${message} be there again that was taken back`, () => {
      const told = [add, remove, add].map((action) => [message, line(action)]);
      const [made] = folded(type, told);
      assert.ok(!JSON.stringify(made).includes('entered-in-error'));
      const [gone] = folded(type, told.slice(0, 2));
      assert.ok(JSON.stringify(gone).includes('entered-in-error'));
    });

  it('moves a visit by registration alone', () => {
    const other = 'PID|1||815^^^HOSP^MR||Berg^Bo||19510101|M';
    const subjectAfter = (type: string, ...more: string[]) => {
      const [made] = folded('Encounter', [
        ['ADT^A01', 'EVN|A01'],
        [type, other, visit, ...more],
      ]);
      return (made!.subject as Json).reference;
    };
    const own = subjectAfter('ORU^R01', order('F'), result('HB', '5.1', '', 'F'));
    assert.notEqual(subjectAfter('ADT^A45', 'MRG|4711^^^HOSP^MR'), own);
    assert.equal(subjectAfter('ADT^A31'), own);
  });

  it('opens a visit that is protected no longer', () => {
    const [made] = folded('Encounter', [
      ['ADT^A01', `PV2|${'|'.repeat(21)}Y`],
      ['ADT^A08', `PV2|${'|'.repeat(21)}N`],
    ]);
    assert.equal((made!.meta as Json).security, undefined);
  });
});
