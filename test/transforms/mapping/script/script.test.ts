// Goal: a function of the analyst may serve a rule and can do nothing else: what it throws, loops
// or eats holds its message only, nothing outside is in reach, and the same message gives the same.
// Method: mappings with scripts in a folder of their own, run in the real sandbox.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChain } from '../../../../engine/chain/index.ts';
import { messageId, type ScriptUse } from '../../../../engine/index.ts';
import {
  convertBytes,
  convertStage,
  loadMapping,
  runMappingTests,
} from '../../../../transforms/mapping/index.ts';
import { admission, bytes, withField } from '../messages.ts';

const functions = `
type Field = { text: string; components: string[]; subcomponents: string[][] };
let calls = 0;
export const upper = (field: Field): string => field.text.toUpperCase();
export function swapped({ components: [family = '', given = ''] }: Field): string[] {
  return [given, family];
}
export function times(field: Field, settings: { by: number }): string {
  return field.text.repeat(settings.by);
}
export function three(): number { return 3; }
export function nothing(): void {}
export function counted(): string { calls += 1; return String(calls); }
export function throws(field: Field): never { throw new Error('secret ' + field.text); }
export function loops(): void { for (;;) {} }
export function waits(): void { Array.from({ length: 1e6 }, (_, i) => -i); for (;;) {} }
export function eats(): void {
  const all: number[][] = [];
  for (;;) all.push(new Array(1000).fill(Math.PI * all.length));
}
export function gulps(): void { let a = 3n; for (;;) a *= a; }
export function buffers(): void { const a: unknown[] = []; for (;;) a.push(new Uint8Array(1e6)); }
export function recurses(): string { return recurses(); }
export function object(): object { return { a: 1 }; }
export function promise(): unknown { return (async () => 'later')(); }
export function closure(): unknown { return () => 1; }
export function notNumber(): number { return Number.NaN; }
export function huge(): string { return 'x'.repeat(2_000_000); }
export function empty(): string { return ''; }
export function date(): string { return new Date().toISOString(); }
export function random(): string { return String(Math.random()); }
export function locale(): string { return new Intl.NumberFormat().format(1.5); }
export function imports(): unknown { return import('node:fs'); }
export function stains(): string { (Object.prototype as any).stain = 1; return 'stained'; }
export function reach(): string {
  const global = upper.constructor('return globalThis')();
  return ['process', 'require', 'fetch', 'setTimeout', 'Date', 'Intl', 'WebAssembly', 'console']
    .map((name) => typeof global[name]).join();
}
export function climb(field: Field): string {
  const outer = (field as any).constructor.constructor('return this')();
  const higher = outer.constructor.constructor('return typeof process + typeof require');
  return higher();
}
`;

describe('scripts of a mapping', () => {
  let configDir = '';
  before(() => {
    configDir = mkdtempSync(join(tmpdir(), 'plexus-script-'));
    mkdirSync(join(configDir, 'mappings', 'functions'), { recursive: true });
  });
  after(() => rmSync(configDir, { recursive: true }));

  function load(rest: string, script = functions, name = 'site') {
    writeFileSync(join(configDir, 'mappings', 'functions', `${name}.ts`), script);
    const head = `mapping: ${name}\nextends: base\nscript: functions/${name}.ts\n`;
    writeFileSync(join(configDir, 'mappings', `${name}.yaml`), head + rest);
    return loadMapping(configDir, name);
  }

  const row = (using: string, to = 'coverage.network', from = 'PID-11.3', more = '') =>
    `  - { id: x, to: ${to}, from: ${from}, using: ${using}${more} }\n`;

  function convert(rows: string, message = admission) {
    const loaded = load(`rules:\n${rows}`);
    assert.deepEqual(loaded.issues, []);
    return convertBytes(loaded, bytes(message));
  }

  /** What a function made of PID-11.3 in an admission. */
  function made(using: string, more = '') {
    const { conversion, issues } = convert(row(using, 'coverage.network', 'PID-11.3', more));
    assert.deepEqual(issues, []);
    return conversion?.contributions.find(({ type }) => type === 'Coverage')?.set.network;
  }

  it('give the value of an element', () => assert.equal(made('upper'), 'TROY'));

  it('give nothing when there is nothing to give', () => assert.equal(made('nothing'), undefined));

  it('give a conversion its field', () => {
    const rows = '  - { id: patient-name, using: swapped }\n';
    const { conversion } = convert(rows);
    const [name] = (conversion?.contributions[0]?.set.name ?? []) as fhir4.HumanName[];
    assert.deepEqual([name?.family, name?.given], ['Ada', ['Young&van']]);
  });

  it('get the settings of their rule', () => {
    assert.equal(made('times', ', with: { by: 2 }'), 'TroyTroy');
  });

  const failing: readonly (readonly [string, string])[] = [
    ['throws', 'script-failed'],
    ['recurses', 'script-failed'],
    ['date', 'script-failed'],
    ['random', 'script-failed'],
    ['locale', 'script-failed'],
    ['stains', 'script-failed'],
    ['loops', 'script-timeout'],
    ['eats', 'script-memory'],
    ['buffers', 'script-memory'],
    ['object', 'script-result'],
    ['promise', 'script-result'],
    ['closure', 'script-result'],
    ['notNumber', 'script-result'],
    ['three', 'script-result'],
    ['huge', 'script-result'],
    ['empty', 'script-result'],
  ];
  for (const [using, code] of failing) {
    it(`hold the one message of a function that ${using}, as ${code}`, () => {
      const result = convert(row(using));
      assert.equal(result.outcome, 'quarantined');
      const [issue] = result.issues;
      assert.deepEqual([issue?.code, issue?.path], [code, 'PID-11.3']);
      assert.doesNotMatch(issue?.diagnostics ?? '', /secret|Troy/);
      assert.equal(made('upper'), 'TROY');
    });
  }

  it('hold the one message of a function within which V8 looks at no limit', () => {
    const result = convert(row('gulps'));
    assert.equal(result.outcome, 'quarantined');
    assert.match(result.issues[0]?.code ?? '', /^script-(memory|timeout)$/);
    assert.equal(made('upper'), 'TROY');
  });

  it('say where they failed', () => {
    const [issue] = convert(row('throws')).issues;
    assert.match(issue?.diagnostics ?? '', /`throws` \(Error at functions\/site\.ts:14:53\)/);
  });

  it('reach nothing outside', () => {
    assert.equal(made('reach'), Array(8).fill('undefined').join());
    assert.equal(made('climb'), 'undefinedundefined');
    assert.notEqual(convert(row('imports')).outcome, 'converted');
  });

  it('keep nothing from one message to the next', () => {
    const rows = row('counted');
    const [first, second] = [convert(rows), convert(rows)];
    assert.deepEqual(first.bundle, second.bundle);
    assert.equal(made('counted'), '1');
  });

  it('are part of the mapping`s version', () => {
    const before = load(`rules:\n${row('upper')}`);
    assert.ok(before.files.some((file) => file.endsWith('functions/site.ts')));
    const after = load(`rules:\n${row('upper')}`, `${functions}\n// changed`);
    assert.notEqual(after.hash, before.hash);
  });

  it('serve the tests of their mapping', () => {
    const message = withField(admission, 'PID', 11, '1 Elm St^^Troy').join('\n      ');
    load(
      `rules:\n${row('upper')}tests:\n  - name: a town\n    message: |\n      ${message}\n` +
        '    expect:\n      Coverage.network: TROY\n',
    );
    const results = runMappingTests(configDir, 'site');
    assert.deepEqual(
      results.map(({ passed, failures }) => [passed, failures]),
      [[true, []]],
    );
  });

  it('are counted by the stage', async () => {
    load(`rules:\n${row('throws')}`);
    const context = { channel: 'c', revision: 'r', configDir, dataDir: '', key: Buffer.alloc(32) };
    const chain = createChain([convertStage.create({ mapping: 'site' }, context)]);
    const raw = bytes(admission);
    const work = { generation: 0, channel: 'c', revision: 'r', raw, sha256: '', receivedUs: 0 };
    const works = [1, 2].map((n) => ({ ...work, id: messageId(1, n), body: undefined }));
    const results = await chain.run(works);
    assert.deepEqual(
      results.map(({ verdict }) => verdict.kind),
      ['held', 'held'],
    );
    const [use, ...others] = chain.scripts();
    const { script, calls, failures } = use as ScriptUse;
    assert.deepEqual([script, calls, failures, others.length], ['site/throws', 2, 2, 0]);
    assert.deepEqual(chain.scripts(), []);
  });

  const mistakes: readonly (readonly [string, string, string, string, string])[] = [
    ['a function that is not there', row('uper'), functions, 'script-function-unknown', '5:59'],
    ['no type to strip to', row('upper'), 'const a = 1;\nlet b: = 2;', 'script-invalid', '2:8'],
    ['what strip mode lacks', row('upper'), 'enum A { b }', 'script-invalid', '1:1'],
    ['a name twice', row('upper'), 'const a = 1;\nconst a = 2;', 'script-invalid', '2:7'],
    ['an import', row('upper'), "import 'node:fs';", 'script-invalid', '1:1'],
    ['a file that never ends', row('upper'), 'for (;;) {}', 'script-invalid', '1:1'],
    [
      'no conversion',
      row('upper', 'patient.managingOrganization'),
      functions,
      'script-conversion',
      '5:71',
    ],
  ];
  for (const [what, rows, script, code, place] of mistakes) {
    it(`are refused for ${what}`, () => {
      const { issues, merged } = load(`rules:\n${rows}`, script);
      assert.deepEqual(
        issues.map((issue) => [issue.code, `${issue.line}:${issue.column}`]),
        [[code, place]],
      );
      assert.equal(merged, undefined);
      assert.match(issues[0]!.file, code === 'script-invalid' ? /site\.ts$/ : /site\.yaml$/);
    });
  }

  it('are missed where no file is named, and where the file is not there', () => {
    const path = join(configDir, 'mappings', 'none.yaml');
    writeFileSync(path, `mapping: none\nextends: base\nrules:\n${row('upper')}`);
    assert.deepEqual(
      loadMapping(configDir, 'none').issues.map(({ code }) => code),
      ['script-missing'],
    );
    writeFileSync(path, 'mapping: none\nextends: base\nscript: functions/gone.ts\n');
    const [issue] = loadMapping(configDir, 'none').issues;
    assert.deepEqual([issue?.code, issue?.line, issue?.column], ['script-unreadable', 3, 9]);
  });
});
