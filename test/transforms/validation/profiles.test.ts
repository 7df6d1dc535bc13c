// Goal: what profiles say beyond R4 is checked: every kind of slicing and discriminator, fixed and
// pattern values, lengths and ranges, extensions, targets; and what nobody can say is said to be
// so.
// Method: profiles of our own, written as differentials, so that the snapshots are generated too; a
// resource that fits each, one defect planted, and exactly the expected code and expression.
import assert from 'node:assert/strict';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';
import { profiles, profileUrl } from './profiles.ts';

const packaged = { structures: profiles, valueSets: [], codeSystems: [] };
const definitions = createDefinitions([packaged]);
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

const said = (profile: string, resource: unknown): string[] =>
  validator
    .validate(resource, { profiles: [profileUrl(profile)] })
    .issues.map(({ severity, code, path }) => `${severity} ${code} ${path}`);

const patient = (more: object) => ({ resourceType: 'Patient', id: 'p', ...more });
const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Mood' },
  ...more,
});
const ids = (...systems: string[]) => ({
  identifier: systems.map((system) => ({ system, value: '1' })),
});
const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource, at) => ({
    fullUrl: `urn:uuid:00000000-0000-4000-8000-00000000000${at}`,
    resource,
  })),
});
const coding = (system: string, code: string) => ({ coding: [{ system, code }] });
const upper = (code: string) => ({
  component: [
    {
      code: coding('http://loinc.org', '8480-6'),
      valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code },
    },
  ],
});
const right = {
  name: [{ family: 'Byron' }],
  multipleBirthInteger: 2,
  gender: 'female',
  maritalStatus: {
    coding: [
      { system: 'urn:x', code: 'X' },
      { system: 'urn:m', code: 'M' },
    ],
  },
};
const contact = (system: string, rank?: number) => ({
  telecom: [{ system, value: '1', ...(rank === undefined ? {} : { rank }) }],
});
const eye = (value: object) => ({ extension: [{ url: profileUrl('eye'), ...value }] });
const refers = (reference: string) => ({ performer: [{ reference }] });

type Case = readonly [profile: string, fits: object, defect: object, expected: readonly string[]];

const held = (set: object) =>
  observation({ contained: [patient(set)], subject: { reference: '#p' } });
const about = (reference: string) => observation({ subject: { reference } });
const during = (reference: string) => observation({ encounter: { reference } });

const cases: readonly Case[] = [
  [
    'default',
    patient(ids('urn:a', 'urn:a', 'urn:b')),
    patient(ids('urn:b', 'urn:c', 'urn:a')),
    ['error fhir-cardinality Patient.identifier'],
  ],
  [
    'targets',
    held({ active: true }),
    held({ active: false }),
    ['error fhir-reference-target Observation.subject'],
  ],
  [
    'kinds',
    held({ active: true }),
    about('Patient/p'),
    ['error fhir-reference-target Observation.subject'],
  ],
  [
    'kinds',
    during('Encounter/e/_history/2'),
    during('Encounter/e'),
    ['error fhir-reference-target Observation.encounter'],
  ],
  [
    'value-closed',
    patient(ids('urn:mrn', 'urn:ssn')),
    patient(ids('urn:mrn', 'urn:x')),
    ['error fhir-slice Patient.identifier[1]'],
  ],
  [
    'value-closed',
    patient(ids('urn:mrn')),
    patient(ids('urn:ssn')),
    ['error fhir-cardinality Patient.identifier'],
  ],
  [
    'value-closed',
    patient(ids('urn:mrn')),
    patient({}),
    ['error fhir-cardinality Patient.identifier'],
  ],
  [
    'value-closed',
    patient(ids('urn:mrn')),
    patient(ids('urn:mrn', 'urn:mrn')),
    ['error fhir-cardinality Patient.identifier'],
  ],
  [
    'ordered',
    patient(ids('urn:a', 'urn:b', 'urn:c')),
    patient(ids('urn:b', 'urn:a')),
    ['error fhir-slice-order Patient.identifier[1]'],
  ],
  [
    'ordered',
    patient(ids('urn:a')),
    patient(ids('urn:c', 'urn:a')),
    ['error fhir-slice-order Patient.identifier[1]'],
  ],
  [
    'pattern',
    observation({ category: [coding('urn:c', 'lab')] }),
    observation({ category: [coding('urn:c', 'other')] }),
    ['error fhir-cardinality Observation.category'],
  ],
  ['type', bundle(patient({})), bundle(observation({})), ['error fhir-cardinality Bundle.entry']],
  [
    'type',
    bundle(patient({})),
    bundle(patient({}), patient({})),
    ['error fhir-cardinality Bundle.entry'],
  ],
  [
    'resolved',
    observation(refers('Practitioner/a')),
    observation(refers('Patient/a')),
    ['error fhir-cardinality Observation.performer'],
  ],
  [
    'profiled',
    bundle(patient({ active: true })),
    bundle(patient({ active: false })),
    ['error fhir-cardinality Bundle.entry'],
  ],
  [
    'exists',
    patient(contact('phone', 1)),
    patient({ telecom: [...contact('phone', 1).telecom, ...contact('fax', 2).telecom] }),
    ['error fhir-cardinality Patient.telecom'],
  ],
  [
    'nested',
    observation(upper('mm[Hg]')),
    observation(upper('kPa')),
    ['error fhir-fixed Observation.component[0].value.code'],
  ],
  [
    'nested',
    observation(upper('mm[Hg]')),
    observation({
      component: [{ ...upper('').component[0], valueQuantity: undefined, valueString: 'x' }],
    }),
    [
      'error fhir-cardinality Observation.component[0].value',
      'error fhir-choice-type Observation.component[0].valueString',
    ],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, name: [{ family: 'Lovelace' }] }),
    ['error fhir-length Patient.name[0].family'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, name: [...right.name, ...right.name] }),
    ['error fhir-cardinality Patient.name'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, multipleBirthInteger: 4 }),
    ['error fhir-range Patient.multipleBirth'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, multipleBirthInteger: 1 }),
    ['error fhir-range Patient.multipleBirth'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, birthDate: '1899-12-31' }),
    ['error fhir-range Patient.birthDate'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, photo: [{ title: 'a' }] }),
    ['error fhir-cardinality Patient.photo'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, gender: 'male' }),
    ['error fhir-fixed Patient.gender'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, maritalStatus: coding('urn:m', 'S') }),
    ['error fhir-pattern Patient.maritalStatus'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, ...contact('fax', 1) }),
    ['error fhir-invariant Patient.telecom[0]'],
  ],
  [
    'values',
    patient(right),
    patient({ ...right, ...contact('phone') }),
    ['warning fhir-invariant Patient.telecom[0]'],
  ],
  [
    'extended',
    patient(eye({ valueCode: 'left' })),
    patient(eye({ valueString: 'left' })),
    [
      'error fhir-cardinality Patient.extension[0].value',
      'error fhir-choice-type Patient.extension[0].valueString',
    ],
  ],
  [
    'extended',
    patient(eye({ valueCode: 'left' })),
    patient({}),
    ['error fhir-cardinality Patient.extension'],
  ],
  [
    'targets',
    observation({ subject: { reference: 'Patient/a' } }),
    observation({ subject: { reference: 'Group/a' } }),
    ['error fhir-reference-target Observation.subject'],
  ],
  ['active', patient({ active: true }), observation({}), ['error fhir-profile Observation']],
];

/** What R4 alone warns of in the resources that fit. */
const errors = (all: string[]) => all.filter((one) => one.startsWith('error'));

describe('planted defects of profiles', () => {
  for (const [profile, fits, defect, expected] of cases)
    it(`${profile}: ${expected.join(', ')}`, () => {
      const [before, after] = [
        said(profile, fits),
        said(profile, JSON.parse(JSON.stringify(defect))),
      ];
      assert.deepEqual(errors(before), []);
      const news = after.filter((one) => !before.includes(one));
      assert.deepEqual(news.sort(), [...expected].sort());
    });
});

describe('what nobody here can say', () => {
  const unchecked = (profile: string, resource: unknown): string[] =>
    validator
      .validate(resource, { profiles: [profileUrl(profile)] })
      .unchecked.map(({ path, code, severity }) => `${severity} ${code} ${path}`);

  it('is a profile that is not at hand', () => {
    const meta = { profile: [profileUrl('values|9.9.9'), 'urn:none'] };
    assert.deepEqual(unchecked('active', patient({ active: true, meta })), [
      'information unchecked Patient.meta.profile[0]',
      'information unchecked Patient.meta.profile[1]',
    ]);
  });

  it('is an extension that nobody defines, which a registry may refuse', () => {
    const resource = patient({ extension: [{ url: 'urn:x', valueCode: 'a' }] });
    assert.deepEqual(
      unchecked('none', resource).at(-1),
      'information unchecked Patient.extension[0]',
    );
    const strict = createValidator({
      definitions,
      valueSets: definitions.valueSets,
      extensions: ({ url, isDefined }) =>
        isDefined ? [] : [{ code: 'not-registered', path: url, diagnostics: 'a' }],
    });
    assert.deepEqual(
      strict.validate(resource).issues.map(({ code }) => code),
      ['not-registered'],
    );
  });

  it('is a slice whose value set nobody has; then it is not said to be missing', () => {
    const resource = observation({ category: [coding('urn:c', 'x')] });
    assert.deepEqual(said('binding-slice', resource), []);
    assert.deepEqual(unchecked('binding-slice', resource), [
      'information unchecked Observation.category',
    ]);
  });
});
