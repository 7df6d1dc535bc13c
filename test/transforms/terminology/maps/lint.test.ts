// Goal: a map in git is held against the code systems at hand, the codes that came and the two
// people it needs; what cannot be checked is said and is no pass; the next release is the one
// before with the decisions and nothing else.
// Method: maps written into a folder, one planted mistake each; a real store for the code systems.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  lintCodeMaps,
  loadCodeMap,
  type SentCode,
  suggestCodes,
  writeNextRelease,
} from '../../../../transforms/terminology/index.ts';
import { type Opened, openStore } from '../store/opened.ts';

const url = 'http://x/lab';
const header = 'source_code,target_system,target_code,target_display,relationship';

describe('maps in git', () => {
  let opened: Opened;
  const configDir = mkdtempSync(join(tmpdir(), 'plexus-maps-'));
  const folder = join(configDir, 'terminology/maps/a');
  before(async () => {
    mkdirSync(folder, { recursive: true });
    opened = openStore();
    const concept = [
      { code: 'K', display: 'Potassium in serum' },
      { code: 'LAC', display: 'Lactate in blood' },
      { code: 'OLD', display: 'Old', property: [{ code: 'status', valueCode: 'retired' }] },
    ];
    const head = { resourceType: 'CodeSystem', url, version: '1', status: 'active' };
    const report = await opened.importJson({ ...head, content: 'complete', concept });
    assert.equal(report.outcome, 'imported');
  });
  after(() => {
    opened.close();
    rmSync(configDir, { recursive: true });
  });
  beforeEach(() => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    writeFileSync(join(folder, 'lab@1.yaml'), 'owner: ann\nreviewer: bob\n');
  });

  const write = (...rows: string[]) =>
    writeFileSync(join(folder, 'lab@1.csv'), `${[header, ...rows].join('\n')}\n`);
  const lint = (sent: readonly SentCode[] = []) =>
    lintCodeMaps(configDir, { knowledge: opened.store.knowledge, sentTo: () => sent }).map(
      ({ line, severity, code }) => `${line} ${severity} ${code}`,
    );

  it('pass when every target is known, in use, covered and reviewed', () => {
    write(`1,${url},K,,equivalent`, '2,,,,unmatched');
    assert.deepEqual(lint([{ system: 'urn:l', code: '1', count: 9 }]), []);
  });

  for (const [what, row, found] of [
    ['an unknown target', `2,${url},NO,,equivalent`, '3 error code-map-target-unknown'],
    ['a retired target', `2,${url},OLD,,equivalent`, '3 error code-map-target-retired'],
    ['two equal targets', `1,${url},LAC,,equivalent`, '2 error code-map-equal-targets'],
    ['an unknown system', '2,urn:far,X,,equivalent', '1 warning code-map-unchecked'],
  ] as const)
    it(`find ${what}`, () => {
      write(`1,${url},K,,equivalent`, row);
      assert.deepEqual(lint(), [found]);
    });

  it('tell what came and is not covered', () => {
    write(`1,${url},K,,equivalent`);
    const sent = [
      { system: 'urn:l', code: '1', count: 900 },
      { system: 'urn:l', code: '7', count: 100 },
      { system: url, code: 'LAC', count: 5 },
    ];
    const knowledge = opened.store.knowledge;
    const [issue, ...others] = lintCodeMaps(configDir, { knowledge, sentTo: () => sent });
    assert.deepEqual([issue?.code, others], ['code-map-coverage', []]);
    assert.match(issue!.message, /1 of 2 have no row; 90\.0 % of 1000 results/);
  });

  it('want two people', () => {
    write(`1,${url},K,,equivalent`);
    writeFileSync(join(folder, 'lab@1.yaml'), 'owner: ann\nreviewer: Ann\n');
    assert.deepEqual(lint(), ['2 error code-map-second-reviewer']);
    writeFileSync(join(folder, 'lab@1.yaml'), 'owner: ann\n');
    assert.equal(lint().length, 1);
    rmSync(join(folder, 'lab@1.yaml'));
    assert.deepEqual(lint(), ['1 warning code-map-unreviewed']);
  });

  it('become the next release: the rows that stay, and the decisions', () => {
    write(`1,${url},K,"Potas""sium, 1",equivalent`, `2,${url},K,,wider`, `2,${url},LAC,,wider`);
    const people = { owner: 'ann', reviewer: 'bob' };
    const target = { system: url, code: 'LAC' };
    const decided = [
      { system: 'urn:l', code: '2', display: 'lact', decision: { relationship: 'wider', target } },
      { system: 'urn:l', code: '3', display: '', decision: { relationship: 'unmatched' } },
    ];
    const steps = { from: 'a/lab@1', to: 'a/lab@2' };
    assert.deepEqual(writeNextRelease(configDir, steps, decided, people), []);
    const { map } = loadCodeMap(configDir, 'a/lab@2');
    const rows = [...map!.targets].map(([key, all]) => [key, ...all.map(({ code }) => code)]);
    assert.deepEqual(rows, [['\u001f1', 'K'], ['\u001f2', 'LAC'], ['urn:l\u001f3']]);
    assert.equal([...map!.targets.values()][0]?.[0]?.display, 'Potas"sium, 1');
    assert.match(readFileSync(join(folder, 'lab@2.yaml'), 'utf8'), /replaces: a\/lab@1/);
    assert.throws(() => writeNextRelease(configDir, steps, decided, people), {
      code: 'release-exists',
    });
  });

  it('are helped by displays that are alike', () => {
    const found = suggestCodes(opened.store.knowledge, url, 'LACTAT (blood)');
    assert.equal(found[0]?.code, 'LAC');
    assert.deepEqual(suggestCodes(opened.store.knowledge, 'urn:none', 'LACTAT'), []);
  });
});
