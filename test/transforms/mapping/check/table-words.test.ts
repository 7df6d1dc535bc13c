// Goal: a word of a table stands for a code that the table has, and a facility's own code wins over
// a word of base. Method: facilities' files with words, right and wrong, loaded and converted with.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { admission, bytes, withField } from '../messages.ts';
import { valueAt } from '../table.ts';

const folder = mkdtempSync(join(tmpdir(), 'plexus-words-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function load(tables: string) {
  mkdirSync(join(folder, 'mappings'), { recursive: true });
  const text = `mapping: own\nextends: base\nsource: own\n${tables}`;
  writeFileSync(join(folder, 'mappings', 'own.yaml'), text);
  return loadMapping(folder, 'own');
}

const gender = (tables: string, word: string) => {
  const { bundle } = convertBytes(load(tables), bytes(withField(admission, 'PID', 8, word)));
  return valueAt(bundle, 'Patient.gender');
};

describe('words of a table', () => {
  it('are added to those of base, in any case', () => {
    const own = 'tables:\n  gender:\n    codes: {}\n    words: { WEIBLICH: F }\n';
    assert.deepEqual(load(own).issues, []);
    assert.deepEqual(
      ['Weiblich', 'weiblich', 'female'].map((word) => gender(own, word)),
      ['female', 'female', 'female'],
    );
  });

  it('give way to a code of that name', () => {
    assert.equal(gender('tables:\n  gender:\n    codes: { OTHER: unknown }\n', 'OTHER'), 'unknown');
  });

  for (const [words, said] of [
    ['{ FEMALE: FF }', /no code `FF`/],
    ['{ Female: F }', /`FEMALE`/],
  ] as const)
    it(`refuses ${words}`, () => {
      const [issue] = load(`tables:\n  gender:\n    codes: {}\n    words: ${words}\n`).issues;
      assert.equal(`${issue?.severity} ${issue?.code}`, 'error table-word');
      assert.equal(`${issue?.line}:${issue?.column}`, '7:22');
      assert.match(issue?.message ?? '', said);
    });
});
