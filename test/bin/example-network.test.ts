import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { lintConfiguration } from '../../bin/lint/configuration.ts';
import { channelFiles } from '../../engine/index.ts';
import { run } from './capture.ts';

// Goal: the example network is right, its own tests pass, and whatever key of it an analyst
// misspells is reported at its own line and column with the word that was meant.
// Method: `lint` and `test` on config/; then a random letter into a random key of a random channel
// file of a copy, linted as a whole.

const example = join(import.meta.dirname, '../../config');

type Key = {
  readonly file: string;
  readonly word: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
};

/** Every key that has a spelling: not those that an author makes up, such as the uses of `maps`. */
function keysOf(file: string): Key[] {
  const lineCounter = new LineCounter();
  const keys: Key[] = [];
  visit(parseDocument(readFileSync(file, 'utf8'), { lineCounter }), {
    Pair(_, pair, ancestors) {
      const parent = ancestors.at(-2);
      const owner = isMap(parent) ? undefined : parent;
      const isOwn =
        owner !== undefined && 'key' in owner && isScalar(owner.key) && owner.key.value === 'maps';
      if (isOwn || !isScalar(pair.key) || pair.key.range == null) return;
      const offset = pair.key.range[0];
      const { line, col: column } = lineCounter.linePos(offset);
      keys.push({ file, word: String(pair.key.value), offset, line, column });
    },
  });
  return keys;
}

describe('the example network', function () {
  this.timeout(180_000);

  it('has no mistakes and passes its own tests', async () => {
    assert.deepEqual((await run(['lint', '--config', example])).lines, []);
    const { code, lines } = await run(['test', '--config', example, '--json']);
    assert.equal(code, 0);
    assert.ok(lines.length > 0);
  });

  it('tells every stage that stands where it does not get what it takes', () => {
    const dir = mkdtempSync(join(tmpdir(), 'plexus-stages-'));
    const convert = 'convert: { mapping: base }';
    const told = (...stages: string[]) => {
      const list = stages.map((stage) => `  - ${stage}\n`).join('');
      const text = `channel: x\nowner: x\nsource: { mllp: { port: 1 } }\nstages:\n${list}`;
      writeFileSync(join(dir, 'channels/x.yaml'), text);
      return lintConfiguration(dir).map(({ line, column, code }) => `${line}:${column} ${code}`);
    };
    try {
      mkdirSync(join(dir, 'channels'));
      writeFileSync(join(dir, 'plexus.yaml'), 'network: x\n');
      assert.deepEqual(told(convert, 'translate: { maps: {} }', 'identify', 'store'), []);
      assert.deepEqual(told('identify', 'store'), ['5:5 stage-order']);
      assert.deepEqual(told('store'), ['5:5 stage-order']);
      assert.deepEqual(told(convert, 'store', 'identify'), ['7:5 stage-order']);
      assert.deepEqual(told(convert, convert, 'store'), ['6:5 stage-order']);
      assert.deepEqual(told('identfy', 'store'), ['5:5 config-unknown-component']);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('tells every misspelt key where it stands, with the word that was meant', () => {
    const dir = mkdtempSync(join(tmpdir(), 'plexus-example-'));
    try {
      cpSync(example, dir, { recursive: true });
      const files = [join(dir, 'plexus.yaml'), ...channelFiles(dir)];
      const spots = fc.record({
        key: fc.constantFrom(...files.flatMap(keysOf)),
        at: fc.nat(20),
        letter: fc.constantFrom('q', 'x', 'z'),
      });
      fc.assert(
        fc.property(spots, ({ key: { file, word, offset, line, column }, at, letter }) => {
          const right = readFileSync(file, 'utf8');
          const cut = 1 + (at % word.length);
          const typo = word.slice(0, cut) + letter + word.slice(cut);
          writeFileSync(file, right.slice(0, offset) + typo + right.slice(offset + word.length));
          const issues = lintConfiguration(dir);
          writeFileSync(file, right);
          const told = issues.map((issue) => [issue.file, issue.line, issue.column]);
          assert.deepEqual(told, [[file, line, column]], JSON.stringify(issues));
          assert.ok(issues[0]!.message.endsWith(`did you mean \`${word}\`?`), issues[0]!.message);
        }),
        { numRuns: 15 },
      );
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
