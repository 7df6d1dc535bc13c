// Goal: codes are translated by the pinned release and by nothing else, the original stays first,
// and an unknown code is seen but blocks nothing; a wrong map is refused with line and column.
// Method: releases written into a folder, the stage run as the engine runs it; a property that
// renders any table as CSV and reads it back; the example network's own maps.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { CheckContext, MessageId, Outcome, Work } from '../../../engine/index.ts';
import type { Contribution, Conversion, Mark } from '../../../transforms/fhir/index.ts';
import { readCsv } from '../../../transforms/terminology/csv.ts';
import {
  codeMapReleases,
  loadCodeMap,
  translateCode,
  translateStage,
} from '../../../transforms/terminology/index.ts';

const header = 'source_system,source_code,target_system,target_code,target_display,relationship';
const loinc = 'http://loinc.org';

describe('translate', () => {
  const configDir = mkdtempSync(join(tmpdir(), 'plexus-terminology-'));
  after(() => rmSync(configDir, { recursive: true }));

  function publish(release: string, ...rows: string[]): string {
    const file = join(configDir, 'terminology/maps', `${release}.csv`);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, `${[header, ...rows].join('\n')}\n`);
    return file;
  }

  publish(
    'mercy/lab@1',
    `urn:local,K,${loinc},2823-3,Potassium,equivalent`,
    `,GLU,${loinc},2345-7,Glucose,wider`,
    `,TWO,${loinc},1-1,,equivalent`,
    `,TWO,${loinc},2-2,,equivalent`,
    `,BEST,${loinc},3-3,,inexact`,
    `,BEST,${loinc},4-4,,equivalent`,
    ',NONE,,,,unmatched',
  );
  publish('mercy/lab@2', `,K,${loinc},9999-9,Another,equivalent`);

  const observation = (...coding: object[]): Contribution => ({
    type: 'Observation',
    id: 'o',
    set: { status: 'final', code: { coding, text: 'as sent' } },
    remove: [],
  });
  const mark = (contribution: number, path: Mark['path'] = ['code'], use = 'lab'): Mark => ({
    contribution,
    path,
    use,
  });

  function run(contributions: Contribution[], marks: Mark[], release = 'mercy/lab@1') {
    const body: Conversion = {
      messageType: 'ORU^R01',
      controlId: '',
      contributions,
      unvisited: [],
      issues: [],
      marks,
      provenance: { mapping: 'm', maps: [] },
    };
    const before = structuredClone(body);
    const context = { channel: 'c', revision: 'r', configDir, dataDir: '', key: Buffer.alloc(32) };
    const stage = translateStage.create({ maps: { lab: release } }, context);
    const work: Work<Conversion> = {
      id: 1 as MessageId,
      generation: 0,
      channel: 'c',
      revision: 'r',
      raw: Buffer.alloc(0),
      sha256: '',
      receivedUs: 0,
      body,
    };
    const outcome = stage.run(work) as Outcome<Conversion>;
    assert.ok(outcome.kind === 'pass');
    assert.deepEqual(body, before, 'what the mapping emitted is left as it was');
    return { ...outcome.body, remarks: outcome.issues };
  }

  it('says which own codes no map is pinned for, once a message, and not of shared ones', () => {
    const own = observation({ system: 'urn:local', code: 'K' });
    const shared = observation({ system: loinc, code: '1-1' });
    const both = run([own, own, shared], [mark(0, ['code'], 'other'), mark(1, ['code'], 'other')]);
    assert.deepEqual(
      both.remarks.map(({ severity, code }) => [severity, code]),
      [['information', 'code-map-unpinned']],
    );
    assert.match(both.remarks[0]?.diagnostics ?? '', /other/);
    assert.deepEqual(run([shared], [mark(0, ['code'], 'other')]).remarks, []);
    assert.deepEqual(run([own], [mark(0)], 'none').remarks, []);
  });

  it('appends the translation behind the original and names the release', () => {
    const original = { system: 'urn:local', code: 'K', display: 'Kalium' };
    const { contributions, provenance, remarks } = run([observation(original)], [mark(0)]);
    const added = { system: loinc, code: '2823-3', display: 'Potassium' };
    assert.deepEqual(contributions[0]?.set.code, { coding: [original, added], text: 'as sent' });
    assert.deepEqual([provenance.maps, remarks], [['mercy/lab@1'], []]);
  });

  it('uses the pinned release only', () => {
    const sent = observation({ system: 'urn:x', code: 'K' });
    assert.deepEqual(run([sent], [mark(0)]).provenance.maps, []);
    const second = run([sent], [mark(0)], 'mercy/lab@2').contributions[0]?.set.code;
    assert.deepEqual((second as { coding: unknown[] }).coding[1], {
      system: loinc,
      code: '9999-9',
      display: 'Another',
    });
  });

  it('has five outcomes', () => {
    const { map } = loadCodeMap(configDir, 'mercy/lab@1');
    const outcomes = ['GLU', 'TWO', 'BEST', 'NONE', 'WHAT'].map(
      (code) => translateCode(map!, 'urn:local', code).outcome,
    );
    const expected = ['mapped-with-loss', 'ambiguous', 'mapped', 'unmatched', 'unmapped'];
    assert.deepEqual(outcomes, expected);
    assert.equal(translateCode(map!, 'urn:other', 'K').outcome, 'unmapped', 'another system');
  });

  it('flags what it cannot translate, once a map and system, without the code', () => {
    const secret = { system: 'urn:local', code: 'SECRET' };
    const { contributions, remarks } = run(
      [observation(secret), observation(secret), observation({ code: 'TWO' })],
      [mark(0), mark(1), mark(2)],
    );
    assert.deepEqual(contributions[0]?.set.code, { coding: [secret], text: 'as sent' });
    assert.deepEqual(
      remarks.map(({ code, severity, path }) => [code, severity, path]),
      [
        ['code-unmapped', 'warning', 'Observation.code'],
        ['code-ambiguous', 'warning', 'Observation.code'],
      ],
    );
    assert.match(remarks[0]!.diagnostics, /mercy\/lab@1 has no row for 2 codes .* urn:local/);
    assert.ok(!JSON.stringify(remarks).includes('SECRET'));
  });

  it('says nothing where the sender sent the standard code, or no code at all', () => {
    const both = observation({ system: 'urn:x', code: 'Q' }, { system: loinc, code: '2345-7' });
    const done = observation({ system: 'urn:local', code: 'K' }, { system: loinc, code: '2823-3' });
    const made = run([both, observation(), done], [mark(0), mark(1), mark(2), mark(0, ['value'])]);
    assert.deepEqual([made.contributions, made.remarks], [[both, observation(), done], []]);
  });

  it('reaches a concept deep inside a resource', () => {
    const component = [
      { code: { coding: [{ code: 'x' }] } },
      { code: { coding: [{ code: 'GLU' }] } },
    ];
    const sent = { ...observation(), set: { component } };
    const made = run([sent], [mark(0, ['component', 1, 'code'])]).contributions[0]?.set.component;
    assert.equal((made as typeof component)[1]?.code.coding.length, 2);
    assert.deepEqual((made as typeof component)[0], component[0]);
  });

  describe('check', () => {
    const check = (release: string) => {
      const context: CheckContext = {
        configDir,
        channel: 'c',
        at: (path) => ({ file: 'channel.yaml', line: 7, column: path.length }),
      };
      const issues = translateStage.check!({ maps: { lab: release } }, context);
      return issues.map(({ code, line, column, message }) => ({ code, line, column, message }));
    };

    it('accepts a sound release and refuses one that is not there or has no version', () => {
      assert.deepEqual(check('mercy/lab@1'), []);
      const [unversioned] = check('mercy/lab');
      assert.equal(unversioned?.code, 'code-map-version-missing');
      assert.match(unversioned?.message ?? '', /`mercy\/lab@1`, `mercy\/lab@2`/);
      assert.deepEqual([unversioned?.line, unversioned?.column], [7, 2]);
      const [misspelt] = check('mercy/labs@1');
      assert.equal(misspelt?.code, 'code-map-missing');
      assert.match(misspelt?.message ?? '', /did you mean `mercy\/lab@1`/);
      assert.equal(check('../../secret@1')[0]?.code, 'code-map-name-invalid');
    });

    const wrong: readonly (readonly [string, string, [string, number, number][]])[] = [
      ['relationship', `,K,${loinc},1,,equal`, [['code-map-relationship', 2, 24]]],
      ['short row', ',K', [['code-map-row', 2, 1]]],
      [
        'no target',
        ',K,,,,equivalent',
        [
          ['code-map-row', 2, 4],
          ['code-map-row', 2, 5],
        ],
      ],
      ['target of unmatched', ',K,,1,,unmatched', [['code-map-row', 2, 5]]],
      ['no source', `,,${loinc},1,,wider`, [['code-map-row', 2, 2]]],
      ['spaces', `, K,${loinc},1,,wider`, [['code-map-row', 2, 2]]],
      ['open quote', `,"K,${loinc},1,,wider`, [['code-map-csv', 2, 2]]],
      ['twice', `,K,${loinc},1,,wider\n\n,K,${loinc},1,,inexact`, [['code-map-duplicate', 4, 2]]],
      ['contradiction', `,K,${loinc},1,,wider\n,K,,,,unmatched`, [['code-map-duplicate', 3, 2]]],
    ];
    for (const [name, rows, expected] of wrong) {
      it(`finds the place of: ${name}`, () => {
        publish('wrong/map@1', rows);
        const found = check('wrong/map@1').map((issue) => [issue.code, issue.line, issue.column]);
        assert.deepEqual(found, expected);
        assert.throws(() => run([], [], 'wrong/map@1'), { code: 'config-invalid' });
      });
    }

    it('finds wrong columns and wrong bytes', () => {
      const file = publish('wrong/map@2');
      writeFileSync(file, 'source_code,target_sistem,target_code,relationship,source_code\n');
      const found = check('wrong/map@2');
      assert.deepEqual(
        found.map(({ column }) => column),
        [13, 52, 1],
      );
      assert.match(found[0]?.message ?? '', /did you mean `target_system`/);
      writeFileSync(file, Buffer.from([0x73, 0xe9]));
      assert.deepEqual(
        check('wrong/map@2').map(({ code }) => code),
        ['code-map-encoding'],
      );
      writeFileSync(file, '');
      assert.deepEqual(
        check('wrong/map@2').map(({ code }) => code),
        ['code-map-empty'],
      );
    });
  });

  it('accepts the maps of the example network', () => {
    const example = join(import.meta.dirname, '../../../config');
    const releases = codeMapReleases(example);
    assert.ok(releases.includes('mercy-west/lab-codes@1'));
    for (const release of releases) assert.deepEqual(loadCodeMap(example, release).issues, []);
  });
});

describe('readCsv', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' ') });
  const render = (text: string) =>
    /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

  it('reads back whatever is written as RFC 4180 says, with the place of every cell', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 })), (table) => {
        const text = table.map((row) => `${row.map(render).join(',')}\n`).join('');
        const { rows, mistake } = readCsv(text);
        assert.equal(mistake, undefined);
        assert.deepEqual(
          rows.map((row) => row.map((one) => one.text)),
          table,
        );
        const lines = text.split('\n');
        for (const { text: value, line, column } of rows.flat()) {
          const rest = [lines[line - 1]!.slice(column - 1), ...lines.slice(line)].join('\n');
          assert.ok(rest.startsWith(render(value)));
        }
      }),
    );
  });

  it('never throws and never runs on', () => {
    fc.assert(fc.property(fc.string(), (text) => void readCsv(text)));
  });
});
