import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meanings } from '../../bin/reference/index.ts';
import { currentCodes, currentPages } from '../../bin/write-reference.ts';

// Goal: docs/reference says what the program does: the pages are those that the schemas and
// commands give, every code that the source says has a meaning, and no meaning stands for a code
// that is gone. Method: the pages made again and compared; the codes found in the source held
// against the table.

const root = join(import.meta.dirname, '../..');
const pages = await currentPages();

describe('docs/reference', () => {
  for (const [name, text] of pages)
    it(`${name} is up to date (\`npm run docs\`)`, () =>
      assert.equal(readFileSync(join(root, 'docs/reference', name), 'utf8'), text));

  it('gives every code a meaning, in bin/reference/codes.json', () => {
    const without = currentCodes().filter(({ code }) => meanings[code] === undefined);
    assert.deepEqual(
      without.map(({ code, area }) => `${code} (${area})`),
      [],
    );
  });

  it('explains no code that nobody says', () => {
    const files = ['engine', 'channels', 'transforms', 'routes', 'monitoring', 'bin'];
    const said = execFileSync('git', ['grep', '-hE', '--untracked', '[a-z0-9]-|code:', ...files], {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    })
      .toString()
      .split('\n')
      .filter((line) => !/^\s*"[a-z0-9-]+": "/.test(line))
      .join('\n');
    const prefixes = [...said.matchAll(/code: `([a-z-]+-)\$\{/g)].map((hit) => hit[1]!);
    const gone = Object.keys(meanings).filter(
      (code) =>
        !new RegExp(`\\b${code}\\b`).test(said) &&
        !prefixes.some((prefix) => code.startsWith(prefix)),
    );
    assert.deepEqual(gone, []);
  });
});
