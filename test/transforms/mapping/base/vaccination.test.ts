// Goal: what a VXU says of a vaccine is what its Immunization says: given, refused, not given,
// heard of, deleted. Method: one synthetic message, a table of single changes to it, and for each
// the facts that must follow; then properties of its ids.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { type Json, resourcesOf } from '../made.ts';
import { bytes, withField } from '../messages.ts';

const base = loadMapping('config', 'base');

const vaccine = [
  'MSH|^~\\&|CLINIC|WELL|PLEXUS|HUB|20240310150000-0500||VXU^V04^VXU_V04|V1|P|2.5.1',
  'PID|1||4711^^^WELL&2.999.3&ISO^MR||Young^Ada||20230228|F',
  'ORC|RE|P7^WELL^2.999.3^ISO|F7^WELL^2.999.3^ISO|||||||||88^Orderer^Olga^^^^^^NPI',
  'RXA|0|1|20240310143000-0500||08^Hep B^CVX^49281-0215-88^Hep B 10ug^NDC|0.5|mL^mL^UCUM||' +
    '00^New record^NIP001|77^Giver^Gina^^^^^^NPI|^^^WELL CLINIC||||LOT9|20251231|' +
    'MSD^Merck^MVX|||CP|A|20240310150000-0500',
  'RXR|IM^Intramuscular^HL70162|LD^Left Deltoid^HL70163',
  'OBX|1|CE|64994-7^Eligibility^LN|1|V02^Medicaid^HL70064||||||F|||20240310',
  'OBX|2|CE|30963-3^Funding^LN|1|PHC70^Private^CDCPHINVS||||||F|||20240310',
  'OBX|3|CE|69764-9^Document^LN|2|VIS1^Hep B leaflet^cdcgs1vis||||||F|||20240310',
  'OBX|4|TS|29768-9^Published^LN|2|20211015||||||F|||20240310',
  'OBX|5|TS|29769-7^Presented^LN|2|20240310||||||F|||20240310',
  'OBX|6|CE|69764-9^Document^LN|3|VIS2^Other leaflet^cdcgs1vis||||||F|||20240310',
  'OBX|7|TS|29769-7^Presented^LN|3|20240309||||||F|||20240310',
  'OBX|8|NM|30973-2^Dose number^LN|4|2||||||F|||20240310',
  'OBX|9|NM|59782-3^Doses in series^LN|4|3||||||F|||20240310',
  'OBX|10|CE|31044-1^Reaction^LN|5|39579001^Anaphylaxis^SCT||||||F|||20240310',
];

const convert = (segments: readonly string[]) => convertBytes(base, bytes(segments));

const resources = (segments: readonly string[], type: string): Json[] =>
  resourcesOf(base, segments, type);

const immunization = (segments: readonly string[]): Json => {
  const found = resources(segments, 'Immunization');
  assert.equal(found.length, 1);
  return found[0]!;
};

/** Sets fields of RXA. */
const rxa = (changes: Record<number, string>, from: readonly string[] = vaccine): string[] =>
  Object.entries(changes).reduce(
    (segments, [field, value]) => withField(segments, 'RXA', Number(field), value),
    [...from],
  );

describe('a vaccination', () => {
  it('that was given says what, how much, whence, where and by whom', () => {
    const { issues } = convert(vaccine);
    assert.deepEqual(issues, []);
    const made = immunization(vaccine);
    assert.equal(made.status, 'completed');
    assert.equal(made.occurrenceDateTime, '2024-03-10T14:30:00-05:00');
    assert.equal(made.recorded, '2024-03-10T15:00:00-05:00');
    assert.equal(made.primarySource, true);
    assert.equal(made.reportOrigin, undefined);
    assert.equal(made.lotNumber, 'LOT9');
    assert.equal(made.expirationDate, '2025-12-31');
    const { coding } = made.vaccineCode as fhir4.CodeableConcept;
    assert.deepEqual(
      coding?.map((one) => [one.system, one.code]),
      [
        ['http://hl7.org/fhir/sid/cvx', '08'],
        ['http://hl7.org/fhir/sid/ndc', '49281-0215-88'],
      ],
    );
    assert.deepEqual(made.doseQuantity, {
      value: 0.5,
      unit: 'mL',
      system: 'http://unitsofmeasure.org',
      code: 'mL',
    });
    const manufacturer = made.manufacturer as fhir4.Reference;
    assert.equal(manufacturer.display, 'Merck');
    assert.equal(manufacturer.identifier?.value, 'MSD');
    assert.equal((made.location as fhir4.Reference).display, 'WELL CLINIC');
    const performers = made.performer as fhir4.ImmunizationPerformer[];
    assert.deepEqual(
      performers.map((one) => [one.function?.coding?.[0]?.code, one.actor.display]),
      [
        ['AP', 'Gina Giver'],
        ['OP', 'Olga Orderer'],
      ],
    );
    const route = made.route as fhir4.CodeableConcept;
    assert.ok(route.coding?.some((one) => one.system?.endsWith('v3-RouteOfAdministration')));
  });

  it('takes its rows by their code, and leaflets by OBX-4', () => {
    const made = immunization(vaccine);
    assert.equal((made.programEligibility as fhir4.CodeableConcept[])[0]?.coding?.[0]?.code, 'V02');
    assert.equal((made.fundingSource as fhir4.CodeableConcept).coding?.[0]?.code, 'PHC70');
    assert.deepEqual(made.education, [
      {
        documentType: 'Hep B leaflet',
        publicationDate: '2021-10-15',
        presentationDate: '2024-03-10',
      },
      { documentType: 'Other leaflet', presentationDate: '2024-03-09' },
    ]);
    assert.deepEqual(made.protocolApplied, [
      { doseNumberPositiveInt: 2, seriesDosesPositiveInt: 3 },
    ]);
    const [reaction] = made.reaction as fhir4.ImmunizationReaction[];
    const observations = resources(vaccine, 'Observation');
    assert.equal(observations.length, 10);
    const seen = observations.find(
      (one) => reaction?.detail?.reference === `Observation/${one.id}`,
    );
    assert.ok(seen);
    assert.equal((seen.code as fhir4.CodeableConcept).coding?.[0]?.code, '31044-1');
    for (const { partOf } of observations)
      assert.deepEqual(partOf, [{ reference: `Immunization/${made.id}` }]);
  });

  it('keeps leaflets apart when every row says the same OBX-4', () => {
    const sloppy = vaccine.map((line) =>
      line.startsWith('OBX') ? line.replace(/\^LN\|\d\|/, '^LN|1|') : line,
    );
    const education = immunization(sloppy).education as fhir4.ImmunizationEducation[];
    assert.deepEqual(
      education.map((one) => one.documentType),
      ['Hep B leaflet', 'Other leaflet'],
    );
    assert.equal(education[0]?.presentationDate, '2024-03-10');
    assert.equal(education[1]?.presentationDate, '2024-03-09');
  });

  it('takes the leaflet of a vaccine by its name only where it was published', () => {
    const rows = (lines: string[]) => [...vaccine.slice(0, 5), ...lines];
    const named = 'OBX|1|CE|30956-7^Vaccine^LN|1|08^Hep B^CVX||||||F';
    const published = 'OBX|2|TS|29768-9^Published^LN|1|20211015||||||F';
    const dose = 'OBX|2|NM|30973-2^Dose number^LN|1|2||||||F';
    assert.deepEqual(immunization(rows([named, published])).education, [
      { documentType: 'Hep B', publicationDate: '2021-10-15' },
    ]);
    assert.equal(immunization(rows([named, dose])).education, undefined);
  });

  const facts: [string, Record<number, string>, (made: Json) => unknown, unknown][] = [
    ['refused', { 20: 'RE', 18: '00^Parental decision^NIP002' }, (made) => made.status, 'not-done'],
    [
      'refused, with the reason',
      { 20: 'RE', 18: '00^Parental decision^NIP002' },
      (made) => (made.statusReason as fhir4.CodeableConcept).coding?.[0]?.code,
      '00',
    ],
    ['not given', { 20: 'NA' }, (made) => made.status, 'not-done'],
    ['a reason alone is a refusal', { 20: '', 18: '03' }, (made) => made.status, 'not-done'],
    ['no word on completion', { 20: '' }, (made) => made.status, 'completed'],
    ['part of it', { 20: 'PA' }, (made) => [made.status, made.isSubpotent], ['completed', true]],
    ['deleted', { 21: 'D' }, (made) => made.status, 'entered-in-error'],
    ['deleted after a refusal', { 20: 'RE', 21: 'D' }, (made) => made.status, 'entered-in-error'],
    ['updated', { 21: 'U', 20: 'CP' }, (made) => made.status, 'completed'],
    ['an unknown dose', { 6: '999', 7: '' }, (made) => made.doseQuantity, undefined],
    ['an unknown dose, written long', { 6: '999.0' }, (made) => made.doseQuantity, undefined],
    [
      'heard of from somewhere',
      { 9: '01^Historical^NIP001' },
      (made) => [
        made.primarySource,
        (made.reportOrigin as fhir4.CodeableConcept).coding?.map((one) => one.code),
      ],
      [false, ['01']],
    ],
    [
      'heard of from a school',
      { 9: '07^School record^NIP001' },
      (made) => (made.reportOrigin as fhir4.CodeableConcept).coding?.map((one) => one.code),
      ['07', 'school'],
    ],
    [
      'a remark beside the source',
      { 9: '^Cried a little~02^Other provider^NIP001' },
      (made) => [made.primarySource, made.note],
      [false, [{ text: 'Cried a little' }]],
    ],
    ['no date', { 3: '' }, (made) => made.occurrenceString, 'unknown'],
    ['a month', { 3: '202403' }, (made) => made.occurrenceDateTime, '2024-03'],
    [
      'a place that is all said',
      { 27: 'W1^2^3^WELL' },
      (made) => (made.location as fhir4.Reference).identifier?.value,
      'W1/2/3/WELL',
    ],
  ];
  for (const [name, changes, read, expected] of facts)
    it(name, () => assert.deepEqual(read(immunization(rxa(changes))), expected));

  it('is held where it cannot be read without harm', () => {
    const cases: [Record<number, string>, string, string][] = [
      [{ 18: '00^Parental decision^NIP002', 20: 'CP' }, 'fields-contradict', 'RXA-18'],
      [{ 3: '20241399' }, 'timestamp-unparsable', 'RXA-3'],
      [{ 20: 'ZZ' }, 'resource-incomplete', 'RXA'],
      [{ 5: '' }, 'resource-incomplete', 'RXA'],
    ];
    for (const [changes, code, path] of cases) {
      const { outcome, issues } = convert(rxa(changes));
      assert.equal(outcome, 'quarantined', code);
      const issue = issues.find((one) => one.code === code);
      assert.equal(issue?.path, path);
      assert.equal(issue?.severity, 'error');
      assert.ok(issue?.offset !== undefined);
    }
  });

  it('of no vaccine (998) is none; what it says of a disease stays', () => {
    const immune = [
      ...rxa({ 5: '998^No vaccine administered^CVX', 6: '999', 20: 'NA' }).slice(0, 4),
      'OBX|1|CE|59784-9^Disease with presumed immunity^LN|1|38907003^Varicella^SCT||||||F',
    ];
    assert.deepEqual(resources(immune, 'Immunization'), []);
    const [observation, ...others] = resources(immune, 'Observation');
    assert.equal(others.length, 0);
    const value = observation?.valueCodeableConcept as fhir4.CodeableConcept;
    assert.equal(value.coding?.[0]?.code, '38907003');
    assert.equal(observation?.partOf, undefined);
    const refused = rxa({ 5: '998^No vaccine administered^CVX', 20: 'RE' });
    assert.equal(immunization(refused).status, 'not-done');
  });
});

describe('which vaccination it is', () => {
  const id = (segments: readonly string[]) => immunization(segments).id;
  const order = (filler: string, placer = '') =>
    withField(withField(vaccine, 'ORC', 3, filler), 'ORC', 2, placer);
  const first = id(vaccine);

  it('the filler says: a resend, a correction and a deletion are versions of one', () => {
    assert.equal(id(withField(vaccine, 'MSH', 10, 'V99')), first);
    assert.equal(id(rxa({ 21: 'U', 3: '20240311', 5: '45^Hep B other^CVX' })), first);
    assert.equal(id(rxa({ 21: 'D' })), first);
    assert.notEqual(id(order('F8^WELL^2.999.3^ISO')), first);
    assert.notEqual(id(order('F7^OTHER^2.999.4^ISO')), first);
  });

  it('without a number the day and the vaccine say', () => {
    const none = order('');
    assert.equal(id(withField(none, 'MSH', 10, 'V99')), id(none));
    assert.equal(id(rxa({ 21: 'U', 15: 'LOT10' }, none)), id(none));
    assert.notEqual(id(rxa({ 3: '20240311' }, none)), id(none));
    assert.notEqual(id(rxa({ 5: '45^Hep B other^CVX' }, none)), id(none));
  });

  it('the placer says where the filler does not', () => {
    assert.equal(id(rxa({ 3: '20240311' }, order('', 'P7^WELL'))), id(order('', 'P7^WELL')));
  });

  it('9999 is no number, and one number is not two patients` vaccination', () => {
    const dummy = order('9999^WELL^2.999.3^ISO');
    assert.notEqual(id(rxa({ 5: '45^Hep B other^CVX' }, dummy)), id(dummy));
    assert.equal(immunization(dummy).identifier, undefined);
    const other = withField(vaccine, 'PID', 3, '4712^^^WELL&2.999.3&ISO^MR');
    assert.notEqual(id(other), first);
  });

  it('diseases of two patients under 9999 are two observations', () => {
    const immune = (patient: string, disease: string) => [
      ...withField(
        rxa({ 5: '998^None^CVX', 20: 'NA' }, order('9999^WELL')),
        'PID',
        3,
        patient,
      ).slice(0, 4),
      `OBX|1|CE|59784-9^Presumed immunity^LN|1|${disease}^Disease^SCT||||||F`,
    ];
    const ids = [
      immune('4711^^^WELL', '38907003'),
      immune('4712^^^WELL', '38907003'),
      immune('4711^^^WELL', '14189004'),
    ].map((segments) => resources(segments, 'Observation')[0]?.id);
    assert.equal(new Set(ids).size, 3);
  });

  it('several in a message keep their rows', () => {
    const both = [
      ...vaccine.slice(0, 7),
      'ORC|RE|P8^WELL|F8^WELL',
      'RXA|0|1|20240310||03^MMR^CVX|999|||01^Historical^NIP001|||||||||||CP|A',
      'OBX|1|CE|64994-7^Eligibility^LN|1|V05^Underinsured^HL70064||||||F',
    ];
    const made = resources(both, 'Immunization');
    assert.equal(made.length, 2);
    assert.deepEqual(
      made.map((one) => (one.programEligibility as fhir4.CodeableConcept[])[0]?.coding?.[0]?.code),
      ['V02', 'V05'],
    );
    assert.equal(made[1]?.fundingSource, undefined);
    assert.equal(made[1]?.route, undefined);
  });
});
