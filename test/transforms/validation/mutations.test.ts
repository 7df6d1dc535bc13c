// Goal: nothing that JSON may hold makes the validator throw, and what it says keeps its shape.
// Method: faults planted at random in valid resources (fast-check chooses the seeds), and any JSON
// at all. `npm run fuzz` does the same over US Core's examples, a million times.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mutate } from '../../../bench/mutate.ts';
import { randomOf } from '../../../bench/people/index.ts';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';
import { profiles } from './profiles.ts';
import { samples } from './samples.ts';

const definitions = createDefinitions([{ structures: profiles, valueSets: [], codeSystems: [] }]);
const validator = createValidator({
  definitions,
  valueSets: definitions.valueSets,
  profiles: profiles.map(({ url }) => url),
  bestPractice: true,
});

function holds(value: unknown): void {
  const { issues, unchecked } = validator.validate(value);
  for (const { code, path, severity } of [...issues, ...unchecked]) {
    assert.match(code, /^[a-z0-9-]+$/);
    assert.match(path ?? '', /^(?:[A-Za-z]+(?:\[\d+\])?(?:\.[A-Za-z0-9]+(?:\[\d+\])?)*)?$/);
    assert.match(severity, /^(error|warning|information)$/);
  }
}

describe('the validator', () => {
  it('throws for no resource with faults in it', () => {
    const sample = fc.constantFrom(...Object.values(samples));
    fc.assert(
      fc.property(sample, fc.nat(), (resource, seed) => {
        const random = randomOf(seed).next;
        for (let turn = 0; turn < 10; turn += 1) holds(mutate(resource, random));
      }),
      { numRuns: 200 },
    );
  });

  it('throws for no JSON', () =>
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        holds(value);
        holds({ resourceType: 'Patient', name: value, contained: value, meta: value });
        holds({ resourceType: 'Bundle', type: 'document', entry: value });
      }),
      { numRuns: 200 },
    ));
});
