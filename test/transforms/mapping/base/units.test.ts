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
    ['^^^mg^milligram^L', 'milligram', 'mg'],
  ] as const)
    it(`reads ${written} as ${code}`, () => {
      const quantity = { value: 5, unit, system: ucum, code };
      const made = observed('NM', '5', written).valueQuantity;
      assert.deepEqual(JSON.parse(JSON.stringify(made)), quantity);
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
