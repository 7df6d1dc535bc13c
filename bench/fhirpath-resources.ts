const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
const category = 'http://terminology.hl7.org/CodeSystem/observation-category';

const quantity = (value: number, unit: string): fhir4.Quantity => ({
  ...{ value, unit, system: ucum, code: unit },
});

const patient: fhir4.Patient = {
  resourceType: 'Patient',
  id: 'p1',
  meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'] },
  identifier: [
    { use: 'usual', system: 'http://hospital.example/mrn', value: '4711' },
    { use: 'official', system: 'http://hl7.org/fhir/sid/us-ssn', value: '000-00-0000' },
  ],
  active: true,
  name: [{ use: 'official', family: 'Muster', given: ['Erika', 'Maria'] }],
  telecom: [{ system: 'phone', value: '555-0100', use: 'home' }],
  gender: 'female',
  birthDate: '1974-12-25',
  address: [{ line: ['1 Main St'], city: 'Springfield', state: 'IL', postalCode: '62701' }],
};

const bloodPressure: fhir4.Observation = {
  resourceType: 'Observation',
  id: 'bp1',
  status: 'final',
  category: [{ coding: [{ system: category, code: 'vital-signs' }] }],
  code: { coding: [{ system: loinc, code: '85354-9', display: 'Blood pressure panel' }] },
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: '2024-03-01T10:15:00Z',
  component: [
    {
      code: { coding: [{ system: loinc, code: '8480-6' }] },
      valueQuantity: quantity(120, 'mm[Hg]'),
    },
    {
      code: { coding: [{ system: loinc, code: '8462-4' }] },
      valueQuantity: quantity(80, 'mm[Hg]'),
    },
  ],
};

const laboratory: fhir4.Observation = {
  resourceType: 'Observation',
  id: 'lab1',
  status: 'final',
  category: [{ coding: [{ system: category, code: 'laboratory' }] }],
  code: { coding: [{ system: loinc, code: '2823-3', display: 'Potassium' }], text: 'Potassium' },
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: '2024-03-01T10:15:00Z',
  issued: '2024-03-01T11:00:00Z',
  valueQuantity: quantity(4.2, 'mmol/L'),
  referenceRange: [{ low: quantity(3.5, 'mmol/L'), high: quantity(5.1, 'mmol/L') }],
};

/** The mix that the validator is measured on; synthetic. */
export const resources = { patient, blood_pressure: bloodPressure, laboratory };
