// Goal: race, ethnicity and birth sex of US Core are checked as far as they can be without VSAC:
// what everybody sends passes, what is no code of the system is refused, the rest is left open.
// Method: value sets that name VSAC's as US Core's do, and the verdict on codes of each kind.
import assert from 'node:assert/strict';
import { r4Definitions } from '../../../transforms/fhir/index.ts';
import { createValueSets } from '../../../transforms/validation/index.ts';

const vsac = 'http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.';
const of = (url: string, included: readonly string[], excluded: readonly string[] = []) => ({
  url,
  compose: {
    include: included.map((one) => ({ valueSet: [vsac + one] })),
    exclude: excluded.map((one) => ({ valueSet: [vsac + one] })),
  },
});
const sets = [
  of('race', ['114222.4.11.836', '113762.1.4.1021.102']),
  of('ethnicity', ['114222.4.11.837', '113762.1.4.1021.102']),
  of('detailed', ['113883.1.11.14914', '113762.1.4.1021.103'], ['113883.3.2074.1.1.3']),
  of('sex', ['113762.1.4.1', '113762.1.4.1021.103']),
  of('other', ['113762.1.4.1.9999']),
];
const valueSets = createValueSets(r4Definitions(), {
  codeSystem: () => undefined,
  valueSet: (url) => sets.find((one) => one.url === url),
});

const cdc = 'urn:oid:2.16.840.1.113883.6.238';
const nullFlavor = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';

const cases: readonly [set: string, system: string | undefined, code: string, said: string][] = [
  ...['1002-5', '2028-9', '2054-5', '2076-8', '2106-3'].map(
    (code) => ['race', cdc, code, 'yes'] as [string, string, string, string],
  ),
  ['race', nullFlavor, 'UNK', 'yes'],
  ['race', nullFlavor, 'NI', 'unknown'],
  ['race', nullFlavor, 'X', 'no'],
  ['race', cdc, '2131-1', 'unknown'],
  ['race', cdc, '2106-4', 'no'],
  ['race', cdc, '2160-3', 'no'],
  ['race', cdc, 'white', 'no'],
  ['race', 'urn:oid:1.2.3', '2106-3', 'no'],
  ['ethnicity', cdc, '2135-2', 'yes'],
  ['ethnicity', cdc, '2186-5', 'yes'],
  ['ethnicity', cdc, '2135-3', 'no'],
  ['detailed', cdc, '1004-1', 'unknown'],
  ['detailed', cdc, '1004', 'no'],
  ['sex', undefined, 'F', 'yes'],
  ['sex', undefined, 'UNK', 'yes'],
  ['sex', undefined, 'UN', 'unknown'],
  ['sex', undefined, 'female', 'no'],
  ['other', undefined, 'F', 'unknown'],
];

describe('value sets of VSAC', () => {
  for (const [set, system, code, said] of cases)
    it(`${set}: ${code} of ${system ?? 'no system'} is ${said}`, () =>
      assert.equal(valueSets.has(set, system, code), said));
});
