// Goal: an extension with a definition at hand stands only where that allows it; what nobody here
// can tell is not refused. Method: one extension, defined for one context each time, on elements of
// each kind: a resource, its backbone, a data type and one derived from it, a primitive, a choice.
import assert from 'node:assert/strict';
import { createDefinitions, createValidator } from '../../../../transforms/validation/index.ts';

type Context = { readonly type: string; readonly expression: string };
type Json = Readonly<Record<string, unknown>>;

const url = 'https://net.example/fhir/StructureDefinition/mark';
const base = 'http://hl7.org/fhir/StructureDefinition/Extension';

function defined(...context: readonly Context[]) {
  const definitions = createDefinitions([
    {
      valueSets: [],
      codeSystems: [],
      structures: [
        {
          ...{ resourceType: 'StructureDefinition', url, version: '1.0.0', name: 'Mark' },
          ...{ kind: 'complex-type', type: 'Extension', derivation: 'constraint', context },
          baseDefinition: base,
          differential: {
            element: [
              { id: 'Extension', path: 'Extension' },
              { id: 'Extension.url', path: 'Extension.url', fixedUri: url },
            ],
          },
        },
      ],
    },
  ]);
  const validator = createValidator({ definitions, valueSets: definitions.valueSets });
  return (resource: Json): string[] =>
    validator
      .validate(resource)
      .issues.filter(({ code }) => code === 'fhir-extension-context')
      .map(({ path }) => path ?? '');
}

const extension = [{ url, valueBoolean: true }];
const places: Readonly<Record<string, Json>> = {
  'Patient.extension[0]': { resourceType: 'Patient', extension },
  'Patient.contact[0].extension[0]': { resourceType: 'Patient', contact: [{ extension }] },
  'Patient.name[0].extension[0]': { resourceType: 'Patient', name: [{ extension }] },
  'Patient.birthDate.extension[0]': { resourceType: 'Patient', _birthDate: { extension } },
  'Condition.onset.extension[0]': { resourceType: 'Condition', onsetAge: { extension } },
  'Questionnaire.item[0].item[0].extension[0]': {
    resourceType: 'Questionnaire',
    item: [{ item: [{ extension }] }],
  },
  'Patient.contained[0].extension[0]': {
    resourceType: 'Patient',
    contained: [{ resourceType: 'Group', extension }],
  },
};

/** Where it may stand by this context. */
function allowed(...context: readonly Context[]): string[] {
  const refused = defined(...context);
  return Object.entries(places).flatMap(([path, resource]) => {
    const found = refused(resource);
    assert.ok(found.length === 0 || (found.length === 1 && found[0] === path), found.join());
    return found.length === 0 ? [path] : [];
  });
}

const element = (expression: string): Context => ({ type: 'element', expression });
const all = Object.keys(places);

describe('where an extension may stand by its definition', () => {
  it('is the element, by its path or by its type', () => {
    const of = (expression: string) => allowed(element(expression));
    assert.deepEqual(of('Patient'), ['Patient.extension[0]']);
    assert.deepEqual(of('Patient.contact'), ['Patient.contact[0].extension[0]']);
    assert.deepEqual(of('Patient.name'), ['Patient.name[0].extension[0]']);
    assert.deepEqual(of('HumanName'), ['Patient.name[0].extension[0]']);
    assert.deepEqual(of('Patient.birthDate'), ['Patient.birthDate.extension[0]']);
    assert.deepEqual(of('date'), ['Patient.birthDate.extension[0]']);
    assert.deepEqual(of('Condition.onset[x]'), ['Condition.onset.extension[0]']);
    assert.deepEqual(of('Age'), ['Condition.onset.extension[0]']);
    assert.deepEqual(of('Observation'), []);
  });

  it('is also what derives from its type, and what an element repeats', () => {
    const of = (expression: string) => allowed(element(expression));
    assert.deepEqual(of('Quantity'), ['Condition.onset.extension[0]']);
    assert.deepEqual(of('Questionnaire.item'), ['Questionnaire.item[0].item[0].extension[0]']);
    assert.deepEqual(of('BackboneElement'), [
      'Patient.contact[0].extension[0]',
      'Questionnaire.item[0].item[0].extension[0]',
    ]);
    const resources = ['Patient.extension[0]', 'Patient.contained[0].extension[0]'];
    assert.deepEqual(of('DomainResource'), resources);
    assert.deepEqual(of('Resource'), resources);
    assert.deepEqual(of('Element'), all);
  });

  it('is what a FHIRPath on its resource gives', () => {
    const of = (expression: string) => allowed({ type: 'fhirpath', expression });
    assert.deepEqual(of('Patient'), ['Patient.extension[0]']);
    assert.deepEqual(of('birthDate'), ['Patient.birthDate.extension[0]']);
    assert.deepEqual(of('contact.where(name.exists() or gender.empty())'), [
      'Patient.contact[0].extension[0]',
    ]);
    assert.deepEqual(of('contact.where(name.exists())'), []);
    assert.deepEqual(of('Condition.onset as Age'), ['Condition.onset.extension[0]']);
    assert.deepEqual(of('Group | Questionnaire.descendants()'), [
      'Questionnaire.item[0].item[0].extension[0]',
      'Patient.contained[0].extension[0]',
    ]);
  });

  it('is one of several, and everywhere where nobody here can tell', () => {
    assert.deepEqual(allowed(element('Patient'), element('Group')), [
      'Patient.extension[0]',
      'Patient.contained[0].extension[0]',
    ]);
    assert.deepEqual(allowed(), all);
    const unreadable = { type: 'fhirpath', expression: 'Patient.where(' };
    assert.deepEqual(allowed(unreadable), all);
    assert.deepEqual(allowed(element('CanonicalResource')), all);
  });
});
