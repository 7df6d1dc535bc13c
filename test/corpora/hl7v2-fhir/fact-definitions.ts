/**
 * What the bundles of another converter can tell of a message, as FHIRPath over a Bundle. A fact is
 * one value in the expected bundle (where `by` is given: of one thing, known by `by`); it holds
 * when our bundle says the same of such a resource, whatever ids, order or references it has.
 */
export type FactDefinition = {
  readonly name: string;
  /** The things that are looked at. */
  readonly each: string;
  /** What tells one of them from another, where the value alone would say too little. */
  readonly by?: string;
  readonly value: string;
  /** What counts in our bundle, where that is more than the value. */
  readonly ours?: string;
  /** Times are one when their instants or their wall clocks are. */
  readonly as?: 'time';
};

const of = (type: string): string => `Bundle.entry.resource.ofType(${type})`;

const everything = 'Bundle.entry.resource';

/** Code of a CodeableConcept, else its text. */
const concept = (element: string): string =>
  `${element}.select(iif(coding.code.exists(), coding.code, text))`;

const observed = {
  by: concept('code'),
  numbers:
    '(value.ofType(Quantity).value | value.ofType(Range).low.value | ' +
    'value.ofType(Range).high.value | value.ofType(Ratio).numerator.value | ' +
    'value.ofType(Ratio).denominator.value | value.ofType(integer))',
};

export const factDefinitions: readonly FactDefinition[] = [
  { name: 'patient-identifier', each: of('Patient'), value: 'identifier.value' },
  { name: 'patient-family', each: of('Patient'), value: 'name.family' },
  { name: 'patient-given', each: of('Patient'), value: 'name.given' },
  { name: 'patient-birth-date', each: of('Patient'), value: 'birthDate', as: 'time' },
  { name: 'patient-gender', each: of('Patient'), value: 'gender' },
  // A next of kin is a contact of the patient too.
  {
    name: 'related-family',
    each: everything,
    value: 'ofType(RelatedPerson).name.family',
    ours: '(ofType(RelatedPerson).name | ofType(Patient).contact.name).family',
  },
  {
    name: 'related-given',
    each: everything,
    value: 'ofType(RelatedPerson).name.given',
    ours: '(ofType(RelatedPerson).name | ofType(Patient).contact.name).given',
  },

  { name: 'encounter-identifier', each: of('Encounter'), value: 'identifier.value' },
  { name: 'encounter-class', each: of('Encounter'), value: 'class.code' },
  { name: 'encounter-status', each: of('Encounter'), value: 'status' },
  { name: 'encounter-start', each: of('Encounter'), value: 'period.start', as: 'time' },
  { name: 'encounter-end', each: of('Encounter'), value: 'period.end', as: 'time' },
  { name: 'account-identifier', each: of('Account'), value: 'identifier.value' },

  { name: 'allergy-code', each: of('AllergyIntolerance'), value: concept('code') },
  { name: 'condition-code', each: of('Condition'), value: concept('code') },
  { name: 'procedure-code', each: of('Procedure'), value: concept('code') },
  { name: 'coverage-identifier', each: of('Coverage'), value: 'identifier.value | subscriberId' },
  { name: 'coverage-start', each: of('Coverage'), value: 'period.start', as: 'time' },
  { name: 'coverage-end', each: of('Coverage'), value: 'period.end', as: 'time' },

  { name: 'observation-code', each: of('Observation'), value: concept('code') },
  { name: 'observation-status', each: of('Observation'), by: observed.by, value: 'status' },
  {
    name: 'observation-number',
    each: of('Observation'),
    by: observed.by,
    value: `${observed.numbers} | component.select${observed.numbers}`,
  },
  {
    name: 'observation-unit',
    each: of('Observation'),
    by: observed.by,
    value: '(value | component.value).ofType(Quantity).select(iif(unit.exists(), unit, code))',
    ours: '(value | component.value).ofType(Quantity).select(unit | code)',
  },
  {
    name: 'observation-text',
    each: of('Observation'),
    by: observed.by,
    value: '(value | component.value).ofType(string)',
  },
  {
    name: 'observation-coded',
    each: of('Observation'),
    by: observed.by,
    value: concept('(value | component.value).ofType(CodeableConcept)'),
  },
  {
    name: 'observation-time',
    each: of('Observation'),
    by: observed.by,
    value: '(value | component.value).ofType(dateTime)',
    as: 'time',
  },
  {
    name: 'observation-effective',
    each: of('Observation'),
    by: observed.by,
    value: 'effective.ofType(dateTime)',
    as: 'time',
  },
  {
    name: 'observation-interpretation',
    each: of('Observation'),
    by: observed.by,
    value: 'interpretation.coding.code',
  },
  {
    name: 'observation-range',
    each: of('Observation'),
    by: observed.by,
    value: 'referenceRange.text',
  },

  { name: 'report-identifier', each: of('DiagnosticReport'), value: 'identifier.value' },
  { name: 'report-code', each: of('DiagnosticReport'), value: concept('code') },
  { name: 'report-status', each: of('DiagnosticReport'), value: 'status' },
  // R4 keeps the number of the order's group apart.
  {
    name: 'request-identifier',
    each: of('ServiceRequest'),
    value: 'identifier.value',
    ours: '(identifier | requisition).value',
  },
  { name: 'request-code', each: of('ServiceRequest'), value: concept('code') },
  { name: 'request-status', each: of('ServiceRequest'), value: 'status' },
  {
    name: 'specimen-identifier',
    each: of('Specimen'),
    value: '(identifier | accessionIdentifier).value',
  },
  { name: 'specimen-type', each: of('Specimen'), value: concept('type') },

  { name: 'appointment-identifier', each: of('Appointment'), value: 'identifier.value' },
  { name: 'appointment-status', each: of('Appointment'), value: 'status' },
  { name: 'appointment-start', each: of('Appointment'), value: 'start', as: 'time' },
  { name: 'appointment-end', each: of('Appointment'), value: 'end', as: 'time' },
  {
    name: 'document-identifier',
    each: of('DocumentReference'),
    value: '(identifier | masterIdentifier).value',
  },
  { name: 'document-status', each: of('DocumentReference'), value: 'status | docStatus' },
  { name: 'document-type', each: of('DocumentReference'), value: concept('type') },

  { name: 'vaccine-code', each: of('Immunization'), value: concept('vaccineCode') },
  { name: 'vaccine-status', each: of('Immunization'), value: 'status' },
  {
    name: 'vaccine-time',
    each: of('Immunization'),
    value: 'occurrence.ofType(dateTime)',
    as: 'time',
  },
  { name: 'vaccine-lot', each: of('Immunization'), value: 'lotNumber' },
  {
    name: 'medication-code',
    each: 'Bundle.entry.resource',
    value: [
      concept('ofType(Medication).code'),
      concept('ofType(MedicationRequest).medication.ofType(CodeableConcept)'),
      concept('ofType(MedicationDispense).medication.ofType(CodeableConcept)'),
    ].join(' | '),
  },
  { name: 'prescription-identifier', each: of('MedicationRequest'), value: 'identifier.value' },
  { name: 'prescription-status', each: of('MedicationRequest'), value: 'status' },
  { name: 'dispense-identifier', each: of('MedicationDispense'), value: 'identifier.value' },
  { name: 'dispense-status', each: of('MedicationDispense'), value: 'status' },
  { name: 'charge-code', each: of('ChargeItem'), value: concept('code') },
  { name: 'charge-identifier', each: of('ChargeItem'), value: 'identifier.value' },
];

const names = '(ofType(Patient).name | ofType(Patient).contact.name | ofType(RelatedPerson).name)';
const telecoms =
  '(ofType(Patient).telecom | ofType(Patient).contact.telecom | ofType(RelatedPerson).telecom)';

/** Facts of the messages that show one data type each. */
export const dataTypeFactDefinitions: readonly FactDefinition[] = [
  { name: 'birth-date', each: of('Patient'), value: 'birthDate', as: 'time' },
  { name: 'deceased', each: of('Patient'), value: 'deceased.ofType(dateTime)', as: 'time' },
  { name: 'issued', each: of('DiagnosticReport'), value: 'issued', as: 'time' },
  { name: 'family', each: everything, value: `${names}.family` },
  { name: 'given', each: everything, value: `${names}.given` },
  { name: 'prefix', each: everything, value: `${names}.prefix` },
  { name: 'suffix', each: everything, value: `${names}.suffix` },
  { name: 'name-start', each: everything, value: `${names}.period.start`, as: 'time' },
  { name: 'name-end', each: everything, value: `${names}.period.end`, as: 'time' },
  { name: 'telecom', each: everything, value: `${telecoms}.value` },
  { name: 'telecom-system', each: everything, value: `${telecoms}.system` },
  { name: 'request-identifier', each: of('ServiceRequest'), value: 'identifier.value' },
  { name: 'report-identifier', each: of('DiagnosticReport'), value: 'identifier.value' },
  { name: 'specimen-note', each: of('Specimen'), value: 'note.text' },
  { name: 'length', each: of('Encounter'), value: 'length.value' },
  { name: 'observation-code', each: of('Observation'), value: concept('code') },
  { name: 'observation-status', each: of('Observation'), value: 'status' },
];
