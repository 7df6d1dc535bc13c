// Goal: an order of a medicine, what the pharmacy made of it, what was handed out and what was
// given are told apart and say the same as their messages. Method: one synthetic message a kind,
// tables of single changes to it with the facts that must follow, and properties of the ids.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { type Json, resourcesOf } from '../made.ts';
import { bytes, withField } from '../messages.ts';

const base = loadMapping('config', 'base');

const patient = [
  'MSH|^~\\&|RX|WELL|PLEXUS|HUB|20240310150000-0500||RDE^O11^RDE_O11|R1|P|2.5.1',
  'PID|1||4711^^^WELL&2.999.3&ISO^MR||Young^Ada||19800228|F',
  'PV1|1|I|||||||||||||||||V1^^^WELL&2.999.3&ISO',
];
const orc =
  'ORC|NW|P7^EHR^2.999.5^ISO|F7^RX^2.999.6^ISO|G1^EHR||||||20240310140000-0500|' +
  '55^Clerk^Cleo||88^Orderer^Olga';
const rxo =
  'RXO|723^Amoxicillin^RXNORM|1|2|{tab}^tablet^UCUM|TAB^Tablet|^With food|^Twice a day||' +
  'G||20|{tab}^tablet^UCUM|3|||||500|mg^mg^UCUM||||3^{tab}&tablet&UCUM';
const order = [
  ...patient,
  orc.replace('|G1^EHR||||||2024', '|G1^EHR|||||2024'),
  rxo,
  'RXR|PO^Oral^HL70162||||^Swallow whole',
];
const encoded = [
  ...order,
  'RXE||00093-2263-01^Amoxicillin 500 mg^NDC|1||{tab}^tablet^UCUM|TAB^Tablet|' +
    '^Take one, twice a day|||20|{tab}^tablet^UCUM|3|||RX100|||||||||||||||||||||||||' +
    'STORE^Main pharmacy^L',
  'RXR|PO^Oral^HL70162',
];
const dispensed = [
  ...withField(patient, 'MSH', 9, 'RDS^O13^RDS_O13'),
  'ORC|RE|P7^EHR^2.999.5^ISO|F7^RX^2.999.6^ISO',
  'RXD|1|00093-2263-01^Amoxicillin 500 mg^NDC|20240310160000-0500|20|{tab}^tablet^UCUM|' +
    'TAB^Tablet|RX100|2|Shake|66^Pharma^Pat|G|||||||LOT5|20251231|TEV^Teva^MVX',
  'RXR|PO^Oral^HL70162',
];
const given = [
  ...withField(patient, 'MSH', 9, 'RAS^O17^RAS_O17'),
  'ORC|RE|P7^EHR^2.999.5^ISO|F7^RX^2.999.6^ISO',
  'RXA|0|1|20240310170000-0500|20240310173000-0500|00093-2263-01^Amoxicillin 500 mg^NDC|' +
    '500|mg^mg^UCUM||^Vomited after|77^Nurse^Nina|||||LOT5|20251231|TEV^Teva^MVX|||CP|A',
  'RXR|PO^Oral^HL70162',
];

const convert = (segments: readonly string[]) => convertBytes(base, bytes(segments));

const resources = (segments: readonly string[], type: string): Json[] =>
  resourcesOf(base, segments, type);

const only = (segments: readonly string[], type: string): Json => {
  const found = resources(segments, type);
  assert.equal(found.length, 1, type);
  return found[0]!;
};

const as = (type: string, segments: readonly string[]): string[] =>
  withField(segments, 'MSH', 9, type);

const tablets = (value: number) => ({
  value,
  unit: 'tablet',
  system: 'http://unitsofmeasure.org',
  code: '{tab}',
});

describe('an order of a medicine', () => {
  const asked = as('OMP^O09^OMP_O09', order);

  it('is of one dose, which RXO-2 says where TQ1-2 says another', () => {
    const said = withField(order, 'MSH', 9, 'OMP^O09^OMP_O09');
    const timed = [...said.slice(0, 4), 'TQ1|1|5^mL&milliliter&UCUM', ...said.slice(4)];
    const [dosage] = only(timed, 'MedicationRequest').dosageInstruction as fhir4.Dosage[];
    const [{ doseRange, doseQuantity } = {}] = dosage?.doseAndRate ?? [];
    assert.equal(doseRange?.low?.value, 1);
    assert.equal(doseQuantity, undefined);
  });

  it('is a request with its dose, route, refills and drug', () => {
    assert.deepEqual(convert(asked).issues, []);
    const made = only(asked, 'MedicationRequest') as unknown as fhir4.MedicationRequest;
    assert.equal(made.intent, 'original-order');
    assert.equal(made.status, 'active');
    assert.equal(made.authoredOn, '2024-03-10T14:00:00-05:00');
    assert.equal(made.requester?.display, 'Olga Orderer');
    assert.equal(made.recorder?.display, 'Cleo Clerk');
    assert.equal(made.groupIdentifier?.value, 'G1');
    assert.deepEqual(
      made.identifier?.map(({ system, value }) => [system, value]),
      [
        ['urn:oid:2.999.5', 'P7'],
        ['urn:oid:2.999.6', 'F7'],
      ],
    );
    const [dosage, ...others] = made.dosageInstruction ?? [];
    assert.equal(others.length, 0);
    assert.equal(dosage?.text, 'Twice a day');
    assert.deepEqual(dosage?.doseAndRate?.[0]?.doseRange, { low: tablets(1), high: tablets(2) });
    assert.deepEqual(dosage?.maxDosePerPeriod?.numerator, tablets(3));
    assert.ok(dosage?.route?.coding?.some((one) => one.code === 'PO'));
    assert.deepEqual(made.dispenseRequest, {
      quantity: tablets(20),
      numberOfRepeatsAllowed: 3,
    });
    assert.equal(made.substitution?.allowedCodeableConcept?.coding?.[0]?.code, 'G');
    assert.deepEqual(made.note, [{ text: 'With food' }]);
    const drug = only(asked, 'Medication') as unknown as fhir4.Medication;
    assert.equal(made.medicationReference?.reference, `Medication/${drug.id}`);
    assert.equal(made.medicationReference?.display, 'Amoxicillin');
    assert.equal(drug.code?.coding?.[0]?.code, '723');
    assert.equal(drug.ingredient?.[0]?.strength?.numerator?.value, 500);
  });

  it('may come in an ORM, beside orders of other things', () => {
    const old = [
      ...as('ORM^O01', asked),
      'ORC|NW|P9^EHR|F9^LAB',
      'OBR|1|P9^EHR|F9^LAB|24323-8^CMP^LN',
    ];
    assert.equal(only(old, 'MedicationRequest').id, only(asked, 'MedicationRequest').id);
    assert.equal(only(old, 'ServiceRequest').status, 'active');
  });

  const statuses: [control: string, status: string, expected: string][] = [
    ['NW', '', 'active'],
    ['NW', 'SC', 'active'],
    ['OK', '', 'active'],
    ['CA', '', 'cancelled'],
    ['CA', 'IP', 'cancelled'],
    ['OC', 'CA', 'cancelled'],
    ['CR', '', 'cancelled'],
    ['DC', '', 'stopped'],
    ['DC', 'IP', 'stopped'],
    ['OD', '', 'stopped'],
    ['HD', '', 'on-hold'],
    ['OH', '', 'on-hold'],
    ['RL', '', 'active'],
    ['RL', 'HD', 'on-hold'],
    ['RP', '', 'stopped'],
    ['RO', '', 'active'],
    ['SC', 'CM', 'completed'],
    ['SC', 'HD', 'on-hold'],
    ['XO', '', 'unknown'],
    ['ZZ', '', 'unknown'],
  ];
  for (const [control, status, expected] of statuses)
    it(`is ${expected} by ${control} ${status}`, () => {
      const said = withField(withField(asked, 'ORC', 1, control), 'ORC', 5, status);
      assert.equal(only(said, 'MedicationRequest').status, expected);
    });

  it('a change that says no status leaves the one that is there', () => {
    const changed = convert(withField(asked, 'ORC', 1, 'XO')).conversion?.contributions;
    const request = changed?.find((one) => one.type === 'MedicationRequest');
    assert.ok(request && !('status' in request.set));
  });

  it('reads one amount as a dose, not as a range', () => {
    const one = withField(asked, 'RXO', 3, '');
    const made = only(one, 'MedicationRequest') as unknown as fhir4.MedicationRequest;
    assert.deepEqual(made.dosageInstruction?.[0]?.doseAndRate?.[0]?.doseQuantity, tablets(1));
  });

  it('names the drug by its text where it has no code', () => {
    const free = withField(
      withField(asked, 'RXO', 1, ''),
      'RXO',
      6,
      '^Zinc paste on the left heel',
    );
    const made = only(free, 'Medication');
    assert.deepEqual(made.code, { text: 'Zinc paste on the left heel' });
  });

  it('is held where its dose or its number cannot be read', () => {
    const cases: [string[], string][] = [
      [withField(asked, 'RXO', 2, 'some'), 'number-invalid'],
      [withField(withField(asked, 'RXO', 2, '4'), 'RXO', 3, '2'), 'range-reversed'],
      [withField(withField(asked, 'ORC', 2, ''), 'ORC', 3, ''), 'order-number-missing'],
      [asked.filter((line) => !line.startsWith('RXO')), 'segment-missing'],
    ];
    for (const [segments, code] of cases) {
      const { outcome, issues } = convert(segments);
      assert.equal(outcome, 'quarantined', code);
      assert.ok(
        issues.some((issue) => issue.code === code && issue.severity === 'error'),
        JSON.stringify(issues),
      );
    }
  });

  it('is the same through hold, release and stop, whoever`s number a patient`s own is', () => {
    const id = (segments: readonly string[]) => only(segments, 'MedicationRequest').id;
    for (const control of ['HD', 'RL', 'DC', 'XO'])
      assert.equal(id(withField(asked, 'ORC', 1, control)), id(asked));
    assert.equal(id(withField(asked, 'ORC', 3, '')), id(asked));
    assert.notEqual(id(withField(asked, 'ORC', 2, 'P8^EHR^2.999.5^ISO')), id(asked));
    assert.notEqual(id(withField(asked, 'PID', 3, '1^^^WELL&2.999.3&ISO')), id(asked));
  });
});

describe('what the pharmacy made of an order', () => {
  it('is a request of its own, based on the first', () => {
    assert.deepEqual(convert(encoded).issues, []);
    const [first, second, ...others] = resources(encoded, 'MedicationRequest');
    assert.equal(others.length, 0);
    assert.deepEqual([first?.intent, second?.intent], ['original-order', 'filler-order']);
    assert.deepEqual(second?.basedOn, [{ reference: `MedicationRequest/${first?.id}` }]);
    const request = second as unknown as fhir4.MedicationRequest;
    assert.equal(request.dosageInstruction?.[0]?.text, 'Take one, twice a day');
    assert.equal(request.identifier?.at(-1)?.value, 'RX100');
    assert.equal(request.dispenseRequest?.performer?.display, 'Main pharmacy');
    const codes = resources(encoded, 'Medication').map(
      (one) => (one.code as fhir4.CodeableConcept).coding?.[0]?.code,
    );
    assert.deepEqual(codes, ['723', '00093-2263-01']);
  });

  it('is the same in each message that brings one (O11, O25, O49)', () => {
    const [first, ...others] = ['RDE^O11', 'RDE^O25', 'RDE^O49'].map((type) =>
      resources(as(type, encoded), 'MedicationRequest').map(({ id, intent }) => [id, intent]),
    );
    for (const other of others) assert.deepEqual(other, first);
  });

  it('is the same whether or not the order is told again', () => {
    const alone = encoded.filter((line) => !line.startsWith('RXO'));
    const [, second] = resources(encoded, 'MedicationRequest');
    assert.equal(only(alone, 'MedicationRequest').id, second?.id);
    assert.equal(only(as('OMP^O09', order), 'MedicationRequest').id === second?.id, false);
  });

  it('has its own route, components and timings', () => {
    const drip = [
      ...order.slice(0, 4),
      'TQ1|1||BID||||||R',
      rxo,
      'RXR|PO^Oral^HL70162',
      'RXE||IV1^Potassium in saline^L|1000||mL^mL^UCUM||||||||||||||||||125|mL/h^mL/h^UCUM',
      'TQ1|1||Q12H||||||S',
      'TQ1|2|500^mL&mL&UCUM|Q24H',
      'RXR|IV^Intravenous^HL70162',
      'RXC|B|S9^Saline^L|1000|mL^mL^UCUM',
      'RXC|A|K1^Potassium chloride^L|20|meq^meq^UCUM',
      'RXV|1|L|50|mL^mL^UCUM|||PC|1|mg^mg^UCUM',
    ];
    const [first, second] = resources(drip, 'MedicationRequest').map(
      (one) => one as unknown as fhir4.MedicationRequest,
    );
    assert.deepEqual([first?.priority, second?.priority], ['routine', 'stat']);
    const route = (request?: fhir4.MedicationRequest) =>
      request?.dosageInstruction?.[0]?.route?.coding?.[0]?.code;
    assert.deepEqual([route(first), route(second)], ['PO', 'IV']);
    const doses = second?.dosageInstruction?.map(
      (one) => one.doseAndRate?.[0]?.doseQuantity?.value,
    );
    assert.deepEqual(doses?.toSorted(), [1, 1000, 50, 500].toSorted());
    const rate = second?.dosageInstruction?.find((one) => one.doseAndRate?.[0]?.rateQuantity);
    assert.equal(rate?.doseAndRate?.[0]?.rateQuantity?.value, 125);
    const [, mixture] = resources(drip, 'Medication');
    assert.deepEqual(
      ((mixture as Json).ingredient as fhir4.MedicationIngredient[]).map((one) => [
        one.itemCodeableConcept?.coding?.[0]?.code,
        one.strength?.numerator?.value,
      ]),
      [
        ['S9', 1000],
        ['K1', 20],
      ],
    );
  });

  it('says when: by TQ1, by its codes, and by ORC-7 as it was before 2.5', () => {
    const timed = (segments: readonly string[]) =>
      (only(segments, 'MedicationRequest') as unknown as fhir4.MedicationRequest)
        .dosageInstruction?.[0];
    const asked = as('OMP^O09', order);
    const bid = [...asked.slice(0, 4), 'TQ1|1||BID|||3^d|20240310|20240313', ...asked.slice(4)];
    assert.equal(timed(bid)?.timing?.code?.coding?.[0]?.code, 'BID');
    assert.deepEqual(timed(bid)?.timing?.repeat?.boundsPeriod, {
      start: '2024-03-10',
      end: '2024-03-13',
    });
    const old = timed(withField(asked, 'ORC', 7, '^Q6H PRN^^20240310^20240313'));
    assert.equal(old?.timing?.code?.coding?.[0]?.code, 'Q6H PRN');
    assert.equal(old?.asNeededBoolean, true);
  });

  const patterns: readonly [string, fhir4.TimingRepeat | undefined][] = [
    ['BID', { frequency: 2, period: 1, periodUnit: 'd' }],
    ['TID', { frequency: 3, period: 1, periodUnit: 'd' }],
    ['QID', { frequency: 4, period: 1, periodUnit: 'd' }],
    ['5ID', { frequency: 5, period: 1, periodUnit: 'd' }],
    ['QD', { frequency: 1, period: 1, periodUnit: 'd' }],
    ['QOD', { frequency: 1, period: 2, periodUnit: 'd' }],
    ['Q6H', { frequency: 1, period: 6, periodUnit: 'h' }],
    ['Q30M', { frequency: 1, period: 30, periodUnit: 'min' }],
    ['Q2W', { frequency: 1, period: 2, periodUnit: 'wk' }],
    ['Q2J2', { frequency: 1, period: 2, periodUnit: 'wk', dayOfWeek: ['tue'] }],
    ['QAM', { frequency: 1, period: 1, periodUnit: 'd', when: ['MORN'] }],
    ['QHS', { frequency: 1, period: 1, periodUnit: 'd', when: ['HS'] }],
    ['ACM', { when: ['ACM'] }],
    ['Once', { count: 1 }],
    ['BID&twice&HL70335', { frequency: 2, period: 1, periodUnit: 'd' }],
    // Not certain: months of the moon, as needed, continuous, codes of another table.
    ['Q1L', undefined],
    ['PRN', undefined],
    ['C', undefined],
    ['BID&on ward rounds&L', undefined],
    // What the numbers say goes before the code.
    ['BID^^^^8^h', { period: 8, periodUnit: 'h' }],
  ];
  for (const [code, repeat] of patterns)
    it(`${code} is ${JSON.stringify(repeat) ?? 'kept as a code alone'}`, () => {
      const asked = as('OMP^O09', order);
      const timed = [...asked.slice(0, 4), `TQ1|1||${code}`, ...asked.slice(4)];
      const request = only(timed, 'MedicationRequest') as unknown as fhir4.MedicationRequest;
      const timing = request.dosageInstruction?.[0]?.timing;
      assert.deepEqual(timing?.repeat, repeat);
      assert.equal(timing?.code?.coding?.[0]?.code, /^\w+/.exec(code)?.[0]);
    });

  it('a time of the clock goes before a part of the day', () => {
    const asked = as('OMP^O09', order);
    const timed = [...asked.slice(0, 4), 'TQ1|1||QHS|2200', ...asked.slice(4)];
    const request = only(timed, 'MedicationRequest') as unknown as fhir4.MedicationRequest;
    const repeat = request.dosageInstruction?.[0]?.timing?.repeat;
    assert.deepEqual(repeat?.timeOfDay, ['22:00:00']);
    assert.equal(repeat?.when, undefined);
  });

  it('a choice of routes is told: a dosage has one', () => {
    const choice = [...as('OMP^O09', order), 'RXR|PR^Rectal^HL70162'];
    const { outcome, issues } = convertBytes(base, bytes(choice));
    assert.equal(outcome, 'converted');
    assert.deepEqual(
      issues.map(({ code }) => code),
      ['route-choice-left-out'],
    );
    const same = [...as('OMP^O09', order), 'RXR|PO^Oral^HL70162|^Left^L'];
    assert.deepEqual(convertBytes(base, bytes(same)).issues, []);
  });

  it('an amount over a span of time is a rate', () => {
    const drip = withField(encoded, 'RXE', 22, 'H2');
    const [, second] = resources(drip, 'MedicationRequest');
    const [dosage] = (second as Json).dosageInstruction as fhir4.Dosage[];
    const rate = dosage?.doseAndRate?.[0]?.rateRatio;
    assert.deepEqual([rate?.numerator?.value, rate?.denominator?.code], [1, 'h']);
    assert.equal(rate?.denominator?.value, 2);
  });
});

describe('what was handed out', () => {
  const dispense = (segments: readonly string[]) =>
    only(segments, 'MedicationDispense') as unknown as fhir4.MedicationDispense;

  it('says what, how much, when and on whose order', () => {
    assert.deepEqual(convert(dispensed).issues, []);
    const made = dispense(dispensed);
    assert.equal(made.status, 'completed');
    assert.deepEqual(made.quantity, tablets(20));
    assert.equal(made.whenHandedOver, '2024-03-10T16:00:00-05:00');
    assert.equal(made.performer?.[0]?.actor.display, 'Pat Pharma');
    assert.equal(made.authorizingPrescription?.[0]?.identifier?.value, 'RX100');
    assert.equal(made.substitution?.wasSubstituted, true);
    const drug = only(dispensed, 'Medication') as unknown as fhir4.Medication;
    assert.deepEqual(drug.batch, { lotNumber: 'LOT5', expirationDate: '2025-12-31' });
    assert.equal(drug.manufacturer?.display, 'Teva');
  });

  it('refers to the order where the message has it', () => {
    const whole = [...as('RDS^O13', encoded), ...dispensed.slice(4)];
    const [, order2] = resources(whole, 'MedicationRequest');
    assert.deepEqual(dispense(whole).authorizingPrescription, [
      { reference: `MedicationRequest/${order2?.id}` },
    ]);
  });

  const statuses: [string, string, string, string][] = [
    ['CA', '', '20240310', 'cancelled'],
    ['OD', '', '20240310', 'stopped'],
    ['RE', 'IP', '20240310', 'completed'],
    ['RE', 'IP', '', 'in-progress'],
    ['RE', '', '', 'unknown'],
  ];
  for (const [control, status, time, expected] of statuses)
    it(`is ${expected} by ${control} ${status}${time === '' ? '' : ' when handed out'}`, () => {
      const said = withField(withField(dispensed, 'ORC', 1, control), 'ORC', 5, status);
      assert.equal(dispense(withField(said, 'RXD', 3, time)).status, expected);
    });

  it('two of one order are two; one sent again is one', () => {
    assert.equal(dispense(withField(dispensed, 'MSH', 10, 'R9')).id, dispense(dispensed).id);
    assert.notEqual(dispense(withField(dispensed, 'RXD', 1, '2')).id, dispense(dispensed).id);
    assert.notEqual(
      dispense(withField(dispensed, 'RXD', 3, '20240410')).id,
      dispense(dispensed).id,
    );
  });
});

describe('what was given', () => {
  const administration = (segments: readonly string[]) =>
    only(segments, 'MedicationAdministration') as unknown as fhir4.MedicationAdministration;
  const rxa = (changes: Record<number, string>) =>
    Object.entries(changes).reduce(
      (segments, [field, value]) => withField(segments, 'RXA', Number(field), value),
      [...given],
    );

  it('says what, how much, when and by whom', () => {
    assert.deepEqual(convert(given).issues, []);
    const made = administration(given);
    assert.equal(made.status, 'completed');
    assert.deepEqual(made.effectivePeriod, {
      start: '2024-03-10T17:00:00-05:00',
      end: '2024-03-10T17:30:00-05:00',
    });
    assert.equal(made.dosage?.dose?.value, 500);
    assert.equal(made.request?.identifier?.value, 'P7');
    assert.deepEqual(made.note, [{ text: 'Vomited after' }]);
    assert.equal(made.performer?.[0]?.actor.display, 'Nina Nurse');
    assert.equal(resources(given, 'Immunization').length, 0);
  });

  const facts: [
    string,
    Record<number, string>,
    (made: fhir4.MedicationAdministration) => unknown,
    unknown,
  ][] = [
    ['one time', { 4: '' }, (made) => made.effectiveDateTime, '2024-03-10T17:00:00-05:00'],
    [
      'the same time twice',
      { 4: '20240310170000-0500' },
      (made) => made.effectiveDateTime,
      '2024-03-10T17:00:00-05:00',
    ],
    ['refused', { 20: 'RE', 18: '00^No wish' }, (made) => made.status, 'not-done'],
    ['a reason alone', { 20: '', 18: '00^No wish' }, (made) => made.status, 'not-done'],
    ['not given', { 20: 'NA' }, (made) => made.status, 'not-done'],
    ['part of it', { 20: 'PA' }, (made) => made.status, 'stopped'],
    ['no word', { 20: '' }, (made) => made.status, 'completed'],
    ['deleted', { 21: 'D' }, (made) => made.status, 'entered-in-error'],
    ['a dose unknown', { 6: '999' }, (made) => made.dosage, undefined],
    ['no dose', { 6: '' }, (made) => made.dosage, undefined],
    ['over an hour', { 12: 'H1' }, (made) => made.dosage?.rateRatio?.denominator?.code, 'h'],
  ];
  for (const [name, changes, read, expected] of facts)
    it(name, () => assert.deepEqual(read(administration(rxa(changes))), expected));

  it('is held where a refusal and a completion contradict, or the dose cannot be read', () => {
    const cases: [Record<number, string>, string][] = [
      [{ 18: '00^No wish', 20: 'CP' }, 'fields-contradict'],
      [{ 6: 'half' }, 'number-invalid'],
    ];
    for (const [changes, code] of cases) {
      const { outcome, issues } = convert(rxa(changes));
      assert.equal(outcome, 'quarantined');
      assert.ok(issues.some((issue) => issue.code === code && issue.severity === 'error'));
    }
  });

  it('two of one order are two, a correction of one is one', () => {
    const { id } = administration(given);
    assert.equal(administration(rxa({ 21: 'U', 6: '250' })).id, id);
    assert.equal(administration(rxa({ 21: 'D' })).id, id);
    assert.notEqual(administration(rxa({ 3: '20240311' })).id, id);
    assert.notEqual(administration(rxa({ 2: '2' })).id, id);
  });
});
