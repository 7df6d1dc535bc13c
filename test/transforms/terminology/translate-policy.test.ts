// Goal: what is done with each of the five outcomes is what the use's policy says, and of several
// targets none is ever picked; a mistaken policy or a floating pin is refused with its place; what
// the stage could not decide stands on the work list when its batch is done.
// Method: every outcome with every action, by the stage as a chain runs it over a real store.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckContext, MessageId, Outcome, Work } from '../../../engine/index.ts';
import type { CodeableConcept, Conversion } from '../../../transforms/fhir/index.ts';
import {
  importFiles,
  openTerminology,
  openWorkList,
  terminologyFile,
  translateStage,
} from '../../../transforms/terminology/index.ts';

const network = 'urn:network';
const csv = `source_code,target_system,target_code,relationship
SAME,${network},1,equivalent
WIDE,${network},2,wider
TWO,${network},3,equivalent
TWO,${network},4,equivalent
NONE,,,unmatched
`;
const outcomes = [
  { code: 'WIDE', key: 'with_loss', issue: 'code-mapped-with-loss', unless: 'pass', adds: ['2'] },
  { code: 'TWO', key: 'ambiguous', issue: 'code-ambiguous', unless: 'flag', adds: [] },
  { code: 'NONE', key: 'unmatched', issue: 'code-unmatched', unless: 'pass', adds: [] },
  { code: 'WHAT', key: 'unmapped', issue: 'code-unmapped', unless: 'flag', adds: [] },
] as const;

describe('the policy of a use', () => {
  const configDir = mkdtempSync(join(tmpdir(), 'plexus-policy-'));
  const key = Buffer.alloc(32, 4);
  after(() => rmSync(configDir, { recursive: true }));
  mkdirSync(join(configDir, 'terminology/maps/a'), { recursive: true });
  writeFileSync(join(configDir, 'terminology/maps/a/lab@1.csv'), csv);

  const parse = (policy: object) =>
    translateStage.schema.parse({ maps: { lab: 'a/lab@1' }, policy: { lab: policy } });

  function open(policy: object, more: { dataDir: string; isTrial?: true }) {
    const place = { channel: 'c', revision: 'r', configDir, key, ...more };
    return translateStage.create(parse(policy), place);
  }

  function work(code: string, id = 1): Work<Conversion> {
    const coding = [{ system: 'urn:own', code, display: `it is ${code}` }];
    const set = { status: 'final', code: { coding } };
    const body: Conversion = {
      ...{ messageType: 'ORU^R01', controlId: '', unvisited: [], issues: [] },
      contributions: [{ type: 'Observation', id: 'o', set, remove: [] }],
      marks: [{ contribution: 0, path: ['code'], use: 'lab' }],
      provenance: { mapping: 'm', maps: [] },
    };
    return {
      ...{ id: id as MessageId, generation: 0, channel: 'c', revision: 'r' },
      ...{ raw: Buffer.alloc(0), sha256: '', receivedUs: 1e15, body },
    };
  }

  it('takes no target that holds on a condition, and writes no system that is none', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plexus-policy-data-'));
    const to = (code: string, more = {}) => [{ code, equivalence: 'equivalent', ...more }];
    const dependsOn = [{ property: 'urn:p', value: 'x' }];
    const map = {
      ...{ resourceType: 'ConceptMap', url: 'urn:m', version: '1', status: 'active' },
      group: [
        {
          source: 'urn:own',
          element: [
            { code: 'IF', target: to('5', { dependsOn }) },
            { code: 'BARE', target: to('6') },
          ],
        },
      ],
    };
    const file = join(dataDir, 'map.json');
    writeFileSync(file, JSON.stringify(map));
    const store = openTerminology({ file: terminologyFile(dataDir), key });
    const approval = { by: 'tests' };
    const report = await importFiles(store, {
      ...{ files: [file], approval, dryRun: false, nowUs: () => 1 },
    });
    assert.equal(report.outcome, 'imported', JSON.stringify(report.findings));
    store.close();
    const place = { channel: 'c', revision: 'r', configDir, key, dataDir, isTrial: true as const };
    const config = translateStage.schema.parse({ maps: { lab: 'urn:m|1' } });
    const stage = translateStage.create(config, place);
    const added = (code: string) => {
      const outcome = stage.run(work(code)) as Extract<Outcome<Conversion>, { kind: 'pass' }>;
      const { code: concept } = outcome.body.contributions[0]!.set as { code: CodeableConcept };
      return concept.coding!.slice(1);
    };
    assert.deepEqual([added('IF'), added('BARE')], [[], [{ code: '6' }]]);
    stage.close?.();
    rmSync(dataDir, { recursive: true });
  });

  for (const { code, key: word, issue, unless, adds } of outcomes)
    for (const action of ['pass', 'flag', 'hold', undefined] as const)
      it(`${word}: ${action ?? `${unless}, unless told`}`, () => {
        const policy = action === undefined ? {} : { [word]: action };
        const stage = open(policy, { dataDir: '', isTrial: true });
        const outcome = stage.run(work(code)) as Outcome<Conversion>;
        const done = action ?? unless;
        assert.equal(outcome.kind, done === 'hold' ? 'hold' : 'pass');
        const { issues } = outcome as Extract<typeof outcome, { kind: 'pass' | 'hold' }>;
        const severity = done === 'hold' ? 'error' : 'warning';
        assert.deepEqual(
          issues.map((one) => [one.code, one.severity]),
          done === 'pass' ? [] : [[issue, severity]],
        );
        if (outcome.kind !== 'pass') return;
        const { coding } = outcome.body.contributions[0]!.set.code as CodeableConcept;
        assert.deepEqual(
          coding?.map((one) => one.code),
          [code, ...adds],
        );
      });

  it('is refused for a use without a map, and a value set without a version', () => {
    const config = translateStage.schema.parse({
      ...{ maps: { lab: 'a/lab@1' }, policy: { labs: {} } },
      value_sets: { lactate: '1.2.3', good: '1.2.3@v3' },
    });
    const paths: (readonly (string | number)[])[] = [];
    const at: CheckContext['at'] = (path) => {
      paths.push(path);
      return { file: 'c.yaml', line: 1, column: 1 };
    };
    const found = translateStage.check?.(config, { configDir, channel: 'c', at }) ?? [];
    assert.deepEqual(
      found.map(({ code }) => code),
      ['policy-use-unknown', 'value-set-version-missing'],
    );
    assert.deepEqual(paths.slice(-2), [
      ['policy', 'labs'],
      ['value_sets', 'lactate'],
    ]);
  });

  it('decides nothing about the work list: it has what no row decides, and its counts', () => {
    const dataDir = mkdtempSync(join(configDir, 'data-'));
    const stage = open({ unmapped: 'hold' }, { dataDir });
    for (let generation = 0; generation < 2; generation += 1) {
      stage.transaction?.begin();
      for (const [n, code] of ['SAME', 'WHAT', 'TWO', 'WHAT', 'NONE'].entries())
        void stage.run({ ...work(code, n + 1), generation });
      stage.transaction?.commit();
    }
    assert.deepEqual(stage.unmapped?.(), [{ map: 'a/lab@1', count: 6 }]);
    assert.deepEqual(stage.unmapped?.(), []);
    stage.close?.();
    using list = openWorkList({ dataDir, key });
    assert.deepEqual(
      list?.items().map(({ code, outcome, count, display }) => [code, outcome, count, display]),
      [
        ['WHAT', 'unmapped', 2, 'it is WHAT'],
        ['TWO', 'ambiguous', 1, 'it is TWO'],
      ],
    );
    const observed = list!.observed(network, '1').map(({ channel, count }) => [channel, count]);
    assert.deepEqual(observed, [['c', 1]], 'what it was translated to is seen as well');
  });
});
