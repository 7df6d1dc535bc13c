// Goal: what the how-to pages show of signing in is what the sources take, and the key that
// `./plexus keys client` makes is one they can sign with. Method: the `auth:` blocks of the pages
// under each source's own schema and check, with the files made as the page says.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bulkSource } from '../../../channels/bulk/index.ts';
import { fhirPollSource } from '../../../channels/fhir/index.ts';
import { keySetFault } from '../../../engine/http/index.ts';
import { run } from '../../bin/capture.ts';

const page = readFileSync(
  join(import.meta.dirname, '../../../docs/how-to/fetch-from-an-emr.md'),
  'utf8',
);

describe('the how-to of fetching', () => {
  const baseDir = mkdtempSync(join(tmpdir(), 'plexus-fetch-'));
  after(() => rmSync(baseDir, { recursive: true, force: true }));

  it('shows ways to sign in that lint takes once the files are there', async () => {
    mkdirSync(join(baseDir, 'keys'));
    const made = await run(['keys', 'client', join(baseDir, 'keys/st-anne.jwk.json')]);
    assert.equal(keySetFault(JSON.parse(made.lines.join(''))), undefined);
    writeFileSync(join(baseDir, 'keys/st-anne.token'), 'secret');
    const again = await run(['keys', 'client', join(baseDir, 'keys/st-anne.jwk.json')]);
    assert.equal(again.code, 74);
    const blocks = [...page.matchAll(/^```yaml\n(auth: .*)\n```/gm)].map((match) => match[1]!);
    assert.equal(blocks.length, 2);
    const at = () => ({ file: 'f', line: 1, column: 1 });
    const context = { channel: 'c', configDir: join(baseDir, 'config'), baseDir, at };
    const base = { base_url: 'https://emr.example.org/fhir' };
    for (const block of blocks) {
      const { auth } = parse(block) as { auth: object };
      const poll = fhirPollSource.schema.parse({ ...base, resources: ['Patient'], auth });
      assert.deepEqual(fhirPollSource.check?.(poll, context), []);
      const bulk = bulkSource.schema.parse({ ...base, auth });
      assert.deepEqual(bulkSource.check?.(bulk, context), []);
      const elsewhere = { ...context, baseDir: join(baseDir, 'none') };
      assert.equal(bulkSource.check?.(bulk, elsewhere)[0]?.code, 'file-missing');
    }
  });
});
