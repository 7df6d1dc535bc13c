// Goal: lint says of a channel file what would surprise people later: a name of its own, a route
// that has nothing to deliver, a duplicate window that expires before its time.
// Method: small configurations with the real components, each with one such mistake.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './capture.ts';

describe('lint of a network', () => {
  let dir: string;
  const west = (more: string): string =>
    `channel: west\nowner: t@west.example\nsource: { mllp: { port: 6661 } }\n${more}`;
  const lint = async (files: Readonly<Record<string, string>>): Promise<string[]> => {
    const all = { 'plexus.yaml': 'network: example\n', ...files };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(dir, name), text);
    const { lines } = await run(['lint', '--json', '--config', dir, '--data', join(dir, 'none')]);
    return lines.map((line) => {
      const { severity, code, line: at, column } = JSON.parse(line);
      return `${at}:${column} ${severity} ${code}`;
    });
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-lint-'));
    mkdirSync(join(dir, 'channels'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('names the mapping whose test does not hold, not one of what it extends', async () => {
    mkdirSync(join(dir, 'mappings'));
    const message = '      MSH|^~\\&|A|B|||20240101||ADT^A28|1|P|2.5\n      PID|1||1^^^B^MR||Y^A\n';
    const mapping =
      'mapping: west\nextends: base\nsource: west\ntests:\n  - name: a name\n' +
      `    message: |\n${message}    expect: { "Patient.name[0].family": Z }\n`;
    writeFileSync(join(dir, 'mappings/west.yaml'), mapping);
    const stages = 'stages:\n  - convert: { mapping: west }\n';
    writeFileSync(join(dir, 'channels/west.yaml'), west(stages));
    writeFileSync(join(dir, 'plexus.yaml'), 'network: example\n');
    const { lines } = await run(['lint', '--json', '--config', dir, '--data', join(dir, 'none')]);
    const found = lines.map((line) => JSON.parse(line) as { code: string; file: string });
    const failed = found.find(({ code }) => code === 'mapping-test-failed');
    assert.equal(failed?.file, join(dir, 'mappings/west.yaml'));
  });

  it('warns of a use that no row marks, and of a stage that cannot read what comes', async () => {
    const stages = (first: string, use: string) =>
      `stages:\n  - ${first}\n  - translate: { maps: { ${use}: none } }\n`;
    const told = async (first: string, use: string) =>
      lint({ 'channels/west.yaml': west(stages(first, use)) });
    const convert = 'convert: { mapping: base }';
    assert.deepEqual(await told(convert, 'lab-code'), []);
    assert.deepEqual(await told(convert, 'lab-cod'), ['6:26 warning mark-unknown']);
    const fhir = 'read-fhir: { source: west }';
    assert.deepEqual(await told(fhir, 'lab-code'), ['5:5 warning stage-unfit']);
  });

  it('warns of a folder whose name is misspelt, and of no other', async () => {
    mkdirSync(join(dir, 'mapings'));
    mkdirSync(join(dir, 'notes'));
    assert.deepEqual(await lint({}), ['1:1 warning folder-unknown']);
  });

  it('wants a channel in the file of its name', async () => {
    const misnamed = await lint({ 'channels/east.yaml': west('') });
    assert.deepEqual(misnamed, ['1:10 warning channel-file-name']);
  });

  it('wants `store` before a route that delivers what was stored', async () => {
    const routes = 'routes:\n  - files: { folder: out }\n';
    const without = await lint({ 'channels/west.yaml': west(routes) });
    assert.deepEqual(without, ['5:5 error stage-order']);
    const convert = '  - convert: { mapping: base }\n';
    const unstored = await lint({ 'channels/west.yaml': west(`stages:\n${convert}${routes}`) });
    assert.deepEqual(unstored, ['7:5 error stage-order']);
    const stages = `stages:\n${convert}  - identify\n  - store\n`;
    assert.deepEqual(await lint({ 'channels/west.yaml': west(stages + routes) }), []);
    const misspelt = await lint({ 'channels/west.yaml': west(`stage: [store]\n${routes}`) });
    assert.deepEqual(misspelt, ['4:1 error config-unknown-key']);
  });

  it('tells a duplicate window that is longer than finished work stays', async () => {
    const brief = { 'plexus.yaml': 'network: example\nretention: { work_days: 2 }\n' };
    const byDefault = await lint({ ...brief, 'channels/west.yaml': west('') });
    assert.deepEqual(
      byDefault.map((line) => line.replace(/^\S+ /, '')),
      ['warning dedupe-window-cut'],
    );
    const asked = await lint({ ...brief, 'channels/west.yaml': west('dedupe_hours: 49\n') });
    assert.deepEqual(asked, ['4:15 warning dedupe-window-cut']);
    assert.deepEqual(
      await lint({ ...brief, 'channels/west.yaml': west('dedupe_hours: 48\n') }),
      [],
    );
  });
});
