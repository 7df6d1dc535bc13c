// Goal: the files that make a mapping are told without reading it whole, and the check of a
// channel says the same of them whether or not an earlier start looked at them.
// Method: the list against what `loadMapping` read, for every mapping of the example network, one
// with a script, one that extends another, and broken ones; then a mapping that is right, wrong
// and right again, checked twice each time.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  convertStage,
  loadMapping,
  mappingFiles,
  mappingNames,
} from '../../../transforms/mapping/index.ts';

const root = join(import.meta.dirname, '../../..');

describe('the files of a mapping', () => {
  const configDir = mkdtempSync(join(tmpdir(), 'plexus-mapping-files-'));
  const write = (name: string, text: string) =>
    writeFileSync(join(configDir, 'mappings', name), text);
  const cache = process.env.NODE_COMPILE_CACHE;
  before(() => {
    process.env.NODE_COMPILE_CACHE = join(configDir, 'cache');
    cpSync(join(root, 'config/mappings'), join(configDir, 'mappings'), { recursive: true });
  });
  after(() => {
    if (cache === undefined) delete process.env.NODE_COMPILE_CACHE;
    else process.env.NODE_COMPILE_CACHE = cache;
    rmSync(configDir, { recursive: true });
  });
  const same = (name: string) =>
    assert.deepEqual(
      [...mappingFiles(configDir, name)].sort(),
      [...loadMapping(configDir, name).files].sort(),
    );

  it('are those that it is loaded from', () => {
    write(
      'child.yaml',
      'mapping: child\nsource: child\nextends: st-anne\nscript: functions/own.ts\n',
    );
    mkdirSync(join(configDir, 'mappings/functions'), { recursive: true });
    write('functions/own.ts', 'export const own = (value: string) => value;\n');
    for (const name of ['base', ...mappingNames(configDir)]) same(name);
    cpSync(join(root, 'config/authorities.yaml'), join(configDir, 'authorities.yaml'));
    for (const name of ['base', 'child']) same(name);
  });

  it('end where a mistake ends them', () => {
    write('round.yaml', 'mapping: round\nsource: x\nextends: about\n');
    write('about.yaml', 'mapping: about\nsource: x\nextends: round\n');
    write('orphan.yaml', 'mapping: orphan\nsource: x\nextends: nobody\n');
    write('torn.yaml', 'mapping: [\n');
    for (const name of ['round', 'about', 'orphan', 'torn', 'absent']) same(name);
  });

  it('are checked anew when one of them changed, and not judged otherwise', () => {
    const at = () => ({ file: 'c.yaml', line: 1, column: 1 });
    const codes = () =>
      convertStage.check!({ mapping: 'probe' }, { configDir, channel: 'c', at }).map(
        (issue) => issue.code,
      );
    const probe = (family: string) =>
      write(
        'probe.yaml',
        `mapping: probe\nextends: base\nsource: probe\ntests:\n  - name: a name\n    message: |
      MSH|^~\\&|A|B|C|D|20260101||ADT^A01^ADT_A01|1|P|2.5.1\n      PID|1||7^^^A||Doe^Ann
      PV1|1|I|||||||||||||||||V1\n    expect: { 'Patient.name[0].family': ${family} }\n`,
      );
    for (const [family, expected] of [
      ['Doe', []],
      ['Roe', ['mapping-test-failed']],
      ['Doe', []],
    ] as const) {
      probe(family);
      assert.deepEqual([codes(), codes()], [expected, expected], family);
    }
  });
});
