// Goal: defects of the classes that an attack on the validator found unsaid stay said, and what
// looks like them and is right is taken.
// Method: small resources of many types, one defect each; the code and the expression that must be
// said, or that nothing is.
import assert from 'node:assert/strict';
import { parseFaithfully } from '../../../transforms/fhir/index.ts';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';

const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

function errorsOf(resource: unknown): string[] {
  const { issues } = validator.validate(parseFaithfully(JSON.stringify(resource)));
  const errors = issues.filter(({ severity }) => severity === 'error');
  return errors.map(({ code, path }) => `${code} ${path}`).sort();
}

type Json = Record<string, unknown>;
const parameter = (name: string, value: unknown): Json => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'a', [name]: value }],
});
const number = (name: string, written: string): Json =>
  parameter(name, (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(written));
const observation = (members: Json): Json => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Mood' },
  ...members,
});
const patient = (members: Json): Json => ({ resourceType: 'Patient', ...members });
const referring = (reference: string, more: Json = {}): Json =>
  observation({ subject: { reference, ...more } });
const told = (div: string): Json =>
  patient({
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${div}</div>` },
  });

const uuid = 'urn:uuid:1b4e28ba-2fa1-41d2-883f-0016d3cca427';
const asking = (method: string, url: string, resource?: Json): Json => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [{ fullUrl: uuid, request: { method, url }, ...(resource && { resource }) }],
});
const collected = (fullUrl: string, resource: Json): Json => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: [{ fullUrl, resource }],
});
const extended = (url: string, more: Json, name = 'extension'): Json =>
  patient({ [name]: [{ url, ...more }] });

const core = 'http://hl7.org/fhir/StructureDefinition';

type Class = readonly [said: string, resources: readonly Json[]];
const classes: readonly Class[] = [
  [
    'fhir-value-invalid Parameters.parameter[0].value',
    [
      ...['\ud800', 'a\udc00b'].map((one) => parameter('valueString', one)),
      ...['http://a.example/\u00a0b', 'urn:oid:x', 'urn:uuid:1', 'oid:1.2.3', 'uuid:7'].map((one) =>
        parameter('valueUri', one),
      ),
      ...['http://a.example|', 'http://a.example|1|2', '|1', 'a-name'].map((one) =>
        parameter('valueCanonical', one),
      ),
      number('valueDecimal', '1e400'),
      number('valueInteger', '1.0'),
    ],
  ],
  [
    'fhir-binding Patient.language',
    ['en_US', 'English', 'de-', 'e'].map((language) => patient({ language })),
  ],
  [
    'fhir-binding Patient.communication[0].language.coding[0].code',
    ['en_US', 'English'].map((code) =>
      patient({ communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code }] } }] }),
    ),
  ],
  [
    'fhir-binding Observation.value.code',
    ['mcg', 'mg per dL', 'ea'].map((code) =>
      observation({ valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code } }),
    ),
  ],
  ['fhir-value-invalid Patient.name[0].id', [patient({ name: [{ id: 'a b', text: 'A' }] })]],
  ['fhir-empty Patient.birthDate', [patient({ birthDate: '2000', _birthDate: null })]],
  [
    'fhir-value-invalid Patient.identifier[0].system',
    [patient({ identifier: [{ system: '1.2.3', value: 'a' }] })],
  ],
  [
    'fhir-value-invalid Observation.code.coding[0].system',
    [observation({ code: { coding: [{ system: 'loinc', code: '1' }] } })],
  ],
  [
    'fhir-value-invalid Observation.value.system',
    [observation({ valueQuantity: { value: 1, system: 'ucum', code: 'g' } })],
  ],
  [
    'fhir-value-invalid Observation.subject.reference',
    [
      ...['Patient/a b', 'Pet/1', 'patient/1', 'Patient/', '123', 'Patient/a_b', '/Patient/1'],
      ...['../Patient/1', 'Patient', 'Patient/1/', 'Patient/1/_history/', 'urn:uuid:1', 'Pet?a=b'],
      ...['http://a.example/ b', `Patient/${'a'.repeat(65)}`],
    ].map((one) => referring(one)),
  ],
  [
    'fhir-reference-target Observation.subject.type',
    [
      referring('Patient/1', { type: 'Device' }),
      referring(`http://a/Patient/1`, { type: 'Group' }),
    ],
  ],
  ['fhir-value-invalid Patient.extension[0].url', [extended('bare', { valueString: 'a' })]],
  [
    'fhir-value-invalid Patient.modifierExtension[0].url',
    [extended('bare', { valueString: 'a' }, 'modifierExtension')],
  ],
  [
    'fhir-extension-context Patient.modifierExtension[0]',
    [extended(`${core}/patient-birthPlace`, { valueAddress: { city: 'A' } }, 'modifierExtension')],
  ],
  [
    'fhir-slice Patient.extension[0].extension[0].url',
    [
      extended(`${core}/patient-nationality`, {
        extension: [{ url: 'country', valueCodeableConcept: { text: 'A' } }],
      }),
    ],
  ],
  [
    'fhir-cardinality Bundle.entry[0].resource',
    [asking('PUT', 'Patient/a'), asking('POST', 'Patient')],
  ],
  [
    'fhir-type-mismatch Bundle.entry[0].request.url',
    [asking('POST', 'Observation', patient({ active: true }))],
  ],
  [
    'fhir-id-mismatch Bundle.entry[0].request.url',
    [
      asking('PUT', 'Patient/a', patient({ id: 'b' })),
      asking('PUT', 'Patient/a', patient({ active: true })),
    ],
  ],
  [
    'fhir-full-url Bundle.entry[0].fullUrl',
    [collected('http://a.example/Observation/a', patient({ id: 'a' }))],
  ],
  ['fhir-value-invalid Bundle.entry[0].fullUrl', [collected('urn:uuid:123', patient({ id: 'a' }))]],
  [
    'fhir-narrative-invalid Patient.text.div',
    [
      '<a href="&#106;avascript:alert(1)">a</a>',
      '<a href="java\tscript:alert(1)">a</a>',
      '<a href="vbscript:a">a</a>',
      '<a href="data:text/html;base64,PHA+">a</a>',
      '<p style="width: expre/**/ssion(alert(1))">a</p>',
      '<p style="background:url(javascript:a)">a</p>',
      '<p xmlns="http://a.example">a</p>',
      '<a href="http://a.example/?a=1&b=2">a</a>',
      'a\u000bb',
    ].map(told),
  ],
];

const right: readonly Json[] = [
  ...['x-private', 'i-klingon', 'zh-Hant-TW', 'sl-rozaj-biske', 'de-CH-1996', 'es-419'].map(
    (language) => patient({ language }),
  ),
  ...['urn:oid:1.2.3', uuid, 'urn:iso:std:iso:3166', 'a/b', 'union', 'urn:oid:1.2|1'].map((one) =>
    parameter('valueUri', one),
  ),
  ...['#local', 'http://a.example/b|1.0', 'Questionnaire/a', 'urn:oid:1.2.3'].map((one) =>
    parameter('valueCanonical', one),
  ),
  ...['Patient/1', 'Patient/1/_history/2', 'Patient?identifier=urn:a|b', 'urn:oid:1.2', uuid].map(
    (one) => referring(one),
  ),
  referring('https://a.example/any/thing?x=1', { type: 'Patient' }),
  patient({ communication: [{ language: { coding: [{ system: 'urn:a', code: 'ENG' }] } }] }),
  ...['mg/dL', '{score}', '[in_i]', '10*3/uL', '%', '1'].map((code) =>
    observation({ valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code } }),
  ),
  parameter('valueString', '\u{1F600} a'),
  number('valueDecimal', '1.50e-7'),
  told('<a href="http://a.example/?a=1&amp;b=2" title="javascript: the book">a</a>'),
  told('<img src="data:image/png;base64,AAAA" alt="a"/><p style="color:red">a</p>'),
  asking('POST', 'Patient/$match', parameter('valueString', 'a')),
  asking('PUT', 'Patient?identifier=urn:a|b', patient({ active: true })),
  asking('DELETE', 'Patient/a'),
];

describe('attacks on the validator', () => {
  for (const [said, resources] of classes)
    for (const resource of resources)
      it(`${said}: ${JSON.stringify(resource).slice(-80)}`, () =>
        assert.deepEqual(errorsOf(resource), [said]));

  for (const resource of right)
    it(`nothing of ${JSON.stringify(resource).slice(-80)}`, () =>
      assert.deepEqual(errorsOf(resource), []));

  it('follows no long chain and no circle of references to profiled targets', () => {
    const coded = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] };
    const vital = 'http://terminology.hl7.org/CodeSystem/observation-category';
    const url = (at: number) => `http://a.example/fhir/Observation/o${at}`;
    const count = 3_000;
    const entry = Array.from({ length: count }, (_, at) => ({
      fullUrl: url(at),
      resource: {
        ...{ resourceType: 'Observation', id: `o${at}`, code: coded },
        status: at === count - 1 ? 'lost' : 'final',
        category: [{ coding: [{ system: vital, code: 'vital-signs' }] }],
        subject: { reference: 'Patient/p' },
        effectiveDateTime: '2026-03-01',
        dataAbsentReason: { text: 'lost' },
        hasMember: [{ reference: url((at + 1) % count) }],
      },
    }));
    const found = errorsOf({ resourceType: 'Bundle', type: 'collection', entry });
    const last = `Bundle.entry[${count - 1}].resource`;
    const target = (back: number) =>
      `fhir-reference-target Bundle.entry[${count - back}].resource.hasMember[0]`;
    assert.equal(found[0], `fhir-binding ${last}.status`);
    assert.ok(found.includes(target(2)));
    assert.ok(found.slice(1).every((one) => [2, 3, 4].map(target).includes(one)));
  });
});
