// Goal: a package that is kept never changes under its name; one kept before Questionnaires were
// read gets them when it is imported again, and nothing else. Method: one package, kept with and
// without its Questionnaires and with a changed one.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FhirPackage,
  keepPackage,
  keptPackage,
} from '../../../../transforms/validation/index.ts';

const questionnaires = [{ url: 'https://plexus.example/fhir/Questionnaire/a', version: '1' }];
const before: FhirPackage = {
  ...{ name: 'a.b', version: '1.0.0', fhirVersions: ['4.0.1'], dependencies: {} },
  ...{ structures: [], valueSets: [], codeSystems: [] },
};
const whole: FhirPackage = { ...before, questionnaires };

describe('a kept package', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-packages-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('gets the Questionnaires that were not read before', () => {
    assert.equal(keepPackage(dir, before), 'kept');
    assert.equal(keepPackage(dir, whole), 'kept');
    assert.deepEqual(keptPackage(dir, 'a.b#1.0.0'), whole);
    assert.equal(keepPackage(dir, whole), 'known');
  });

  it('is not changed otherwise', () => {
    keepPackage(dir, whole);
    const other = { ...whole, questionnaires: [{ ...questionnaires[0], version: '2' }] };
    for (const one of [other, before, { ...whole, dependencies: { c: '1' } }])
      assert.throws(() => keepPackage(dir, one), { code: 'package-differs' });
    assert.deepEqual(keptPackage(dir, 'a.b#1.0.0'), whole);
  });
});
