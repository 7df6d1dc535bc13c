// Goal: `validate` judges files by what channels could pin: R4, the profiles of the configuration,
// and a package; a profile that nobody has is refused and not passed over. Method: the example
// configuration and one Observation that fits R4 and not the network's profile.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './capture.ts';

const profile = 'https://plexus.example/fhir/StructureDefinition/vitals-lactate';
const lactate = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2524-7' }] },
};

describe('validate', () => {
  let dir = '';
  let file = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-validate-'));
    file = join(dir, 'lactate.json');
    writeFileSync(file, JSON.stringify(lactate));
  });
  after(() => rmSync(dir, { recursive: true }));

  const config = join(import.meta.dirname, '../../config');
  const validate = (...argv: string[]) =>
    run(['validate', ...argv, '--config', config, '--data', join(dir, 'data')]);

  it('knows the profiles of the configuration, by name and by claim', async () => {
    const plain = await validate(file, '--strict');
    assert.equal(plain.code, 0, plain.lines.join('\n'));
    const named = await validate(file, '--profile', `${profile}|1.0.0`, '--strict');
    assert.equal(named.code, 1, named.lines.join('\n'));
    assert.doesNotMatch(named.lines.join('\n'), /not at hand/);
    const claimed = join(dir, 'claimed.json');
    writeFileSync(claimed, JSON.stringify({ ...lactate, meta: { profile: [profile] } }));
    assert.equal((await validate(claimed, '--strict')).code, 1);
  });

  it('refuses a profile and a package that nobody has', async () => {
    const { code, said } = await validate(file, '--profile', `${profile}|9.9.9`);
    assert.equal(code, 64);
    assert.match(said.join('\n'), /vitals-lactate\|9\.9\.9.*profile ls/s);
    assert.notEqual((await validate(file, '--package', 'hl7.fhir.us.core#6.1.0')).code, 0);
  });

  it('says of an HL7 v2 message that it is one', async () => {
    const message = join(dir, 'a01.hl7');
    writeFileSync(message, 'MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rPID|1||1\r');
    const { lines } = await validate(message);
    assert.match(lines.join('\n'), /HL7 v2 message.*convert/);
  });
});
