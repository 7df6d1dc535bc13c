// Goal: a number is never shown with another unit than it was sent with, nor without one. Method:
// the ways in which senders get OBX-6 wrong, each with what FHIR must say of it.
import assert from 'node:assert/strict';
import { loadMapping } from '../../../../transforms/mapping/index.ts';
import { type Json, resourcesOf } from '../made.ts';

const base = loadMapping('config', 'base');
const ucum = 'http://unitsofmeasure.org';

function observed(type: string, value: string, unit: string): Json {
  const message = [
    'MSH|^~\\&|LAB|HOSP|PLEXUS|HUB|20240310150000-0500||ORU^R01|R1|P|2.5.1',
    'PID|1||4711^^^HOSP^MR||Young^Ada||19800229|F',
    'OBR|1|P1|F1|CBC^Blood count^L',
    `OBX|1|${type}|WBC^White cells^L||${value}|${unit}|||||F`,
  ];
  return resourcesOf(base, message, 'Observation')[0]!;
}

describe('units as senders write them', () => {
  for (const [written, unit, code] of [
    ['10^3/uL', '10^3/uL', '10*3/uL'],
    ['x10^9/L', 'x10^9/L', '10*9/L'],
    ['10^12/L', '10^12/L', '10*12/L'],
    ['10^3/mm3', '10^3/mm3', '10*3/mm3'],
    ['10\\S\\3/uL', '10^3/uL', '10*3/uL'],
    ['kg/m^2', 'kg/m^2', 'kg/m2'],
    ['mL/min/1.73m^2', 'mL/min/1.73m^2', 'mL/min/{1.73_m2}'],
    ['mg/m^2/d', 'mg/m^2/d', 'mg/m2/d'],
    ['cm^2', 'cm^2', 'cm2'],
    ['kg/m\\S\\2', 'kg/m^2', 'kg/m2'],
    ['x10(3)/mcL', 'x10(3)/mcL', '10*3/uL'],
    ['10e9/L', '10e9/L', '10*9/L'],
    ['X10(12)/L', 'X10(12)/L', '10*12/L'],
    ['mL/min/1.73', 'mL/min/1.73', 'mL/min/{1.73_m2}'],
    ['cmH2O', 'cmH2O', 'cm[H2O]'],
    ['^^^mg^milligram^L', 'milligram', 'mg'],
  ] as const)
    it(`reads ${written} as ${code}`, () => {
      const quantity = { value: 5, unit, system: ucum, code };
      const made = observed('NM', '5', written).valueQuantity;
      assert.deepEqual(JSON.parse(JSON.stringify(made)), quantity);
    });

  it('leaves a code and a number of its own apart', () => {
    const { unit } = observed('NM', '5', 'mg^2^99UN').valueQuantity as { unit: string };
    assert.equal(unit, '2');
  });

  for (const [written, value] of [
    ['<5', { value: 5, comparator: '<' }],
    ['7.5', { value: 7.5 }],
  ] as const)
    it(`reads ${written} in SN, whose parts nobody divided, as the number that it is`, () => {
      const { valueQuantity } = observed('SN', written, 'mg/dL') as { valueQuantity: Json };
      const made = JSON.parse(JSON.stringify(valueQuantity));
      assert.deepEqual(made, { ...value, unit: 'mg/dL', system: ucum, code: 'mg/dL' });
    });

  it('gives a letter that means two things no code', () => {
    assert.deepEqual(Object.keys(observed('NM', '140', 'G/L').valueQuantity as Json), [
      'value',
      'unit',
    ]);
  });

  for (const [type, value] of [
    ['ST', '5.4'],
    ['ST', '>60'],
    ['', '7'],
    ['NM', '5,4'],
    ['TX', '3 to 4'],
  ] as const)
    it(`keeps the unit of the text ${value} in ${type || 'no type'}`, () => {
      const made = observed(type, value, 'mg/dL');
      assert.equal(made.valueString, value);
      assert.deepEqual(made.note, [{ text: 'Unit: mg/dL' }]);
    });

  it('says no unit twice', () => {
    for (const [type, value] of [
      ['NM', '5'],
      ['NM', '<5'],
      ['SN', '>^5'],
      ['ST', ''],
    ] as const)
      assert.equal(observed(type, value, 'mg/dL').note, undefined, `${type} ${value}`);
  });
});
