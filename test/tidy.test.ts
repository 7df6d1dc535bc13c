// Goal: the house stays in order: who may import whom, how long and wide a file is, nothing dead,
// nothing unfinished, nothing of the machine it was written on.
// Method: pure rules over every file that git tracks; each rule is also shown a planted violation,
// and the linter that enforces the import table at `npm run check` is shown one a folder.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { judgeFunctions } from './tidy/functions.ts';
import { findCycles, findDead, importsOf, judgeImport, specifiersOf } from './tidy/imports.ts';
import { isOfTheHouse, judgeMentions, judgePath, judgeText } from './tidy/text.ts';

const root = join(import.meta.dirname, '..');
const listed = (...flags: string[]): readonly string[] =>
  execFileSync('git', ['ls-files', ...flags], { cwd: root })
    .toString()
    .split('\n')
    .filter((file) => file !== '' && file !== 'node_modules' && existsSync(join(root, file)));
const added = new Set(listed());
// What somebody laid beside the house, such as the files of a tutorial, is no part of it.
const tracked = listed('-co', '--exclude-standard').filter((file) => isOfTheHouse(file, added));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const sources = tracked.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
const imports = sources.flatMap((file) => importsOf(file, read(file)));
const written = tracked.filter((file) =>
  /\.(ts|js|mjs|css|html|md|ya?ml|json|sh)$|(^|\/)(plexus|node24|run)$/.test(file),
);

const none = (findings: readonly string[]): void =>
  assert.deepEqual(findings, [], `\n${findings.join('\n')}`);

/** Whose parts still know each other's types both ways: a circle that Node never sees. */
const knotted = /^transforms\/(?:mapping|identity\/(?:decide|policy))\//;

describe('the house', () => {
  it('has only names that say something', () => none([...new Set(tracked.flatMap(judgePath))]));

  it('keeps its texts short, narrow, finished and free of this machine', () =>
    none(
      written
        .filter((file) => file !== 'package-lock.json')
        .flatMap((file) => judgeText(file, read(file))),
    ));

  it('names files that are there', () =>
    none(
      written
        .filter((file) => !file.startsWith('docs/tutorial/'))
        .flatMap((file) => judgeMentions(file, read(file), tracked)),
    ));

  it('has functions that fit a screen', () => {
    const product = sources.filter((file) => !file.startsWith('test/'));
    none(product.flatMap((file) => judgeFunctions(file, read(file))));
  });

  it('follows the import table, by the folders’ doors', () =>
    none(imports.flatMap((one) => judgeImport(one) ?? [])));

  it('imports only files that are there', () =>
    none(
      imports
        .filter(({ to }) => !existsSync(join(root, to)))
        .map(({ from, to }) => `${from} imports ${to}, which does not exist`),
    ));

  it('has no import cycle, of types neither but in two folders', () => {
    const typeOnly = /^\s*(?:import|export) type\b[^'"`;]*?from\s*'[^']+';?/gm;
    const judged = (file: string): string =>
      knotted.test(file) ? read(file).replace(typeOnly, '') : read(file);
    none(findCycles(sources.flatMap((file) => importsOf(file, judged(file)))));
  });

  it('has no dead file', () => {
    const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
    const launched = [...Object.values(scripts), read('plexus')].flatMap(
      (text) => text.match(/\b(?:bin|bench|test)\/[\w/.-]+\.ts\b/g) ?? [],
    );
    const entries = sources.filter((file) => /\.test\.ts$|\/index\.ts$/.test(file));
    none(findDead(sources, imports, [...launched, ...entries]));
  });
});

describe('the rules of the house', () => {
  it('see every kind of import', () => {
    const text = [
      'import a from "./a.ts";',
      'import {\n  b,\n} from "./b.ts";',
      'import "./c.ts";',
      'export * from "./d.ts";',
      'const e = await import("./e.ts");',
      'new Worker(new URL("./f.ts", import.meta.url));',
      'const g = join(import.meta.dirname, "g.ts");',
      'const h = () => require("./h.ts");',
      '// import "./comment.ts";',
      '/* import "./block.ts"; */',
    ]
      .join('\n')
      .replaceAll('"', "'");
    const expected = [
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
      './g.ts',
      './h.ts',
    ];
    assert.deepEqual(specifiersOf(text).toSorted(), expected);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['engine/a.ts', 'channels/mllp/index.ts'],
    ['engine/http/a.ts', 'transforms/fhir/index.ts'],
    ['channels/mllp/a.ts', 'transforms/fhir/index.ts'],
    ['channels/mllp/a.ts', 'engine/errors.ts'],
    ['channels/mllp/a.ts', 'channels/fhir/listener.ts'],
    ['transforms/hl7v2/a.ts', 'routes/files/index.ts'],
    ['transforms/mapping/a.ts', 'transforms/hl7v2/parse.ts'],
    ['transforms/identity/a.ts', 'transforms/terminology/index.ts'],
    ['routes/files/a.ts', 'channels/files/index.ts'],
    ['routes/files/a.ts', 'monitoring/metrics/index.ts'],
    ['monitoring/metrics/a.ts', 'channels/mllp/index.ts'],
    ['bin/a.ts', 'test/faults/plexus.ts'],
    ['bin/a.ts', 'routes/spine/store.ts'],
  ];
  for (const [from, to] of refused) {
    it(`refuse that ${from} imports ${to}`, () => assert.ok(judgeImport({ from, to })));
  }

  const allowed: readonly (readonly [string, string])[] = [
    ['engine/journal/a.ts', 'engine/errors.ts'],
    ['engine/index.ts', 'engine/config/index.ts'],
    ['channels/mllp/a.ts', 'transforms/hl7v2/index.ts'],
    ['transforms/mapping/a.ts', 'transforms/hl7v2/index.ts'],
    ['routes/spine/a.ts', 'transforms/fhir/index.ts'],
    ['monitoring/console/a.ts', 'engine/index.ts'],
    ['bin/commands/run.ts', 'bin/engine.ts'],
  ];
  for (const [from, to] of allowed) {
    it(`allow that ${from} imports ${to}`, () =>
      assert.equal(judgeImport({ from, to }), undefined));
  }

  it('find cycles and dead files', () => {
    const chain = [
      { from: 'a.ts', to: 'b.ts' },
      { from: 'b.ts', to: 'c.ts' },
    ];
    assert.deepEqual(findCycles(chain), []);
    assert.equal(findCycles([...chain, { from: 'c.ts', to: 'a.ts' }]).length, 1);
    assert.deepEqual(findDead(['a.ts', 'b.ts', 'c.ts', 'd.ts'], chain, ['a.ts']), ['d.ts']);
  });

  it('count the lines of a function without those of the functions inside it', () => {
    const inner = `  function inner() {\n${'    work();\n'.repeat(65)}  }\n`;
    const factory = `export function create() {\n${inner}${inner}}\n`;
    assert.deepEqual(judgeFunctions('a.ts', factory), []);
    const long = `const long = (a: number) => {\n${'  work();\n'.repeat(69)}};\n`;
    assert.match(judgeFunctions('a.ts', long)[0] ?? '', /a\.ts:1: a function of 71 lines/);
    const wide = `async function wide(\n  a: string,\n): void {\n${'  x();\n'.repeat(69)}}\n`;
    assert.equal(judgeFunctions('a.ts', wide).length, 1);
  });

  it('find what should not be in a text', () => {
    const unfinished = `// ${['TO', 'DO'].join('')}: later`;
    const planted: readonly (readonly [string, string])[] = [
      ['engine/a.ts', unfinished],
      ['engine/a.ts', `const a = '${'x'.repeat(100)}';`],
      ['engine/a.ts', 'const a = 1;\n'.repeat(301)],
      ['docs/a.md', `see ${['', 'home', 'me', 'x'].join('/')}`],
      ['test/a.test.ts', '// Only a title.\n'],
    ];
    const mention = (file: string): string => `see ${'`'}${file}${'`'}`;
    for (const [file, text] of planted) assert.equal(judgeText(file, text).length, 1, text);
    assert.equal(judgeMentions('a.md', mention('engine/b.ts'), ['engine/a.ts']).length, 1);
    assert.deepEqual(judgeMentions('a.md', mention('b.ts'), ['engine/b.ts']), []);
    assert.equal(judgePath('engine/utils/a.ts').length, 1);
    assert.equal(judgePath('engine/camelCase.ts').length, 1);
    assert.equal(judgePath('lib/a.ts').length, 2);
  });

  it('are not for what lies beside it, until git has it', () => {
    const judged = ['a04.hl7', 'lakeside-samples/a.txt', 'test/new.ts', 'lib/a.ts'].filter((file) =>
      isOfTheHouse(file, new Set(['lib/a.ts'])),
    );
    assert.deepEqual(judged, ['test/new.ts', 'lib/a.ts']);
  });
});

describe('the linter', () => {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const scratch = mkdtempSync(join(tmpdir(), 'plexus-lint-'));
  copyFileSync(join(root, 'biome.json'), join(scratch, 'biome.json'));
  after(() => rmSync(scratch, { recursive: true }));

  /** What the linter says of these files, in one run: each start of it costs. */
  const lint = (files: readonly (readonly [string, string])[]): string => {
    for (const [file, text] of files) {
      mkdirSync(dirname(join(scratch, file)), { recursive: true });
      writeFileSync(join(scratch, file), text);
    }
    const args = [biome, 'lint', '--vcs-enabled=false', ...files.map(([file]) => file)];
    const result = spawnSync(process.execPath, args, { cwd: scratch, encoding: 'utf8' });
    return `${result.stdout}${result.stderr}`;
  };
  const planted: readonly (readonly [string, string])[] = [
    ['engine/planted.ts', '../channels/mllp/index.ts'],
    ['channels/mllp/planted.ts', '../../transforms/fhir/index.ts'],
    ['transforms/fhir/planted.ts', '../../routes/spine/index.ts'],
    ['transforms/identity/planted.ts', '../terminology/index.ts'],
    ['routes/files/planted.ts', '../../monitoring/metrics/index.ts'],
    ['monitoring/health/planted.ts', '../../engine/errors.ts'],
  ];
  const refusals = (text: string): string[] =>
    Array.from(
      text.matchAll(/^(\S+):\d+:\d+ lint\/style\/noRestrictedImports/gm),
      (hit) => hit[1]!,
    );

  // It does not see what is loaded by `require`; the house does, above.
  it('refuses what the table forbids, however it is imported', () => {
    for (const how of [
      (specifier: string) => `import '${specifier}';\n`,
      (specifier: string) => `export const late = () => import('${specifier}');\n`,
    ]) {
      const said = lint(planted.map(([file, specifier]) => [file, how(specifier)]));
      assert.deepEqual(refusals(said).sort(), planted.map(([file]) => file).sort(), said);
    }
  });

  it('refuses nothing else', () => {
    const said = lint(planted.map(([file]) => [file, "import 'node:fs';\n"]));
    assert.match(said, /Checked 6 files/);
    assert.deepEqual(refusals(said), []);
  });
});
