// Goal: FHIRPath Patch does what the standard says of each operation, does what JSON Patch does at
// the same place, and says which operation does not fit. Method: the cases of the standard's page
// by name; random resources with a random place of theirs, where JSON Patch is the oracle.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyPatch } from '../../../transforms/fhir/index.ts';
import { readPathPatch } from '../../../transforms/fhir/path-patch.ts';
import { applyPathPatch, r4Model } from '../../../transforms/fhirpath/index.ts';
import { someResource } from './some-resource.ts';

type Json = Record<string, unknown>;
type Part = { name: string } & Json;

const operation = (type: string, path: string, ...more: Part[]) => ({
  name: 'operation',
  part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...more],
});
const value = (name: string, given: Json): Part => ({ name, ...given });
const named = (name: string): Part => value('name', { valueString: name });
const number = (name: string, valueInteger: number): Part => ({ name, valueInteger });

/** The resource after the patch, or what is said against it. */
function patched(resource: Json, ...operations: object[]): Json | string {
  const read = readPathPatch({ resourceType: 'Parameters', parameter: operations });
  if (read === undefined) return 'unreadable';
  const copy = structuredClone(resource);
  return applyPathPatch(copy, read)?.diagnostics ?? copy;
}

const patient = {
  resourceType: 'Patient',
  id: 'p',
  active: true,
  birthDate: '1970-01-01',
  _birthDate: { extension: [{ url: 'urn:x', valueCode: 'y' }] },
  name: [{ family: 'Teststone', given: ['Ada', 'Beth'] }, { text: 'T' }],
  identifier: [
    { system: 'urn:a', value: '1' },
    { system: 'urn:b', value: '2' },
    { system: 'urn:c', value: '3' },
  ],
};
const maritalStatus = { coding: [{ code: 'M' }] };

describe('FHIRPath Patch', () => {
  it('adds an element, and to the end of a list', () => {
    const done = patched(
      patient,
      operation(
        'add',
        'Patient',
        named('maritalStatus'),
        value('value', { valueCodeableConcept: maritalStatus }),
      ),
      operation('add', 'Patient.name[0]', named('given'), value('value', { valueString: 'C' })),
      operation('add', 'Patient', named('communication'), {
        name: 'value',
        part: [
          { name: 'language', valueCodeableConcept: { text: 'Welsh' } },
          { name: 'preferred', valueBoolean: true },
        ],
      }),
      operation('add', 'Patient', named('deceased'), value('value', { valueBoolean: false })),
    ) as typeof patient & Json;
    assert.deepEqual(done.maritalStatus, maritalStatus);
    assert.deepEqual(done.name[0]?.given, ['Ada', 'Beth', 'C']);
    assert.deepEqual(done.communication, [{ language: { text: 'Welsh' }, preferred: true }]);
    assert.equal(done.deceasedBoolean, false);
  });

  it('inserts into, moves within and deletes from a list', () => {
    const numbers = (done: Json | string) =>
      ((done as typeof patient).identifier ?? []).map((one) => one.value).join('');
    const nine = value('value', { valueIdentifier: { system: 'urn:z', value: '9' } });
    const at = (index: number) =>
      numbers(
        patched(patient, operation('insert', 'Patient.identifier', number('index', index), nine)),
      );
    assert.deepEqual([at(0), at(1), at(3)], ['9123', '1923', '1239']);
    const move = (source: number, destination: number) =>
      numbers(
        patched(
          patient,
          operation(
            'move',
            'Patient.identifier',
            number('source', source),
            number('destination', destination),
          ),
        ),
      );
    assert.deepEqual([move(2, 0), move(0, 2), move(1, 1)], ['312', '231', '123']);
    const gone = operation('delete', "Patient.identifier.where(system = 'urn:b')");
    assert.equal(numbers(patched(patient, gone)), '13');
    assert.equal(
      numbers(patched(patient, gone, gone)),
      '13',
      'what is not there is deleted already',
    );
  });

  it('takes the extensions of a primitive along, and leaves nothing empty behind', () => {
    const done = patched(
      patient,
      operation('delete', 'Patient.birthDate'),
      operation('delete', 'Patient.name[1].text'),
    ) as Json;
    const { birthDate: _gone, _birthDate: _too, ...rest } = patient;
    assert.deepEqual(done, { ...rest, name: [patient.name[0]] });
  });

  it('replaces one value, of a choice by one of another type', () => {
    const observation = { resourceType: 'Observation', status: 'final', valueString: 'red' };
    const quantity = { value: 1, unit: 'mg' };
    const done = patched(
      observation,
      operation('replace', 'Observation.value', value('value', { valueQuantity: quantity })),
      operation('replace', "Observation.where(status = 'final').status", {
        name: 'value',
        valueCode: 'amended',
      }),
    );
    assert.deepEqual(done, {
      resourceType: 'Observation',
      status: 'amended',
      valueQuantity: quantity,
    });
  });

  it('says which operation does not fit, and why', () => {
    const replace = (path: string) =>
      operation('replace', path, value('value', { valueString: 'x' }));
    const wrong: [object, RegExp][] = [
      [replace('Patient.name.given'), /several values/],
      [replace('Patient.contact.name.family'), /means nothing/],
      [replace('Patient.name[0].family.'), /Operation 2/],
      [replace("Patient.name.where(family.matches('a+')).family"), /made of elements/],
      [replace('Patient.descendants().given'), /made of elements/],
      [replace('Patient.name[0]'), /no value of this type/],
      [replace('Patient'), /does not replace/],
      [operation('delete', 'Patient'), /does not delete/],
      [
        operation('add', 'Patient', named('birthDate'), value('value', { valueDate: '1971' })),
        /is there already/,
      ],
      [operation('add', 'Patient', named('nick'), value('value', { valueString: 'x' })), /cannot/],
      [
        operation('move', 'Patient.name', number('source', 0), number('destination', 2)),
        /no such place/,
      ],
    ];
    const good = operation('delete', 'Patient.active');
    for (const [one, why] of wrong) {
      const said = patched(patient, good, one);
      assert.match(String(said), why, JSON.stringify(one));
      assert.match(String(said), /^Operation 2: /);
    }
    for (const one of [{ name: 'other' }, operation('add', 'Patient'), operation('turn', 'x')])
      assert.equal(patched(patient, one), 'unreadable');
  });

  it('does what JSON Patch does at the same place', () => {
    const types = ['Patient', 'Observation', 'Encounter', 'MedicationRequest'] as const;
    const scenario = fc.record({
      type: fc.constantFrom(...types),
      make: fc.gen(),
      step: fc.nat(),
      what: fc.constantFrom('replace', 'delete', 'insert', 'move'),
      index: fc.nat(2),
    });
    let compared = 0;
    fc.assert(
      fc.property(scenario, ({ type, make, step, what, index }) => {
        const resource = someResource(make, type, { texts: ['a', 'b'], siblings: 0 });
        const places = listsIn(resource, type);
        const place = places[step % Math.max(places.length, 1)];
        if (place === undefined) return;
        const { path, pointer, list } = place;
        const [from, to] = [index % list.length, step % list.length];
        const last = list[list.length - 1];
        const given = value('value', { [`value${place.type}`]: last });
        const at = (n: number) => [...pointer, String(n)];
        const [one, other] =
          what === 'replace'
            ? [
                operation('replace', `${path}[${from}]`, given),
                { op: 'replace' as const, path: at(from), value: last },
              ]
            : what === 'insert'
              ? [
                  operation('insert', path, number('index', from), given),
                  { op: 'add' as const, path: at(from), value: last },
                ]
              : what === 'move'
                ? [
                    operation('move', path, number('source', from), number('destination', to)),
                    { op: 'move' as const, from: at(from), path: at(to) },
                  ]
                : [
                    operation('delete', `${path}[${from}]`),
                    { op: 'remove' as const, path: list.length > 1 ? at(from) : pointer },
                  ];
        const wanted = applyPatch(structuredClone(resource), [other]);
        compared += 1;
        assert.deepEqual(patched(resource, one), wanted);
      }),
      { numRuns: 60 },
    );
    assert.ok(compared > 20, `${compared} compared`);
  });
});

type Place = {
  readonly path: string;
  readonly pointer: readonly string[];
  readonly type: string;
  readonly list: readonly unknown[];
};

/** The lists of a resource's own elements, as both languages name them. */
function listsIn(resource: Json, name: string): Place[] {
  const type = r4Model().type(name)!;
  return [...type.members.values()].flatMap((member): Place[] => {
    const [slot] = member.slots;
    const list = slot && resource[slot.key];
    if (!member.isList || !Array.isArray(list) || slot === undefined) return [];
    const own = slot.type.name;
    const isNamed = !own.includes('.') && !slot.type.isResource;
    const given = own[0]!.toUpperCase() + own.slice(1);
    if (!isNamed) return [];
    return [{ path: `${name}.${member.name}`, pointer: [slot.key], type: given, list }];
  });
}
