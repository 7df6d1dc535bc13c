// Goal: what people script against: the rows of `terminology`, its exits, and what it refuses.
// Method: the command line in this process on a data folder of its own; releases of our own that
// differ in planted ways; files that are wrong beside a release that runs.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../capture.ts';

type Row = Readonly<Record<string, unknown>>;

const codes = (version: string, concept: readonly Row[]): Row => ({
  ...{ resourceType: 'CodeSystem', url: 'urn:t:codes', version, status: 'active' },
  ...{ content: 'complete', caseSensitive: true, concept },
});
const map = (version: string, element: readonly Row[], status = 'active'): Row => ({
  ...{ resourceType: 'ConceptMap', url: 'urn:t:map', version, status },
  group: [{ source: 'urn:t:local', target: 'urn:t:codes', element }],
});
const to = (code: string, ...targets: readonly (readonly [string, string])[]): Row => ({
  code,
  target: targets.map(([target, equivalence]) => ({ code: target, equivalence })),
});
const concepts = [
  { code: 'a', display: 'A' },
  { code: 'b', display: 'B', concept: [{ code: 'b1', display: 'B 1' }] },
  { code: 'old', property: [{ code: 'status', valueCode: 'retired' }] },
];
const filter = [{ property: 'concept', op: 'is-a', value: 'b' }];
const set: Row = {
  ...{ resourceType: 'ValueSet', url: 'urn:t:set', version: '1', status: 'active' },
  compose: { include: [{ system: 'urn:t:codes', filter }] },
};
const rows = [
  to('one', ['a', 'equal']),
  to('wide', ['b', 'wider']),
  { code: 'none', target: [{ equivalence: 'unmatched' }] },
  to('two', ['a', 'equivalent'], ['b', 'equivalent']),
];

describe('the command terminology', function () {
  this.timeout(180_000);
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-terminology-'));
    mkdirSync(join(dir, 'config'));
    writeFileSync(join(dir, 'config/plexus.yaml'), 'network: example\n');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const file = (name: string, content: Row | string | Buffer): string => {
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(join(dir, name), isText ? content : JSON.stringify(content, null, 1));
    return join(dir, name);
  };
  async function ask(...words: readonly string[]) {
    const { code, lines, said } = await run([
      ...['terminology', ...words, '--json'],
      ...['--config', join(dir, 'config'), '--data', join(dir, 'data')],
    ]);
    const read = lines.filter((one) => one !== '').map((one) => JSON.parse(one) as Row);
    return { code, rows: read, said: said.join('\n') };
  }
  const load = () =>
    ask(
      'import',
      file('c.json', codes('1', concepts)),
      file('s.json', set),
      file('m.json', map('1', rows)),
    );

  it('imports, and says what became of each release', async () => {
    const { code, rows: told } = await load();
    assert.equal(code, 0);
    assert.deepEqual(told, [
      { release: 'urn:t:codes|1', kind: 'CodeSystem', outcome: 'published', count: 4 },
      { release: 'urn:t:set|1', kind: 'ValueSet', outcome: 'published', count: 2 },
      { release: 'urn:t:map|1', kind: 'ConceptMap', outcome: 'published', count: 5 },
    ]);
    const again = await ask('import', join(dir, 'm.json'));
    assert.deepEqual([again.code, again.rows[0]?.outcome], [0, 'unchanged']);
    const listed = (await ask('list')).rows.map(({ release, state }) => [release, state]);
    assert.deepEqual(listed, [
      ['urn:t:codes|1', 'active'],
      ['urn:t:map|1', 'active'],
      ['urn:t:set|1', 'active'],
    ]);
    assert.deepEqual([(await ask('verify')).code, (await ask('verify')).rows], [0, []]);
  });

  it('translates to five outcomes, by a map whose version is named', async () => {
    await load();
    const by = async (code: string) => {
      const given = ['--map', 'urn:t:map|1', '--system', 'urn:t:local', '--code', code];
      const told = await ask('translate', ...given);
      assert.equal(told.code, 0);
      return told.rows;
    };
    const release = 'urn:t:map|1';
    const target = (code: string, relationship: string) => ({
      ...{ system: 'urn:t:codes', code, relationship },
    });
    assert.deepEqual(await by('one'), [
      { outcome: 'mapped', targets: [target('a', 'equal')], release },
    ]);
    assert.deepEqual(await by('wide'), [
      { outcome: 'mapped-with-loss', targets: [target('b', 'wider')], release },
    ]);
    assert.deepEqual(await by('none'), [{ outcome: 'unmatched', targets: [], release }]);
    assert.deepEqual(await by('never-seen'), [{ outcome: 'unmapped', targets: [], release }]);
    const both = [target('a', 'equivalent'), target('b', 'equivalent')];
    assert.deepEqual(await by('two'), [{ outcome: 'ambiguous', targets: both, release }]);
    assert.equal((await ask('translate', '--map', 'urn:t:map', '--code', 'one')).code, 64);
    const absent = await ask('translate', '--map', 'urn:t:map|7', '--code', 'one');
    assert.equal(absent.code, 74);
  });

  it('looks up and expands, of the store, of what is shipped, and units', async () => {
    await load();
    const found = await ask('lookup', '--system', 'urn:t:codes', '--code', 'b1');
    assert.deepEqual(found.rows[0]?.parents, ['b']);
    assert.equal(found.rows[0]?.release, 'urn:t:codes|1');
    assert.equal((await ask('lookup', '--system', 'urn:t:codes', '--code', 'zz')).code, 1);
    const unit = await ask('lookup', '--system', 'http://unitsofmeasure.org', '--code', 'mg/dL');
    assert.equal(unit.code, 0);
    assert.deepEqual((await ask('expand', 'urn:t:set|1')).rows, [
      { system: 'urn:t:codes', code: 'b', display: 'B' },
      { system: 'urn:t:codes', code: 'b1', display: 'B 1' },
    ]);
    const shipped = 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1';
    assert.equal((await ask('expand', shipped)).rows.length, 4);
  });

  it('tells what a later release says otherwise, a line a change', async () => {
    await load();
    const next = [
      { code: 'a', display: 'Alpha' },
      { code: 'b', display: 'B' },
      { code: 'new', display: 'New' },
      { code: 'old', property: [{ code: 'status', valueCode: 'retired' }] },
    ];
    await ask('import', file('c2.json', codes('2', next)));
    const changed = [to('one', ['b', 'equal']), ...rows.slice(1), to('more', ['a', 'equal'])];
    await ask('import', file('m2.json', map('2', changed)));
    const changes = async (url: string) =>
      (await ask('diff', `${url}|1`, `${url}|2`)).rows
        .map(({ change, code }) => `${String(change)} ${String(code)}`)
        .sort();
    const system = await changes('urn:t:codes');
    for (const one of ['added new', 'display a', 'removed b1'])
      assert.equal(system.filter((each) => each === one).length, 1, `${one}: ${system.join()}`);
    const mapped = await changes('urn:t:map');
    assert.equal(mapped.filter((one) => one.endsWith(' one')).length, 1, mapped.join());
    assert.equal(mapped.filter((one) => one.endsWith(' more')).length, 1, mapped.join());
    assert.equal(mapped.length, 2);
  });

  it('tells the changes of releases that come with Plexus, and of one against an own', async () => {
    const table = 'http://terminology.hl7.org/CodeSystem/v2-0290';
    const shipped = await ask('diff', `${table}|2.9`, `${table}|3.0.0`);
    assert.equal(shipped.code, 0);
    const defined = shipped.rows.find(
      ({ change, code }) => change === 'definition' && code === '0',
    );
    assert.deepEqual([defined?.was, defined?.now], [null, 'A']);
    const own = { ...codes('9', [{ code: '0' }, { code: 'own' }]), url: table };
    await ask('import', file('own.json', own));
    const { rows: changes } = await ask('diff', `${table}|9`, `${table}|3.0.0`);
    const said = changes.map(({ change, code }) => `${String(change)} ${String(code)}`);
    assert.ok(said.includes('removed own') && said.includes('added 63'), said.join());
    assert.equal((await ask('diff', `${table}|2.9`, `${table}|none`)).code, 74);
  });

  it('refuses a wrong file whole, with its line; what runs stays', async () => {
    await load();
    const before = (await ask('list')).rows;
    const circle = codes('3', [
      { code: 'x', property: [{ code: 'parent', valueCode: 'y' }] },
      { code: 'y', property: [{ code: 'parent', valueCode: 'x' }] },
    ]);
    const columns = 'source_code,target_system,target_code,relationship\n';
    const twice = `${columns}A,urn:t:codes,a,equivalent\nA,urn:t:codes,a,equivalent\n`;
    const latin = Buffer.from(`${columns}\xe9,urn:t:codes,a,equivalent\n`, 'latin1');
    const faults: readonly (readonly [string, Row | string | Buffer, string])[] = [
      ['cut.json', JSON.stringify(circle, null, 1).slice(0, 90), 'json-truncated'],
      ['latin@1.csv', latin, 'encoding-invalid'],
      ['circle.json', circle, 'hierarchy-cycle'],
      ['retired.json', map('3', [to('one', ['old', 'equal'])]), 'target-retired'],
      ['twice@1.csv', twice, 'target-duplicate'],
      ['otherwise.json', map('1', [to('one', ['b', 'equal'])]), 'release-published'],
    ];
    for (const [name, content, fault] of faults) {
      const told = await ask(
        'import',
        file(name, content),
        file('good.json', { ...set, version: '9' }),
      );
      assert.equal(told.code, 1, name);
      const found = told.rows.find(({ code }) => code === fault);
      assert.ok(Number(found?.line) > 0, `${name}: ${JSON.stringify(told.rows)}`);
      assert.deepEqual((await ask('list')).rows, before, name);
    }
  });

  it('exports a release as it came, and a draft answers to its version alone', async () => {
    await load();
    const { rows: exported } = await ask('export', 'urn:t:map|1');
    assert.equal(exported[0]?.url, 'urn:t:map');
    await ask('import', file('d.json', { ...codes('9', [{ code: 'a' }]), status: 'draft' }));
    const newest = await ask('lookup', '--system', 'urn:t:codes', '--code', 'a');
    assert.equal(newest.rows[0]?.release, 'urn:t:codes|1');
    const asked = await ask('lookup', '--system', 'urn:t:codes|9', '--code', 'a');
    assert.equal(asked.rows[0]?.release, 'urn:t:codes|9');
  });

  it('translates by a map of the configuration, and lists under both words', async () => {
    mkdirSync(join(dir, 'config/terminology/maps/west'), { recursive: true });
    const header = 'source_code,target_system,target_code,relationship';
    file('config/terminology/maps/west/lab@1.csv', `${header}\nK,urn:t:codes,a,wider\n`);
    const { code, rows: found } = await ask(
      ...['translate', '--map', 'west/lab@1', '--system', 'urn:t:local|1', '--code', 'K'],
    );
    assert.equal(code, 0);
    assert.deepEqual(
      found.map(({ outcome, release }) => [outcome, release]),
      [['mapped-with-loss', 'west/lab@1']],
    );
    await ask('import', file('codes.json', codes('1', concepts)));
    const [ls, list] = [await ask('ls'), await ask('list')];
    assert.deepEqual(ls.rows, list.rows);
    assert.equal(ls.rows.length, 1);
    mkdirSync(join(dir, 'empty'));
    assert.equal((await ask('import', join(dir, 'empty'))).code, 64, 'a folder without files');
    const utf16 = await ask('import', file('x.csv', header), '--encoding', 'utf-16le');
    assert.equal(utf16.code, 64);
  });

  it('refuses a pin that nobody published: at lint with its place, and at the start', async () => {
    for (const folder of ['channels', 'mappings']) mkdirSync(join(dir, 'config', folder));
    file('config/plexus.yaml', 'network: example\nhttp: { port: 2 }\n');
    const dialect = 'dialect:\n  timezone: America/Chicago\n';
    file('config/mappings/west.yaml', `mapping: west\nextends: base\nsource: west\n${dialect}`);
    file(
      'config/channels/west.yaml',
      `channel: west
owner: lab@west.example
source: { mllp: { port: 1 } }
stages:
  - convert: { mapping: west }
  - translate:
      maps: { lab-code: 'urn:t:map|1' }
      value_sets: { some: 'urn:t:set|1' }
  - store
`,
    );
    const at = ['--config', join(dir, 'config'), '--data', join(dir, 'data')] as const;
    const lint = async () => {
      const { code, lines, said } = await run(['lint', '--json', ...at]);
      const found = lines
        .map((line) => JSON.parse(line))
        .filter(({ severity }) => severity === 'error');
      return {
        code,
        said: said.join(),
        found: found.map((one) => [one.code, one.line, one.column]),
      };
    };
    const early = await lint();
    assert.deepEqual([early.code, early.found], [0, []], early.said);
    assert.match(early.said, /release-unchecked/, 'without a data folder nobody knows');
    const started = await run(['run', '--ports', 'any', ...at]);
    assert.equal(started.code, 78);
    const draft = file('map.json', map('1', rows, 'draft'));
    await ask('import', draft, file('codes.json', codes('1', concepts)));
    assert.deepEqual((await lint()).found, [
      ['release-draft', 7, 25],
      ['release-missing', 8, 27],
    ]);
    await ask('import', file('map.json', map('1', rows)), file('set.json', set));
    assert.deepEqual(await lint(), { code: 0, said: '0 errors, 0 warnings', found: [] });
  });
});
