// Goal: a vital sign of a message is one to FHIR too: R4 holds an Observation with such a LOINC
// code to the profile of that sign, and a message whose heart rate does not fit it would be held.
// Method: the ways in which senders write vital signs, each judged by the validator of the gate.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { createDefinitions, createValidator } from '../../../../transforms/validation/index.ts';
import { type Json, resourcesOf } from '../made.ts';
import { bytes } from '../messages.ts';

const base = loadMapping('config', 'base');
const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

const messageWith = (obx: string, order = 'P1|F1|VS^Vital signs^L'): string[] => [
  'MSH|^~\\&|EHR|HOSP|PLEXUS|HUB|20240310150000-0500||ORU^R01|R1|P|2.5.1',
  'PID|1||4711^^^HOSP^MR||Young^Ada||19800229|F',
  `OBR|1|${order}|||20240310143000-0500`,
  obx,
];

/** As who receives it reads it. */
function observed(obx: string, order?: string): Json {
  const [made] = resourcesOf(base, messageWith(obx, order), 'Observation');
  return JSON.parse(JSON.stringify(made));
}

const faultsOf = (resource: Json): string[] =>
  validator
    .validate(resource)
    .issues.filter(({ severity }) => severity === 'error')
    .map(({ diagnostics, path }) => `${path}: ${diagnostics}`);

const categories = ({ category = [] }: { category?: fhir4.CodeableConcept[] }) =>
  category.flatMap(({ coding = [] }) => coding.map(({ code }) => code));

describe('vital signs', () => {
  for (const [code, value, written, unit] of [
    ['8867-4', '72', 'beats/min', '/min'],
    ['8867-4', '72', 'bpm', '/min'],
    ['8867-4', '72', '{beats}/min^beats per minute^UCUM', '/min'],
    ['9279-1', '16', '{Breaths}/min', '/min'],
    ['9279-1', '16', '{resp}/min', '/min'],
    ['9279-1', '16', 'breaths per minute', '/min'],
    ['2708-6', '97', 'percent', '%'],
    ['8310-5', '37.2', 'DegC', 'Cel'],
    ['8310-5', '98.6', 'degrees F', '[degF]'],
    ['8302-2', '175', 'CM', 'cm'],
    ['8302-2', '69', 'inches', '[in_i]'],
    ['9843-4', '35.5', 'cm', 'cm'],
    ['29463-7', '70.1', 'Kg', 'kg'],
    ['29463-7', '154', 'LBS', '[lb_av]'],
    ['29463-7', '3400', 'grams', 'g'],
    ['39156-5', '22.9', 'kg/m^2', 'kg/m2'],
  ] as const)
    it(`takes ${value} ${written} of ${code}`, () => {
      const made = observed(`OBX|1|NM|${code}^Sign^LN||${value}|${written}|||||F`);
      assert.deepEqual(categories(made), ['vital-signs']);
      const { valueQuantity } = made as { valueQuantity: fhir4.Quantity };
      assert.equal(String(valueQuantity.value), value);
      assert.equal(valueQuantity.code, unit);
      assert.deepEqual(faultsOf(made), []);
    });

  it('are known by each LOINC code that is sent', () => {
    const made = observed('OBX|1|NM|HR^Pulse^L^8867-4^Heart rate^LN||72|bpm|||||F');
    assert.deepEqual(categories(made), ['vital-signs']);
    assert.deepEqual(faultsOf(made), []);
  });

  it('are known by the panel that was asked for', () => {
    const order = 'P1|F1|85353-1^Vital signs panel^LN';
    assert.deepEqual(categories(observed('OBX|1|NM|PULSE^Pulse^L||72|bpm|||||F', order)), [
      'vital-signs',
    ]);
  });

  it('are none by a code that looks like one and is of another system', () => {
    const made = observed('OBX|1|NM|8867-4^Something^L||72|bpm|||||F');
    assert.equal(made.category, undefined);
  });

  it('keep systolic and diastolic apart where they come apart', () => {
    for (const code of ['8480-6', '8462-4']) {
      const made = observed(`OBX|1|NM|${code}^Blood pressure^LN||120|MM HG|||||F`);
      assert.deepEqual(categories(made), ['vital-signs']);
      assert.equal((made.valueQuantity as fhir4.Quantity).code, 'mm[Hg]');
      assert.deepEqual(faultsOf(made), []);
    }
  });

  for (const [type, value] of [
    ['ST', '120/80'],
    ['TX', '120 / 80'],
    ['NM', '120/80'],
    ['SN', '^120^/^80'],
  ] as const)
    it(`reads both pressures of one OBX of type ${type}`, () => {
      const made = observed(`OBX|1|${type}|85354-9^BP^LN||${value}|mmHg|||||F`);
      const { component = [] } = made as { component?: fhir4.ObservationComponent[] };
      assert.deepEqual(
        component.map(({ code, valueQuantity }) => [code.coding?.[0]?.code, valueQuantity?.value]),
        [
          ['8480-6', 120],
          ['8462-4', 80],
        ],
      );
      assert.deepEqual(faultsOf(made), []);
      assert.equal(made.note, undefined);
    });

  it('leaves what is no pressure, or of no pressure, as it was sent', () => {
    for (const [code, value] of [
      ['85354-9^BP^LN', 'refused'],
      ['85354-9^BP^LN', '120/'],
      ['85354-9^BP^L', '120/80'],
      ['8867-4^Heart rate^LN', '72/80'],
    ]) {
      const made = observed(`OBX|1|ST|${code}||${value}|mmHg|||||F`);
      assert.equal(made.valueString, value);
      assert.equal(made.component, undefined);
    }
  });

  for (const type of ['ST', 'TX', 'CWE', 'IS'])
    it(`is the number that it is where OBX-2 says ${type}`, () => {
      const line = `OBX|1|${type}|8867-4^Heart rate^LN||72|bpm|||||F`;
      const made = observed(line);
      assert.equal((made.valueQuantity as fhir4.Quantity).value, 72);
      assert.deepEqual(faultsOf(made), []);
      const { issues } = convertBytes(base, bytes(messageWith(line)));
      assert.deepEqual(
        issues.map(({ code }) => code),
        ['value-type-repaired'],
      );
    });

  it('stays text where it has no unit, and where it is no vital sign', () => {
    assert.equal(observed('OBX|1|ST|8867-4^Heart rate^LN||72||||||F').valueString, '72');
    assert.equal(observed('OBX|1|ST|2345-7^Glucose^LN||72|mg/dL|||||F').valueString, '72');
  });

  it('that comes as a file, or without a value, says why it has none', () => {
    const file = observed('OBX|1|RP|8867-4^Heart rate^LN||https://a.example/ecg.pdf||||||F');
    const empty = observed('OBX|1|NM|8867-4^Heart rate^LN|||bpm|||||F');
    assert.deepEqual([file, empty].map(reasonOf), ['unsupported', 'unknown']);
    assert.deepEqual([file, empty].flatMap(faultsOf), []);
    assert.equal(observed('OBX|1|NM|2345-7^Glucose^LN|||mg/dL|||||F').dataAbsentReason, undefined);
  });

  const reasonOf = ({ dataAbsentReason }: Json): unknown =>
    (dataAbsentReason as fhir4.CodeableConcept).coding?.[0]?.code;

  it('repeats as components of one observation', () => {
    const made = observed('OBX|1|NM|8867-4^Heart rate^LN||60~120|beats/min|||||F');
    assert.deepEqual(faultsOf(made), []);
  });
});
