// Goal: the mappings that come with Plexus have no mistakes, and the tests inside them pass.
// Method: load every mapping of config/ as lint does, and run its own tests.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadMapping, mappingNames, runMappingTests } from '../../../transforms/mapping/index.ts';

const configDir = join(import.meta.dirname, '../../../config');

describe('mappings of the example network', () => {
  it('base has no mistakes', () => {
    assert.deepEqual(loadMapping(configDir, 'base').issues, []);
  });

  for (const name of ['mercy-west', 'north-general', 'pathology', 'st-anne']) {
    it(`${name} has no mistakes and its tests pass`, () => {
      assert.ok(mappingNames(configDir).includes(name));
      assert.deepEqual(loadMapping(configDir, name).issues, []);
      const results = runMappingTests(configDir, name);
      assert.ok(results.length >= 3, 'a facility has tests');
      assert.deepEqual(
        results.flatMap((result) => result.failures),
        [],
      );
    });
  }
});
