// Goal: what ADT says beside a visit's course is kept under codes that others know, and belongs to
// whom it should. Method: single segments, converted by the base; each resource read back.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes } from '../messages.ts';
import { problemsOf } from '../valid.ts';

const base = loadMapping('config', 'base');
const number = (value: string) => `${value}^^^HOSP&2.999.1&ISO^MR`;
const visit = `PV1|1|I${'|'.repeat(17)}V1`;

function convert(trigger: string, ...segments: string[]) {
  const converted = convertBytes(
    base,
    bytes([
      `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^${trigger}|M1|P|2.5.1`,
      `PID|1||${number('17')}||Young^Ada||19800229|F`,
      ...segments,
    ]),
  );
  assert.deepEqual(problemsOf(converted.bundle), []);
  return converted;
}

const all = <T extends fhir4.FhirResource>(
  type: T['resourceType'],
  { bundle }: ReturnType<typeof convert>,
): T[] =>
  (bundle?.entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === type ? [resource as T] : [],
  );

const codes = (concept?: fhir4.CodeableConcept) => concept?.coding?.map(({ code }) => code);

describe('what ADT says that R4 has no room for', () => {
  const person = (...fields: string[]) => {
    const { bundle, issues } = convertBytes(
      base,
      bytes([
        'MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^A28|M1|P|2.5.1',
        fields.join('|'),
      ]),
    );
    const [patient] = (bundle?.entry ?? []).map(({ resource }) => resource as fhir4.Patient);
    return { patient, codes: issues.map(({ code }) => code) };
  };

  it('leaves a range out that ends before it begins (per-1), and says so', () => {
    const said = person('PID', '1', '', `${number('17')}^^20210101^20200101`, '', 'Young^Ada');
    assert.equal(said.patient?.identifier?.[0]?.value, '17');
    assert.equal(said.patient?.identifier?.[0]?.period, undefined);
    assert.deepEqual(said.codes, ['period-reversed']);
  });

  it('takes the first of two maiden names of the mother, and says so', () => {
    const said = person('PID', '1', '', number('17'), '', 'Young^Ada', 'Smith^Jane~Smyth^Jane');
    assert.deepEqual(
      said.patient?.extension?.map(({ valueString }) => valueString),
      ['Smith'],
    );
    assert.deepEqual(said.codes, ['repetitions-left-out']);
  });

  it('says of a breed alone that the species is unknown', () => {
    const fields = ['PID', '1', '', number('17'), '', 'Rex', ...Array<string>(30).fill('')];
    const [animal] = person(...fields, 'POODLE^Poodle^L').patient?.extension ?? [];
    const said = animal?.extension?.map(({ url, valueCodeableConcept: { text, extension } = {} }) =>
      [url, text ?? extension?.[0]?.valueCode].join(),
    );
    assert.deepEqual(said, ['species,unknown', 'breed,Poodle']);
  });
});

describe('what ADT says of a relative', () => {
  it('makes no contact of one whom nothing leads to (pat-1)', () => {
    const [patient] = all<fhir4.Patient>(
      'Patient',
      convert('A01', visit, 'NK1|1||SPO^Spouse', 'NK1|2||CHD^Child||^PRN^PH^^1^518^5550100'),
    );
    assert.deepEqual(
      patient?.contact?.map(({ relationship = [] }) => codes(relationship[0])?.[0]),
      ['CHD'],
    );
  });
});

describe('what ADT says of an allergy', () => {
  const iam = (type: string, reporter: string, clinician = '') => {
    const fields = ['1', type, '7980^Penicillin^L', '', '', 'A', 'I1^HOSP', '', '', '', '', '', ''];
    return `IAM|${[...fields, reporter, '', 'C^Confirmed'].join('|')}${'|'.repeat(10)}${clinician}`;
  };

  it('keeps a code of its kind that R4 does not have', () => {
    const [allergy] = all<fhir4.AllergyIntolerance>(
      'AllergyIntolerance',
      convert('A01', visit, 'AL1|1|MC^Contraindication|7980^Penicillin^L'),
    );
    assert.equal(allergy?.category, undefined);
    const [kind] = (allergy as { _category?: fhir4.Element[] })._category ?? [];
    assert.deepEqual(codes(kind?.extension?.[0]?.valueCodeableConcept), ['MC']);
  });

  it('is recorded by the relative who told it, whom NK1 may name as well', () => {
    const told = convert('A60', iam('DA', 'Young^Bob|SPO'));
    const [reporter] = all<fhir4.RelatedPerson>('RelatedPerson', told);
    const [allergy] = all<fhir4.AllergyIntolerance>('AllergyIntolerance', told);
    assert.equal(allergy?.recorder?.reference, `RelatedPerson/${reporter?.id}`);
    assert.equal(reporter?.name?.[0]?.family, 'Young');
    const nk1 = convert('A01', 'NK1|1|Young^Bob|SPO', visit);
    assert.equal(all<fhir4.RelatedPerson>('RelatedPerson', nk1)[0]?.id, reporter?.id);
    const self = convert('A60', iam('DA', 'Young^Ada|SEL'));
    assert.deepEqual(all('RelatedPerson', self), []);
    const [own] = all<fhir4.AllergyIntolerance>('AllergyIntolerance', self);
    assert.match(own?.recorder?.reference ?? '', /^Patient\//);
  });

  it('has the code of a clinician beside the sender`s', () => {
    const [allergy] = all<fhir4.AllergyIntolerance>(
      'AllergyIntolerance',
      convert('A60', iam('DA', '|', '91936005^Allergy to penicillin^SCT')),
    );
    assert.deepEqual(codes(allergy?.code), ['7980', '91936005']);
    assert.deepEqual(codes(allergy?.verificationStatus), ['C', 'confirmed']);
  });
});

describe('what ADT says of a death and an accident', () => {
  it('stands under the codes of the guide for vital records', () => {
    const death = convert('A01', visit, 'PDA|I21^Infarction^I10||Y|20240309||N|||Y');
    const found = all<fhir4.Observation>('Observation', death).map(
      ({ code, valueCodeableConcept }) => [
        ...(codes(code) ?? []),
        ...(codes(valueCodeableConcept) ?? []),
      ],
    );
    assert.deepEqual(found, [
      ['69453-9', 'I21'],
      ['85699-7', 'N'],
      ['74497-9', 'Y'],
    ]);
    const [certified] = all<fhir4.Procedure>('Procedure', death);
    assert.deepEqual(
      [certified?.status, certified?.performedDateTime, codes(certified?.code)],
      ['completed', '2024-03-09', ['308646001']],
    );
  });

  it('an accident is told with its time, kind, place and what it has to do with work', () => {
    const told = convert(
      'A01',
      visit,
      'ACC|20240309|MVA^Traffic|Main Street||Y|||Fell off a bicycle',
    );
    const [accident] = all<fhir4.Observation>('Observation', told);
    assert.deepEqual(codes(accident?.code), ['11374-6']);
    assert.equal(accident?.effectiveDateTime, '2024-03-09');
    assert.equal(accident?.valueString, 'Fell off a bicycle');
    const [kind, place, work] = accident?.component ?? [];
    assert.deepEqual(codes(kind?.valueCodeableConcept), ['MVA']);
    assert.deepEqual([place?.valueString, work?.valueBoolean], ['Main Street', true]);
  });
});

describe('what a merge says of a visit', () => {
  for (const trigger of 'A18 A30 A34 A36 A39 A40 A46 A47'.split(' '))
    it(`${trigger} is not held for an earlier visit number without a visit`, () => {
      const { outcome, conversion } = convert(trigger, `MRG|${number('18')}||||V9`);
      assert.equal(outcome, 'converted');
      assert.equal(conversion?.statements?.length, 1);
      assert.ok(conversion.unvisited.includes('MRG-5'), 'the loss report tells it');
    });
});
