// Goal: a message that was cut off becomes less, never something else. Method: messages of our own,
// cut after a random byte, must be converted without an exception, and each value that comes out
// must come from what was left of the message, or stand in the mapping's own tables and constants.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { invented } from '../derivable.ts';
import { admission, bytes, result } from '../messages.ts';

const base = loadMapping(join(import.meta.dirname, '../../../../config'), 'base');

describe('a message that was cut off', () => {
  const whole = [admission, result].map(bytes);

  it('makes no value that it does not have', () => {
    let converted = 0;
    const cut = (message: Buffer, share: number): void => {
      const rest = message.subarray(0, Math.round((message.length * share) / 1000));
      const { outcome, bundle, issues } = convertBytes(base, rest);
      if (outcome === 'quarantined') assert.ok(issues.length > 0);
      if (outcome === 'converted') converted += 1;
      assert.deepEqual(invented(bundle, rest.toString()), []);
    };
    const share = fc.integer({ min: 0, max: 999 });
    const runs = { numRuns: 300, seed: 20261123 };
    fc.assert(fc.property(fc.constantFrom(...whole), share, cut), runs);
    assert.ok(converted > 50);
  });

  it('would be caught with a value that it does not have', () => {
    const message = bytes(admission);
    const { bundle } = convertBytes(base, message);
    const patient = bundle?.entry?.find(({ resource }) => resource?.resourceType === 'Patient');
    const changed = (change: object): fhir4.Bundle =>
      ({ entry: [{ resource: { ...patient?.resource, ...change } }] }) as fhir4.Bundle;
    assert.deepEqual(invented(changed({}), message.toString()), []);
    for (const change of [
      { birthDate: '1980-02-28' },
      { deceasedDateTime: '2024-03-10T14:31:00-05:00' },
      { deceasedDateTime: '2024-03-10T14:30:00+02:00' },
      { name: [{ family: 'Yonge' }] },
      { multipleBirthInteger: 73 },
    ])
      assert.equal(invented(changed(change), message.toString()).length, 1, JSON.stringify(change));
  });
});
