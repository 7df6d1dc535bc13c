import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import {
  type ConfigPath,
  type Position,
  parseYaml,
  readYaml,
  valueIn,
} from '../../../engine/index.ts';

// Goal: every path of a YAML file leads back to its own line and column, and every kind of broken
// file is told as a value with its place. Method: random documents printed in block and in flow
// style whose every path is looked up again in the text; a table of broken files with their exact
// positions.

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((text) => text !== 'null');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: 0, max: 99_999 }),
    fc.dictionary(word, tie('tree'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
  ),
}));

const textAt = (text: string, at: Position) => text.split('\n')[at.line - 1]!.slice(at.column - 1);

function* paths(value: unknown, path: ConfigPath = []): Generator<ConfigPath> {
  if (path.length > 0) yield path;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* paths(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* paths(item, [...path, key]);
  }
}

describe('positions in YAML', () => {
  it('lead from every path to its key and its value', () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (value, flow) => {
        const text = stringify(value, flow ? { collectionStyle: 'flow' } : {});
        const yaml = parseYaml(text, 'x.yaml');
        assert.deepEqual(yaml.issues, []);
        assert.deepEqual(yaml.value, value);
        for (const path of paths(value)) {
          const last = path.at(-1)!;
          const here = valueIn(value, path);
          if (typeof last === 'string')
            assert.match(textAt(text, yaml.keyAt(path)), new RegExp(`^\\??\\s*"?${last}\\b`));
          if (typeof here === 'number')
            assert.match(textAt(text, yaml.valueAt(path)), new RegExp(`^${here}\\b`));
        }
      }),
    );
  });

  it('follow anchors and merge keys to where the text stands', () => {
    const text = 'base: &b { port: 1 }\nuse: *b\nmore:\n  <<: *b\n  host: h\n';
    const yaml = parseYaml(text, 'x.yaml');
    assert.deepEqual(yaml.value, {
      base: { port: 1 },
      use: { port: 1 },
      more: { port: 1, host: 'h' },
    });
    for (const top of ['base', 'use', 'more'])
      assert.deepEqual(yaml.keyAt([top, 'port']), { file: 'x.yaml', line: 1, column: 12 });
    assert.deepEqual(yaml.valueAt(['more', 'host']), { file: 'x.yaml', line: 5, column: 9 });
  });

  it('fall back to the nearest parent that exists', () => {
    const yaml = parseYaml('a:\n  b: 1\n', 'x.yaml');
    assert.deepEqual(yaml.keyAt(['a', 'zz', 'y']), { file: 'x.yaml', line: 1, column: 1 });
    assert.deepEqual(yaml.keyAt(['zz']), { file: 'x.yaml', line: 1, column: 1 });
  });
});

describe('broken YAML', () => {
  const cases: readonly [name: string, text: string, ...places: string[]][] = [
    ['a key twice', 'a: 1\nb: 2\na: 3\n', '3:1 yaml-duplicate-key'],
    ['a tab as indentation', 'a:\n\tb: 1\n', '2:1 yaml-syntax'],
    ['a quote never closed', 'a: "x\n', '2:1 yaml-syntax'],
    ['a bracket never closed', 'a: [1, 2\nb: 3\n', '2:1 yaml-syntax'],
    ['an alias without anchor', 'a: *nobody\n', '1:4 yaml-alias'],
    ['two documents', 'a: 1\n---\nb: 2\n', '2:1 yaml-syntax'],
    ['an unknown tag', 'a: !include other.yaml\n', '1:4 yaml-syntax'],
    [
      'two mistakes',
      'a: 1\na: 2\nb: 1\nb: 2\n',
      '2:1 yaml-duplicate-key',
      '4:1 yaml-duplicate-key',
    ],
  ];
  for (const [name, text, ...places] of cases) {
    it(`${name} is told with its place`, () => {
      const told = parseYaml(text, 'x.yaml').issues.map(
        ({ line, column, code }) => `${line}:${column} ${code}`,
      );
      assert.deepEqual(told, places);
    });
  }

  it('an alias bomb and bottomless nesting are refused as values', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1) {
      const alias = `*a${level - 1}`;
      bomb.push(`a${level}: &a${level} [${Array(10).fill(alias).join(', ')}]`);
    }
    assert.deepEqual(
      parseYaml(bomb.join('\n'), 'x.yaml').issues.map((issue) => issue.code),
      ['yaml-alias'],
    );
    const deep = parseYaml('['.repeat(20_000), 'x.yaml');
    assert.deepEqual(
      deep.issues.map((issue) => issue.code),
      ['yaml-too-deep'],
    );
  });

  it('a file that is missing, a folder, or not UTF-8 is told', () => {
    const dir = mkdtempSync(join(tmpdir(), 'plexus-yaml-'));
    try {
      const latin1 = join(dir, 'latin1.yaml');
      writeFileSync(latin1, Buffer.from('name: Caf\xe9\n', 'latin1'));
      const codes = [join(dir, 'none.yaml'), dir, latin1].map(
        (file) => readYaml(file).issues[0]?.code,
      );
      assert.deepEqual(codes, ['file-missing', 'file-unreadable', 'file-encoding']);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('a text kept by an earlier start says the same, also where it was damaged', () => {
    const kept = mkdtempSync(join(tmpdir(), 'plexus-yaml-'));
    const file = join(kept, 'x.yaml');
    writeFileSync(file, `# ${'x'.repeat(1_000)}\nlist: [{ a: 1 }, { b: two }]\n`);
    // Each start is a process of its own, as what was parsed is also known within one.
    const start = () => {
      const module = join(import.meta.dirname, '../../../engine/index.ts');
      const program = `import { readYaml } from ${JSON.stringify(module)};
        const { value, valueAt } = readYaml(${JSON.stringify(file)});
        console.log(JSON.stringify([value, valueAt(['list', 1, 'b']).column]));`;
      const env = { ...process.env, NODE_COMPILE_CACHE: kept };
      const arguments_ = ['--input-type=module', '--eval', program];
      return execFileSync(process.execPath, arguments_, { env, encoding: 'utf8' }).trim();
    };
    try {
      const expected = '[{"list":[{"a":1},{"b":"two"}]},23]';
      assert.deepEqual([start(), start()], [expected, expected]);
      const [json = ''] = readdirSync(join(kept, 'yaml'));
      assert.equal(statSync(join(kept, 'yaml', json)).mode & 0o077, 0);
      writeFileSync(join(kept, 'yaml', json), '{"list":');
      assert.equal(start(), expected);
      // What is kept is used: else nothing was gained.
      writeFileSync(join(kept, 'yaml', json), '{"kept":true}');
      assert.ok(start().startsWith('[{"kept":true}'));
    } finally {
      rmSync(kept, { recursive: true });
    }
  });
});
