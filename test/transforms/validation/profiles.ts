import type { ElementDefinition, StructureDefinition } from '../../../transforms/fhir/index.ts';

const base = 'http://hl7.org/fhir/StructureDefinition/';
export const profileUrl = (name: string): string => `http://a.example/fhir/${name}`;

const profile = (
  name: string,
  type: string,
  ...element: readonly Omit<ElementDefinition, never>[]
): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url: profileUrl(name),
  version: '1.0.0',
  name,
  type,
  kind: type === 'Extension' ? 'complex-type' : 'resource',
  derivation: 'constraint',
  baseDefinition: base + type,
  differential: { element: element as readonly ElementDefinition[] },
});

const by = (type: string, path: string, rules = 'open', ordered = false) => ({
  discriminator: [{ type, path }],
  rules,
  ordered,
});

const slice = (id: string, more: Partial<ElementDefinition> = {}): ElementDefinition => ({
  id,
  path: id.replaceAll(/:[^.]+/g, ''),
  sliceName: id.split(':').at(-1)!,
  ...more,
});

const at = (id: string, more: Partial<ElementDefinition>): ElementDefinition => ({
  id,
  path: id.replaceAll(/:[^.]+/g, ''),
  ...more,
});

const type = (code: string, more = {}) => [{ code, ...more }];

/** Profiles of our own, differentials only: one a kind of slicing or of rule. */
export const profiles: readonly StructureDefinition[] = [
  profile(
    'value-closed',
    'Patient',
    at('Patient.identifier', { slicing: by('value', 'system', 'closed') }),
    slice('Patient.identifier:mrn', { min: 1, max: '1' }),
    at('Patient.identifier:mrn.system', { min: 1, fixedUri: 'urn:mrn' }),
    slice('Patient.identifier:ssn', { max: '1' }),
    at('Patient.identifier:ssn.system', { min: 1, fixedUri: 'urn:ssn' }),
  ),
  profile(
    'ordered',
    'Patient',
    at('Patient.identifier', { slicing: by('value', 'system', 'openAtEnd', true) }),
    slice('Patient.identifier:a'),
    at('Patient.identifier:a.system', { fixedUri: 'urn:a' }),
    slice('Patient.identifier:b'),
    at('Patient.identifier:b.system', { fixedUri: 'urn:b' }),
  ),
  profile(
    'pattern',
    'Observation',
    at('Observation.category', { slicing: by('pattern', '$this') }),
    slice('Observation.category:lab', {
      min: 1,
      patternCodeableConcept: { coding: [{ system: 'urn:c', code: 'lab' }] },
    }),
  ),
  profile(
    'binding-slice',
    'Observation',
    at('Observation.category', { slicing: by('value', '$this') }),
    slice('Observation.category:kind', {
      min: 1,
      binding: { strength: 'required', valueSet: `${base}none` },
    }),
  ),
  profile(
    'type',
    'Bundle',
    at('Bundle.entry', { slicing: by('type', 'resource') }),
    slice('Bundle.entry:patient', { min: 1, max: '1' }),
    at('Bundle.entry:patient.resource', { min: 1, type: type('Patient') }),
  ),
  profile(
    'resolved',
    'Observation',
    at('Observation.performer', { slicing: by('type', 'resolve()'), min: 1 }),
    slice('Observation.performer:who', {
      min: 1,
      type: type('Reference', { targetProfile: [`${base}Practitioner`] }),
    }),
  ),
  profile(
    'profiled',
    'Bundle',
    at('Bundle.entry', { slicing: by('profile', 'resource') }),
    slice('Bundle.entry:kept', { min: 1 }),
    at('Bundle.entry:kept.resource', {
      type: type('Patient', { profile: [profileUrl('active')] }),
    }),
  ),
  profile('active', 'Patient', at('Patient.active', { min: 1, fixedBoolean: true })),
  profile(
    'exists',
    'Patient',
    at('Patient.telecom', { slicing: by('exists', 'rank') }),
    slice('Patient.telecom:ranked', { max: '1' }),
    at('Patient.telecom:ranked.rank', { min: 1 }),
    slice('Patient.telecom:other'),
    at('Patient.telecom:other.rank', { max: '0' }),
  ),
  profile(
    'nested',
    'Observation',
    at('Observation.component', { slicing: by('pattern', 'code') }),
    slice('Observation.component:upper', { min: 1 }),
    at('Observation.component:upper.code', {
      patternCodeableConcept: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
    }),
    at('Observation.component:upper.valueQuantity', { min: 1 }),
    at('Observation.component:upper.valueQuantity.code', { min: 1, fixedCode: 'mm[Hg]' }),
  ),
  profile(
    'values',
    'Patient',
    at('Patient.name', { min: 1, max: '1' }),
    at('Patient.name.family', { maxLength: 5 }),
    at('Patient.multipleBirthInteger', { min: 1, maxValueInteger: 3, minValueInteger: 2 }),
    at('Patient.birthDate', { minValueDate: '1900-01-01' }),
    at('Patient.maritalStatus', {
      patternCodeableConcept: { coding: [{ system: 'urn:m', code: 'M' }] },
    }),
    at('Patient.photo', { max: '0' }),
    at('Patient.gender', { fixedCode: 'female' }),
    at('Patient.telecom', {
      constraint: [
        { key: 'a-1', severity: 'error', human: 'Phones', expression: "system = 'phone'" },
        { key: 'a-2', severity: 'warning', human: 'Ranked', expression: 'rank.exists()' },
      ],
    }),
  ),
  profile(
    'eye',
    'Extension',
    at('Extension.url', { fixedUri: profileUrl('eye') }),
    at('Extension.value[x]', { min: 1, type: type('code') }),
  ),
  profile(
    'extended',
    'Patient',
    slice('Patient.extension:eye', {
      min: 1,
      max: '1',
      type: type('Extension', { profile: [profileUrl('eye')] }),
    }),
  ),
  profile(
    'kinds',
    'Observation',
    at('Observation.subject', {
      type: type('Reference', {
        targetProfile: [`${base}Patient`],
        aggregation: ['contained', 'bundled'],
      }),
    }),
    at('Observation.encounter', {
      type: type('Reference', { targetProfile: [`${base}Encounter`], versioning: 'specific' }),
    }),
  ),
  profile(
    'default',
    'Patient',
    at('Patient.identifier', { slicing: by('value', 'system', 'closed') }),
    slice('Patient.identifier:a'),
    at('Patient.identifier:a.system', { min: 1, fixedUri: 'urn:a' }),
    slice('Patient.identifier:@default', { max: '1' }),
  ),
  profile(
    'targets',
    'Observation',
    at('Observation.subject', {
      min: 1,
      type: type('Reference', { targetProfile: [profileUrl('active')] }),
    }),
  ),
];
