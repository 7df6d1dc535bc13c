/** Synthetic resources without a fault, one a subject; tests plant faults in copies of them. */
export type Json = Record<string, unknown>;

const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
const terminology = 'http://terminology.hl7.org/CodeSystem';

const narrative = {
  status: 'generated',
  div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Ada &amp; more</p></div>',
};

const patient: Json = {
  resourceType: 'Patient',
  id: 'ada',
  text: narrative,
  identifier: [{ system: 'urn:oid:1.2.3', value: '4711', period: { start: '2020-01-01' } }],
  active: true,
  name: [{ use: 'official', family: 'Byron', given: ['Ada', 'Augusta'] }],
  telecom: [{ system: 'phone', value: '555-0100', rank: 1 }],
  gender: 'female',
  birthDate: '1985-12-10',
  _birthDate: {
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
        valueDateTime: '1985-12-10T04:30:00Z',
      },
    ],
  },
  deceasedBoolean: false,
  multipleBirthInteger: 2,
  photo: [{ contentType: 'image/png', data: 'aGVsbG8=' }],
  contact: [{ name: { family: 'Byron' } }],
  contained: [{ resourceType: 'Organization', id: 'org', name: 'General' }],
  managingOrganization: { reference: '#org' },
};

const pressure = (code: string, value: number): Json => ({
  code: { coding: [{ system: loinc, code }] },
  valueQuantity: { value, unit: 'mmHg', system: ucum, code: 'mm[Hg]' },
});

const bloodPressure: Json = {
  resourceType: 'Observation',
  id: 'bp',
  status: 'final',
  category: [{ coding: [{ system: `${terminology}/observation-category`, code: 'vital-signs' }] }],
  code: { coding: [{ system: loinc, code: '85354-9' }] },
  subject: { reference: 'Patient/ada' },
  effectiveDateTime: '2026-03-01T08:00:00+01:00',
  component: [pressure('8480-6', 120), pressure('8462-4', 80)],
};

const laboratory: Json = {
  resourceType: 'Observation',
  id: 'lab',
  status: 'final',
  code: { coding: [{ system: loinc, code: '718-7' }] },
  subject: { reference: 'Patient/ada' },
  effectivePeriod: { start: '2026-03-01', end: '2026-03-02' },
  valueQuantity: { value: 14.2, unit: 'g/dL', system: ucum, code: 'g/dL' },
  referenceRange: [{ low: { value: 12 }, high: { value: 16 } }],
};

const condition: Json = {
  resourceType: 'Condition',
  id: 'condition',
  clinicalStatus: { coding: [{ system: `${terminology}/condition-clinical`, code: 'resolved' }] },
  verificationStatus: {
    coding: [{ system: `${terminology}/condition-ver-status`, code: 'confirmed' }],
  },
  code: { text: 'Cough' },
  subject: { reference: 'Patient/ada' },
  abatementDateTime: '2026-02-01',
};

const medication: Json = {
  resourceType: 'MedicationRequest',
  id: 'order',
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { text: 'Aspirin' },
  subject: { reference: 'Patient/ada' },
  dosageInstruction: [
    { timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } }, asNeededBoolean: false },
  ],
};

const questionnaire: Json = {
  resourceType: 'Questionnaire',
  id: 'questions',
  status: 'active',
  item: [{ linkId: '1', type: 'group', item: [{ linkId: '1.1', type: 'string', text: 'How?' }] }],
};

const entryOf = (url: string, resource: Json): Json => ({ fullUrl: url, resource });
const patientUrl = 'urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427';

const transaction: Json = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      ...entryOf(patientUrl, { resourceType: 'Patient', active: true }),
      request: { method: 'POST', url: 'Patient' },
    },
    {
      ...entryOf('urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8', {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'Mood' },
        subject: { reference: patientUrl },
      }),
      request: { method: 'POST', url: 'Observation' },
    },
  ],
};

const collection: Json = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    entryOf('http://a.example/fhir/Patient/p', { resourceType: 'Patient', id: 'p' }),
    entryOf('http://a.example/fhir/Patient/q', { resourceType: 'Patient', id: 'q' }),
  ],
};

const document: Json = {
  resourceType: 'Bundle',
  type: 'document',
  identifier: { system: 'urn:oid:1.2.3', value: 'd1' },
  timestamp: '2026-03-01T08:00:00Z',
  entry: [
    entryOf('http://a.example/fhir/Composition/c', {
      resourceType: 'Composition',
      id: 'c',
      status: 'final',
      type: { text: 'Note' },
      subject: { reference: 'Patient/p' },
      date: '2026-03-01',
      author: [{ reference: 'Patient/p' }],
      title: 'Note',
    }),
    entryOf('http://a.example/fhir/Patient/p', { resourceType: 'Patient', id: 'p' }),
  ],
};

export const samples = {
  patient,
  bloodPressure,
  laboratory,
  condition,
  medication,
  questionnaire,
  transaction,
  collection,
  document,
} as const;

export type Sample = keyof typeof samples;
