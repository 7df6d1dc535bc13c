// Goal: each class of rule of FHIR R4 catches its own defect, and nothing else is said.
// Method: a resource without a fault, one defect planted in a copy of it, and exactly the expected
// code at the expected expression, at the severity that stops a resource.
import assert from 'node:assert/strict';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';
import { type Json, type Sample, samples } from './samples.ts';

const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

const errorsOf = (resource: unknown): string[] =>
  validator
    .validate(resource)
    .issues.filter(({ severity }) => severity === 'error')
    .map(({ code, path }) => `${code} ${path}`);

/** Sets a member by its path (`name.0.family`); undefined takes it away. */
function put(resource: Json, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop()!;
  let at: Record<string, unknown> = resource;
  for (const name of names) at = at[name] as Record<string, unknown>;
  if (value !== undefined) at[last] = value;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
}

/** Where, the defect's path, its value, and `code expression` as it must be said. */
type Defect = readonly [of: Sample, path: string, value: unknown, said: string];

const nested = (depth: number): Json => ({
  url: 'urn:a',
  ...(depth === 0 ? { valueBoolean: true } : { extension: [nested(depth - 1)] }),
});
const vital = 'http://terminology.hl7.org/CodeSystem/observation-category';

const structure: readonly Defect[] = [
  ['patient', 'nickname', 'A', 'fhir-element-unknown Patient.nickname'],
  ['patient', 'name.0.surname', 'A', 'fhir-element-unknown Patient.name[0].surname'],
  ['patient', 'meta', { project: 'x' }, 'fhir-element-unknown Patient.meta.project'],
  ['patient', 'not a name', 'A', 'fhir-element-unknown Patient'],
  ['patient', 'name', { family: 'Byron' }, 'fhir-element-invalid Patient.name'],
  ['patient', 'birthDate', ['1985-12-10'], 'fhir-element-invalid Patient.birthDate'],
  ['patient', 'name.0', 'Ada', 'fhir-element-invalid Patient.name[0]'],
  ['patient', 'active', 'true', 'fhir-element-invalid Patient.active'],
  ['patient', 'multipleBirthInteger', '2', 'fhir-element-invalid Patient.multipleBirth'],
  ['patient', 'name.0.given', [], 'fhir-empty Patient.name[0].given'],
  ['patient', 'name.0.given.1', null, 'fhir-empty Patient.name[0].given[1]'],
  ['patient', 'contact.0.name', {}, 'fhir-empty Patient.contact[0].name'],
  ['patient', 'maritalStatus', { id: 'a' }, 'fhir-empty Patient.maritalStatus'],
  ['patient', '_gender', { value: 'x', id: 'a' }, 'fhir-element-unknown Patient.gender.value'],
  ['patient', 'name.0._given', 'x', 'fhir-element-invalid Patient.name[0].given'],
  ['patient', 'deceasedDateTime', '2026-01-01', 'fhir-choice Patient.deceased'],
  ['patient', 'deceasedString', 'no', 'fhir-choice-type Patient.deceasedString'],
  ['patient', 'extension', [nested(70)], 'fhir-too-deep'],
];

const values: readonly Defect[] = [
  ['patient', 'id', 'a b', 'fhir-id-invalid Patient.id'],
  ['patient', 'birthDate', '1985-02-30', 'fhir-value-invalid Patient.birthDate'],
  ['patient', 'name.0.family', ' ', 'fhir-value-invalid Patient.name[0].family'],
  ['patient', 'name.0.family', 'a\u0000b', 'fhir-value-invalid Patient.name[0].family'],
  [
    'patient',
    'language',
    'de ',
    'fhir-binding Patient.language + fhir-value-invalid Patient.language',
  ],
  ['patient', 'implicitRules', 'urn: a', 'fhir-value-invalid Patient.implicitRules'],
  ['patient', 'telecom.0.rank', 0, 'fhir-value-invalid Patient.telecom[0].rank'],
  ['patient', 'multipleBirthInteger', 1.5, 'fhir-value-invalid Patient.multipleBirth'],
  ['patient', 'photo.0.data', 'a=b', 'fhir-value-invalid Patient.photo[0].data'],
  ['patient', 'photo.0.size', -1, 'fhir-value-invalid Patient.photo[0].size'],
  ['laboratory', 'issued', '2026-03-01', 'fhir-value-invalid Observation.issued'],
  [
    'bloodPressure',
    'effectiveDateTime',
    '2026-03-01T08:00+01:00',
    'fhir-value-invalid Observation.effective',
  ],
  ['laboratory', 'valueQuantity.value', '14', 'fhir-element-invalid Observation.value.value'],
  ['patient', 'text.div', '<p>Ada</p>', 'fhir-narrative-invalid Patient.text.div'],
  [
    'patient',
    'text.div',
    '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>',
    'fhir-narrative-invalid Patient.text.div',
  ],
];

const cardinality: readonly Defect[] = [
  ['laboratory', 'status', undefined, 'fhir-cardinality Observation.status'],
  [
    'questionnaire',
    'item.0.item.0.linkId',
    undefined,
    'fhir-cardinality Questionnaire.item[0].item[0].linkId',
  ],
  [
    'medication',
    'medicationCodeableConcept',
    undefined,
    'fhir-cardinality MedicationRequest.medication',
  ],
  ['patient', 'link', [{ type: 'seealso' }], 'fhir-cardinality Patient.link[0].other'],
];

const coded: readonly Defect[] = [
  ['patient', 'gender', 'woman', 'fhir-binding Patient.gender'],
  ['patient', 'name.0.use', 'best', 'fhir-binding Patient.name[0].use'],
  ['laboratory', 'status', 'done', 'fhir-binding Observation.status'],
  ['patient', 'photo.0.contentType', 'picture', 'fhir-binding Patient.photo[0].contentType'],
  [
    'condition',
    'clinicalStatus.coding.0.system',
    'urn:other',
    'fhir-binding Condition.clinicalStatus + fhir-invariant Condition',
  ],
  [
    'condition',
    'verificationStatus',
    { text: 'sure' },
    'fhir-binding Condition.verificationStatus',
  ],
  [
    'medication',
    'dosageInstruction.0.timing.repeat.periodUnit',
    'day',
    'fhir-binding MedicationRequest.dosageInstruction[0].timing.repeat.periodUnit',
  ],
];

const invariants: readonly Defect[] = [
  ['patient', 'contact.0', { gender: 'male' }, 'fhir-invariant Patient.contact[0]'],
  ['patient', 'telecom.0.system', undefined, 'fhir-invariant Patient.telecom[0]'],
  [
    'patient',
    'identifier.0.period',
    { start: '2021-01-01', end: '2020-01-01' },
    'fhir-invariant Patient.identifier[0].period',
  ],
  [
    'patient',
    'extension',
    [{ url: 'urn:a', valueString: 'a', extension: [{ url: 'b', valueString: 'b' }] }],
    'fhir-invariant Patient.extension[0]',
  ],
  ['laboratory', 'dataAbsentReason', { text: 'lost' }, 'fhir-invariant Observation'],
  [
    'laboratory',
    'referenceRange.0',
    { age: { low: { value: 3 } } },
    'fhir-invariant Observation.referenceRange[0]',
  ],
  ['laboratory', 'valueQuantity.system', undefined, 'fhir-invariant Observation.value'],
  ['condition', 'clinicalStatus.coding.0.code', 'active', 'fhir-invariant Condition'],
  [
    'medication',
    'dosageInstruction.0.timing.repeat.periodUnit',
    undefined,
    'fhir-invariant MedicationRequest.dosageInstruction[0].timing.repeat',
  ],
  ['questionnaire', 'item.0.item.0.linkId', '1', 'fhir-invariant Questionnaire'],
];

const references: readonly Defect[] = [
  [
    'laboratory',
    'subject.reference',
    'Practitioner/p',
    'fhir-reference-target Observation.subject',
  ],
  [
    'patient',
    'contained.0.resourceType',
    'Device',
    'fhir-element-unknown Patient.contained[0].name + ' +
      'fhir-reference-target Patient.managingOrganization',
  ],
  [
    'patient',
    'generalPractitioner',
    [{ reference: '#doctor' }],
    'fhir-reference-unresolved Patient.generalPractitioner[0].reference',
  ],
  ['patient', 'managingOrganization', undefined, 'fhir-contained Patient.contained[0]'],
  [
    'patient',
    'contained.0.contained',
    [{ resourceType: 'Patient', id: 'inner' }],
    'fhir-contained Patient.contained[0].contained + ' +
      'fhir-contained Patient.contained[0].contained[0]',
  ],
  [
    'patient',
    'contained.0.meta',
    { versionId: '1' },
    'fhir-contained Patient.contained[0].meta.versionId',
  ],
  [
    'patient',
    'contained.0.meta',
    { security: [{ system: 'urn:s', code: 'R' }] },
    'fhir-contained Patient.contained[0].meta.security',
  ],
];

const extensions: readonly Defect[] = [
  [
    'patient',
    'modifierExtension',
    [{ url: 'http://a.example/not', valueBoolean: true }],
    'fhir-modifier-extension-unknown Patient.modifierExtension[0]',
  ],
  [
    'patient',
    '_birthDate.extension.0',
    { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime', valueString: 'noon' },
    'fhir-cardinality Patient.birthDate.extension[0].value + ' +
      'fhir-choice-type Patient.birthDate.extension[0].valueString',
  ],
  ['patient', 'extension', [{ valueString: 'a' }], 'fhir-cardinality Patient.extension[0].url'],
];

const vitalSigns: readonly Defect[] = [
  [
    'bloodPressure',
    'component.1',
    undefined,
    'fhir-cardinality Observation.component + fhir-cardinality Observation.component',
  ],
  [
    'bloodPressure',
    'component.0.valueQuantity.code',
    'kPa',
    'fhir-binding Observation.component[0].value + fhir-fixed Observation.component[0].value.code',
  ],
  ['bloodPressure', 'effectiveDateTime', undefined, 'fhir-cardinality Observation.effective'],
  ['bloodPressure', 'effectiveDateTime', '2026-03', 'fhir-invariant Observation.effective'],
  [
    'bloodPressure',
    'category.0.coding.0.code',
    'laboratory',
    'fhir-cardinality Observation.category',
  ],
  [
    'bloodPressure',
    'category.0.coding.0.system',
    `${vital}s`,
    'fhir-cardinality Observation.category',
  ],
];

const bundles: readonly Defect[] = [
  ['collection', 'entry.1.fullUrl', undefined, 'fhir-full-url Bundle.entry[1].fullUrl'],
  ['collection', 'entry.1.fullUrl', 'Patient/q', 'fhir-full-url Bundle.entry[1].fullUrl'],
  [
    'collection',
    'entry.1.fullUrl',
    'http://a.example/fhir/Patient/z',
    'fhir-full-url Bundle.entry[1].fullUrl',
  ],
  [
    'collection',
    'entry.1',
    { fullUrl: 'http://a.example/fhir/Patient/p', resource: { resourceType: 'Patient', id: 'p' } },
    'fhir-full-url-duplicate Bundle.entry[1].fullUrl',
  ],
  ['collection', 'total', 2, 'fhir-invariant Bundle'],
  ['collection', 'entry.0.search', { mode: 'match' }, 'fhir-invariant Bundle'],
  [
    'collection',
    'entry.1',
    { link: [{ relation: 'self', url: 'urn:a' }] },
    'fhir-invariant Bundle.entry[1]',
  ],
  ['transaction', 'entry.0.request', undefined, 'fhir-invariant Bundle'],
  [
    'transaction',
    'entry.1.resource.subject.reference',
    'urn:uuid:00000000-0000-4000-8000-000000000000',
    'fhir-reference-unresolved Bundle.entry[1].resource.subject.reference',
  ],
  [
    'transaction',
    'entry.0.resource.active',
    1,
    'fhir-element-invalid Bundle.entry[0].resource.active',
  ],
  ['document', 'identifier', undefined, 'fhir-invariant Bundle'],
  ['document', 'timestamp', undefined, 'fhir-invariant Bundle'],
  [
    'document',
    'entry.0.resource.subject.reference',
    'Patient/x',
    'fhir-reference-unresolved Bundle.entry[0].resource.subject.reference',
  ],
  ['collection', 'entry.0.resource', { id: 'p' }, 'fhir-type-missing Bundle.entry[0].resource'],
  [
    'collection',
    'entry.0.resource.resourceType',
    'Pet',
    'fhir-type-unknown Bundle.entry[0].resource',
  ],
];

describe('planted defects of R4', () => {
  for (const name of Object.keys(samples) as Sample[])
    it(`the ${name} has none`, () => assert.deepEqual(errorsOf(samples[name]), []));

  const classes = {
    ...{ structure, values, cardinality, coded, invariants },
    ...{ references, extensions, vitalSigns, bundles },
  };
  for (const [name, defects] of Object.entries(classes))
    for (const [of, path, value, said] of defects) {
      const what = value === undefined ? 'taken away' : JSON.stringify(value).slice(0, 40);
      it(`${name}: ${of} ${path} ${what}`, () => {
        const resource = structuredClone(samples[of]) as Json;
        put(resource, path, value);
        const errors = errorsOf(resource);
        const expected = said.split(' + ').sort();
        assert.deepEqual(
          errors.sort().map((one) => (said.includes(' ') ? one : one.split(' ')[0])),
          expected,
        );
      });
    }
});

describe('what is no resource', () => {
  const refused: readonly (readonly [unknown, string])[] = [
    ['text', 'fhir-not-a-resource undefined'],
    [null, 'fhir-not-a-resource undefined'],
    [[], 'fhir-not-a-resource undefined'],
    [{}, 'fhir-type-missing Resource'],
    [{ resourceType: 'Pet' }, 'fhir-type-unknown Pet'],
    [{ resourceType: 7 }, 'fhir-type-missing Resource'],
  ];
  for (const [value, said] of refused)
    it(`${JSON.stringify(value)} is refused`, () => assert.deepEqual(errorsOf(value), [said]));
});
