import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  baseModel,
  builtInGovernance,
  builtInPolicy,
  governanceFiles,
  governanceIssues,
  pairVetoes,
  requireGoverned,
  sealModel,
  shadowFile,
} from '../../../../transforms/identity/index.ts';
import { type PolicyFolder, policyFolder, policyText } from './policy-folder.ts';

// Goal: what is wrong with a policy, its model or its shadow is told where it stands, by a stable
// code, and nothing that is wrong governs. Method: one mistake at a time in a policy that is
// otherwise right, signed as it is; the position of the mistake found in the text itself.

describe('the files of an identity policy', () => {
  let folder: PolicyFolder;
  beforeEach(() => {
    folder = policyFolder();
  });
  afterEach(() => folder.remove());

  function writeSigned(changed: Readonly<Record<string, string>> = {}): void {
    folder.write(policyText(changed));
    folder.sign('Ana Diaz');
    folder.sign('Bo Lind');
  }

  const issues = (today = '2026-06-01') => governanceIssues(folder.dir, { today });

  /** What is told: code, and the text at its line and column. */
  const told = (today?: string) =>
    issues(today).map(({ file, line, column, code }) => {
      const text = readFileSync(file, 'utf8').split('\n')[line - 1]!;
      return `${code} ${text.slice(column - 1)}`;
    });

  it('govern as they are written when nothing is wrong', () => {
    writeSigned();
    const { governance, model, ruling, shadow } = requireGoverned(folder.dir);
    assert.deepEqual(told(), []);
    assert.equal(shadow, undefined);
    assert.equal(model.hash, baseModel().hash);
    assert.deepEqual(ruling.policy, {
      thresholds: { high: 0.995, low: 0.4, member: 0.9, marginBits: 8, evidenceGroups: 2 },
      clusterCap: 25,
      identifiers: {
        strongTypes: ['SS', 'MR'],
        familyTypes: ['SS'],
        countedTypes: ['MR'],
        weakSystems: ['urn:visits'],
      },
      vetoes: { generationYears: 12, graceDaysAfterDeath: 30, stayOverlapHours: 24 },
    });
    assert.deepEqual(
      [governance.name, governance.version, governance.auditShare, governance.survivorship.trust],
      ['test-network', 3, 0.02, ['urn:oid:2.999.1']],
    );
    assert.equal(governance.survivorship.rules.birthDate, 'most-agreed');
  });

  it('are not needed: the built-in policy rather asks than links', () => {
    const governed = requireGoverned(join(folder.dir, 'nothing'));
    assert.deepEqual(governed.governance, builtInGovernance);
    assert.equal(governed.ruling.policy, builtInPolicy);
    assert.match(governed.governance.hash, /^[0-9a-f]{64}$/);
  });

  const mistakes: readonly (readonly [name: string, from: string, to: string, told: string])[] = [
    ['a key misspelt', 'audit_share', 'audit_sharre', 'config-unknown-key audit_sharre: 0.02'],
    ['a high threshold that links all', 'high: 0.995', 'high: 0.5', 'config-value 0.5, low'],
    ['no room for reviews', 'low: 0.4', 'low: 0.999', 'config-value 0.999, member'],
    ['one evidence group', 'evidence_groups: 2', 'evidence_groups: 1', 'config-value 1 }'],
    ['no cap', 'cluster_cap: 25', 'cluster_cap: 100000', 'config-value 100000'],
    ['a name in capitals', 'policy: test', 'policy: Test', 'config-value Test-network'],
    ['a day that is none', '2026-01-31', '2026-02-30', 'config-value 2026-02-30'],
    ['a veto that is none', '- birth-date-con', '- birth-day-con', 'policy-veto-unknown birth-day'],
    ['a veto left out', '  - suffix-conflict\n', '', 'policy-veto-dropped vetoes:'],
    ['a veto made deaf', 'generation_years: 12', 'generation_years: 99', 'config-value 99, grace'],
    ['another model', baseModel().hash, '0a'.repeat(32), `policy-model-other ${'0a'.repeat(32)}`],
    ['no such model', 'name: base', 'name: fitted', 'policy-model-missing fitted, sha'],
  ];
  for (const [name, from, to, expected] of mistakes) {
    it(`are refused for ${name}`, () => {
      assert.ok(policyText().includes(from));
      folder.write(policyText({ [from]: to }));
      const found = told().filter((one) => !one.startsWith('policy-unsigned'));
      assert.equal(found.length, 1, found.join('\n'));
      assert.ok(found[0]!.startsWith(expected), found[0]);
      assert.throws(() => requireGoverned(folder.dir), { code: 'config-invalid', exit: 78 });
    });
  }

  it('name every veto of the register, each of which may not be left out', () => {
    for (const { id } of pairVetoes) {
      folder.write(policyText({ [`  - ${id}\n`]: '' }));
      assert.deepEqual(told(), ['policy-veto-dropped vetoes:']);
    }
  });

  it('govern from their day on', () => {
    writeSigned();
    assert.deepEqual(told('2026-01-30'), ['policy-not-effective 2026-01-31']);
    assert.deepEqual(told('2026-01-31'), []);
  });

  it('take a fitted model by its hash, and none that was changed', () => {
    const fitted = sealModel({ ...baseModel(), prior: baseModel().prior / 2 });
    mkdirSync(join(folder.dir, 'identity/models'));
    const file = join(folder.dir, 'identity/models/fitted.json');
    writeFileSync(file, JSON.stringify(fitted));
    writeSigned({ 'name: base': 'name: fitted', [baseModel().hash]: fitted.hash });
    assert.deepEqual(told(), []);
    assert.equal(requireGoverned(folder.dir).model.prior, fitted.prior);
    assert.ok(governanceFiles(folder.dir).includes(file));
    writeFileSync(file, JSON.stringify({ ...fitted, seed: fitted.seed + 1 }));
    assert.deepEqual(
      told().map((one) => one.split(' ')[0]),
      ['identity-model-corrupt'],
    );
  });

  it('may have a shadow, which nobody needs to have signed and which is checked as well', () => {
    writeSigned();
    const candidate = join(folder.dir, 'identity/candidate.yaml');
    writeFileSync(shadowFile(folder.dir), 'policy: candidate.yaml\n');
    assert.deepEqual(told(), ['file-missing candidate.yaml']);
    writeFileSync(candidate, policyText({ 'high: 0.995': 'high: 0.95' }));
    assert.deepEqual(told(), []);
    assert.equal(typeof requireGoverned(folder.dir).shadow?.policy, 'string');
    const files = governanceFiles(folder.dir);
    assert.ok(files.includes(candidate) && files.includes(shadowFile(folder.dir)));
    writeFileSync(candidate, policyText({ 'high: 0.995': 'high: 95' }));
    assert.deepEqual(told(), [
      'config-value 95, low: 0.4, member: 0.9, margin_bits: 8, evidence_groups: 2 }',
    ]);
    writeFileSync(shadowFile(folder.dir), 'policy: ../../etc/passwd\n');
    assert.deepEqual(told(), ['config-value ../../etc/passwd']);
  });
});
