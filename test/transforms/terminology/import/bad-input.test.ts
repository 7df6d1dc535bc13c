// Goal: a wrong file is refused whole, with the line, and what ran before still runs.
// Method: a table of files, each with one fault; a good file beside it must not get in. A process
// that is killed in the middle of an import leaves the running releases and nothing else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openTerminology } from '../../../../transforms/terminology/store/index.ts';
import { codeSystem, conceptMap, openStore } from '../store/opened.ts';

const lines = (...texts: readonly string[]) => texts.join('\n');
const cycle = codeSystem([
  { code: 'a', property: [{ code: 'parent', valueCode: 'b' }] },
  { code: 'b', property: [{ code: 'parent', valueCode: 'a' }] },
]);
const map = (...targets: readonly object[]) => conceptMap([{ code: '1', target: targets }]);
const equal = { code: 'live', equivalence: 'equal' };
const columns = 'source_code,target_system,target_code,relationship';
const rf2Header = 'id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\r\n';

type Fault = readonly [
  what: string,
  name: string,
  content: string | Buffer,
  code: string,
  line: number,
];
const faults: readonly Fault[] = [
  ['JSON cut short', 'x.json', JSON.stringify(cycle, null, 1).slice(0, 90), 'json-truncated', 5],
  ['a Latin-1 file', 'm@1.csv', Buffer.from('a\nb\n\xe9\n', 'latin1'), 'format-unknown', 0],
  [
    'a Latin-1 cell',
    'f/m@1.csv',
    Buffer.from(lines(columns, 'A,urn:x,a,equivalent', '\xe9,urn:x,b,equivalent'), 'latin1'),
    'encoding-invalid',
    3,
  ],
  ['UTF-16', 'x.json', Buffer.from('\ufeff{}', 'utf16le'), 'encoding-invalid', 1],
  ['a circle', 'x.json', JSON.stringify(cycle, null, 1), 'hierarchy-cycle', 10],
  [
    'a code twice',
    'x.json',
    JSON.stringify(codeSystem([{ code: 'a' }, { code: 'a' }]), null, 1).replaceAll('\n  {', '\n{'),
    'code-duplicate',
    13,
  ],
  [
    'a retired target',
    'x.json',
    JSON.stringify(map({ ...equal, code: 'dead' })),
    'target-retired',
    1,
  ],
  ['equal targets', 'x.json', JSON.stringify(map(equal, equal)), 'target-duplicate', 1],
  [
    'equal targets in CSV',
    'f/m@1.csv',
    lines(columns, 'A,urn:x,a,equivalent', 'B,urn:x,b,wider', 'A,urn:x,a,equivalent', ''),
    'target-duplicate',
    4,
  ],
  [
    'a match and none',
    'f/m@1.csv',
    lines(columns, 'A,urn:x,a,equivalent', 'A,,,unmatched', ''),
    'target-contradiction',
    3,
  ],
  ['a quote that stays open', 'f/m@1.csv', lines(columns, '"A,urn:x'), 'csv-quote-open', 2],
  ['a row too short', 'f/m@1.csv', lines(columns, 'A,urn:x,a'), 'row-width', 2],
  [
    'RF2 cut short',
    'sct2_Concept_Snapshot_INT_20260101.txt',
    `${rf2Header}1\t2\t1\t3\t4\r\n5\t6`,
    'file-missing',
    0,
  ],
  [
    'an order file cut short',
    'icd10cm-order-2026.txt',
    `00001 A00     0 ${'Cholera'.padEnd(60)} Cholera\r\n00002 A000`,
    'row-invalid',
    2,
  ],
  ['XML cut short', 'icd10cm-tabular-2026.xml', '<ICD10CM.tabular>\n<chapter>', 'xml-invalid', 2],
  [
    'a package cut short',
    'p.tgz',
    gzipSync('x'.repeat(9_000)).subarray(0, 30),
    'package-damaged',
    0,
  ],
];

const running = codeSystem([
  { code: 'live' },
  { code: 'dead', property: [{ code: 'status', valueCode: 'retired' }] },
]);

describe('a file with a fault', () => {
  for (const [what, name, content, code, line] of faults)
    it(`is refused whole: ${what}`, async () => {
      using opened = openStore();
      await opened.importJson(running);
      const before = opened.store.list();
      const good = codeSystem([{ code: 'x' }], { url: 'urn:test:good' });
      const report = await opened.import([
        opened.write('good.json', JSON.stringify(good)),
        opened.write(name, content),
      ]);
      assert.equal(report.outcome, 'refused');
      const [found] = report.findings.filter(({ severity }) => severity === 'error');
      assert.deepEqual([found?.code, found?.line], [code, line]);
      assert.deepEqual(opened.store.list(), before);
      assert.deepEqual(opened.store.verify(), { releases: 1, damaged: [] });
      const left = opened.store.db.prepare('SELECT count(*) FROM concept').pluck().get();
      assert.equal(left, 2);
    });

  it('is only looked at in a dry run', async () => {
    using opened = openStore();
    const file = opened.write('x.json', JSON.stringify(running));
    const report = await opened.import([file], { dryRun: true });
    assert.deepEqual([report.outcome, report.releases[0]?.outcome], ['checked', 'published']);
    assert.deepEqual(opened.store.list(), []);
  });
});

describe('an import that is killed', () => {
  it('leaves the running releases and nothing else, and may begin anew', async () => {
    using opened = openStore();
    await opened.importJson(running);
    const many = Array.from({ length: 40_000 }, (_, at) => ({ code: `c${at}` }));
    const big = codeSystem(many, { url: 'urn:test:big' });
    const file = opened.write('big.json', JSON.stringify(big));
    const importer = join(import.meta.dirname, 'killed-import.ts');
    const given = [importer, opened.file, opened.key.toString('hex'), file];
    const killed = spawnSync(process.execPath, given);
    assert.equal(killed.signal, 'SIGKILL', killed.stderr.toString());
    using again = openTerminology({ file: opened.file, key: opened.key });
    const left = () => again.db.prepare('SELECT count(*) FROM concept').pluck().get() as number;
    assert.ok(left() > 2, 'it was killed before anything was written');
    assert.deepEqual(
      again.list().map(({ url }) => url),
      ['urn:test:codes'],
    );
    assert.deepEqual(again.verify().damaged, []);
    const report = await opened.import([file]);
    assert.equal(report.outcome, 'imported');
    assert.equal(left(), 2 + many.length);
  });
});
