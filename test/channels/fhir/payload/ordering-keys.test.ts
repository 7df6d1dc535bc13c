import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fhirOrderingKeys } from '../../../../channels/fhir/index.ts';

// Goal: everything that speaks of one patient has one ordering key, however the patient is named.
// Method: a table of reference shapes, and a property over Bundles of several patients.
describe('FHIR ordering keys', () => {
  it('see one patient behind every shape of reference', () => {
    const shapes = [
      { resourceType: 'Patient', id: 'p1', identifier: [{ system: 's', value: '1' }] },
      { resourceType: 'Observation', subject: { reference: 'Patient/p1' } },
      { resourceType: 'AllergyIntolerance', patient: { reference: 'https://emr/fhir/Patient/p1' } },
      { resourceType: 'Coverage', beneficiary: { reference: 'Patient/p1/_history/3' } },
    ];
    for (const shape of shapes) assert.deepEqual(fhirOrderingKeys(shape), ['Patient/p1']);
    const logical = { subject: { identifier: { system: 's', value: '1' } } };
    assert.deepEqual(fhirOrderingKeys({ resourceType: 'Encounter', ...logical }), ['s|1']);
    assert.deepEqual(fhirOrderingKeys({ resourceType: 'Organization' }), []);
  });

  it('give a Bundle one key a patient, through its fullUrls', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(counts, (observations) => {
        const entry = observations.flatMap((count, n) => {
          const fullUrl = `urn:uuid:${n}`;
          const identifier = [{ system: 'mrn', value: String(n) }];
          const subject = { reference: fullUrl };
          return [
            ...Array.from({ length: count }, (_, i) => ({
              fullUrl: `urn:uuid:${n}-${i}`,
              resource: { resourceType: 'Observation', subject },
            })),
            { fullUrl, resource: { resourceType: 'Patient', identifier } },
          ];
        });
        assert.deepEqual(
          fhirOrderingKeys({ resourceType: 'Bundle', entry }).sort(),
          observations.map((_, n) => `mrn|${n}`).sort(),
        );
      }),
    );
  });
});
