// Goal: a Bundle as large as a feed may send goes through the validator in time that grows with
// its entries, finds the faults in it and no others, and nothing of it stays in memory.
// Method: 100,000 entries that refer to each other, every thousandth with a fault that is known;
// the heap before and after, with a collection between.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const megabyte = 1024 * 1024;

const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

const base = 'https://net.example/fhir/';

function entry(at: number): object {
  const isPatient = at % 2 === 0;
  const reference = `Patient/p${at - 1}`;
  return {
    fullUrl: `${base}${isPatient ? 'Patient' : 'Observation'}/p${at}`,
    resource: isPatient
      ? { resourceType: 'Patient', id: `p${at}`, gender: at % 1000 === 0 ? '?' : 'female' }
      : {
          ...{ resourceType: 'Observation', id: `p${at}`, status: 'final' },
          ...{ code: { text: 'a' }, subject: { reference } },
        },
  };
}

const bundle = (count: number): object => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: Array.from({ length: count }, (_, at) => entry(at)),
});

describe('a Bundle of 100,000 entries', () => {
  it('is judged entry by entry, and leaves nothing behind', () => {
    validator.validate(bundle(1_000));
    const large = bundle(100_000);
    collect();
    const before = process.memoryUsage().heapUsed;
    const { issues, unchecked } = validator.validate(large);
    const during = process.memoryUsage().heapUsed - before;
    assert.deepEqual(
      issues.map(({ code, path }) => `${code} ${path}`),
      Array.from({ length: 100 }, (_, at) => {
        const place = `Bundle.entry[${at * 1000}].resource.gender`;
        return `fhir-binding ${place}`;
      }),
    );
    assert.deepEqual(unchecked, []);
    collect();
    const left = process.memoryUsage().heapUsed - before;
    assert.ok(left < 10 * megabyte, `${Math.round(left / megabyte)} MB are left`);
    assert.ok(during < 200 * megabyte, `${Math.round(during / megabyte)} MB were needed`);
  }).timeout(180_000);
});
