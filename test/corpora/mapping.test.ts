// Goal: whatever a hospital sends ends as converted or quarantined with a code. Method: every
// message of the corpus through the shared base; every emitted resource has what R4 requires and
// refers to nothing that is not there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertBytes, loadMapping } from '../../transforms/mapping/index.ts';
import { problemsOf } from '../transforms/mapping/valid.ts';

const root = process.env.PLEXUS_CORPORA ?? join(import.meta.dirname, '../../../shared/corpora');
const corpus = join(root, 'hl7v2-fhir');

describe('messages of the corpus under the shared base', () => {
  const base = loadMapping('config', 'base');
  const files = existsSync(corpus)
    ? readdirSync(corpus, { recursive: true })
        .map(String)
        .filter((file) => file.endsWith('.hl7'))
    : [];

  it('is there', () => {
    assert.ok(files.length > 100, `no corpus at ${corpus}`);
  });

  for (const file of files) {
    it(file, () => {
      const bytes = readFileSync(join(corpus, file));
      const { outcome, bundle, issues } = convertBytes(base, bytes);
      if (outcome === 'quarantined') {
        assert.match(issues[0]?.code ?? '', /^[a-z0-9-]+$/);
        return;
      }
      assert.equal(outcome, 'converted');
      assert.deepEqual(problemsOf(bundle), []);
      assert.equal(JSON.stringify(convertBytes(base, bytes).bundle), JSON.stringify(bundle));
    });
  }
});
