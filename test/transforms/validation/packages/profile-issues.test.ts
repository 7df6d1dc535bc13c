// Goal: a profile of the network that says something of an element which is not there is told, with
// the element and its line. Method: one sound profile, and the same with one planted mistake.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profileIssues } from '../../../../transforms/validation/index.ts';

type Element = { readonly id?: string; readonly path: string; readonly min?: number };

describe('mistakes of own profiles', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-profiles-'));
    mkdirSync(join(dir, 'profiles'));
  });
  after(() => rmSync(dir, { recursive: true }));

  function told(...element: Element[]): string[] {
    const profile = {
      resourceType: 'StructureDefinition',
      url: 'https://a.example/visit',
      version: '1',
      type: 'Observation',
      derivation: 'constraint',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Observation',
      differential: { element: [{ id: 'Observation', path: 'Observation' }, ...element] },
    };
    writeFileSync(join(dir, 'profiles/visit.json'), JSON.stringify(profile, undefined, 1));
    return profileIssues(dir).map(({ line, code, message }) => `${line} ${code} ${message}`);
  }

  it('are none where each element is one of the base', () => {
    const path = 'Observation.value[x]';
    assert.deepEqual(told({ id: 'Observation.component', path: 'Observation.component' }), []);
    assert.deepEqual(told({ id: `${path}:valueQuantity`, path }), []);
    assert.deepEqual(
      told({ id: `${path}:valueQuantity.code`, path: 'Observation.valueQuantity.code' }),
      [],
    );
    assert.deepEqual(told({ path: 'Observation.valueQuantity', min: 1 }), []);
  });

  it('name the element, at its line', () => {
    assert.deepEqual(told({ id: 'Observation.componnt', path: 'Observation.componnt', min: 2 }), [
      '15 profile-differential its base does not have `Observation.componnt`, or not so',
    ]);
    assert.deepEqual(told({ id: 'Observation.component', path: 'Observation.componnt' }), [
      '15 profile-differential the id `Observation.component` and the path ' +
        '`Observation.componnt` are not of one element',
    ]);
  });
});
