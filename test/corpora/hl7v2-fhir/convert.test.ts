// Goal: whatever a hospital sends ends as converted or quarantined with a code, and what is
// converted is valid FHIR. Method: every message of the corpora through the shared base. Each
// emitted resource is judged by Medplum's validator, by R4's own value sets and by the validator
// of the gate, which knows invariants and the profiles of vital signs; each reference must resolve;
// a second conversion, and one of a process in another time zone, give the same bytes.
// One type alone: PLEXUS_CORPORA=... npm run test:corpora -- --grep 'converts ADT\^A0'
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';
import { corpora, repository, samples } from './corpus.ts';
import { digests } from './digests.ts';
import { danglingIn, problemsOfResource } from './valid-r4.ts';

const base = loadMapping(join(repository, 'config'), 'base');
const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

const faultsOf = (resource: unknown): string[] =>
  validator
    .validate(JSON.parse(JSON.stringify(resource)))
    .issues.filter(({ severity }) => severity === 'error')
    .map(({ path, diagnostics }) => `${path}: ${diagnostics}`);

describe('the corpora under the shared base', () => {
  const all = samples();

  it('are there', () => {
    assert.ok(all.length > 100, `no corpus at ${corpora}`);
  });

  for (const { file, type, bytes } of all) {
    it(`converts ${type} of ${file}`, () => {
      const { outcome, bundle, issues } = convertBytes(base, bytes);
      const codes = issues.map((issue) => issue.code);
      for (const code of codes) assert.match(code, /^[a-z0-9-]+$/);
      // ReportStream's show one data type each and leave out what every hospital sends.
      if (file.startsWith('microsoft')) assert.equal(outcome, 'converted', codes.join());
      else if (outcome === 'quarantined') assert.ok(codes.length > 0);
      if (!bundle) return;
      const problems = (bundle.entry ?? []).flatMap(({ resource }) => [
        ...problemsOfResource(resource),
        ...faultsOf(resource),
      ]);
      assert.deepEqual([...problems, ...danglingIn(bundle)], []);
    });
  }

  it('give the same bytes again, and in another time zone', () => {
    const here = digests(base);
    assert.deepEqual(digests(base), here);
    const child = spawnSync(process.execPath, [join(import.meta.dirname, 'print-digests.ts')], {
      env: { ...process.env, TZ: 'Pacific/Apia', PLEXUS_CORPORA: corpora },
      maxBuffer: 2 ** 26,
    });
    assert.equal(child.status, 0, String(child.stderr));
    const [zone, ...there] = String(child.stdout).trim().split('\n');
    assert.equal(zone, 'Pacific/Apia');
    assert.deepEqual(there, here);
  });
});
