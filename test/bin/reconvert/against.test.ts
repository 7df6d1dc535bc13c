// Goal: a change under review shows exactly the values that it touches, against the configuration
// and the base of a git revision, without touching working tree, index or data; and the same bytes
// under the same rules are the same bytes again, in another process and another time zone.
// Method: a repository of its own, real commits, and child processes with TZ set.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { admission, type Hospital, openHospital } from './hospital.ts';

const plexus = join(import.meta.dirname, '../../../plexus');

describe('convert --against', function () {
  this.timeout(600_000);
  let hospital: Hospital;
  let file: string;

  const git = (...words: string[]) =>
    execFileSync('git', ['-C', hospital.dir, ...words], { encoding: 'utf8' });

  beforeEach(() => {
    hospital = openHospital();
    hospital.map('');
    file = join(hospital.dir, 'samples.hl7');
    writeFileSync(file, [1, 2, 3].map((n) => admission(n)).join('\r'));
    git('init', '-q');
    git('config', 'user.email', 'a@b.example');
    git('config', 'user.name', 'a');
    git('add', 'config');
    git('commit', '-q', '-m', 'first');
  });
  afterEach(() => hospital.close());

  const against = (...words: string[]) => hospital.rows('convert', '--against', ...words);

  it('finds nothing in what is the same', async () => {
    const summary = { kind: 'summary', messages: 3, same: 3 };
    assert.deepEqual(await against('HEAD', file, '--mapping', 'west'), [summary]);
    assert.deepEqual(await against('HEAD', file, '--channel', 'west'), [summary]);
  });

  it('gives the values that one changed rule touches, and leaves git as it is', async () => {
    hospital.map(`tables: { gender: { codes: { F: other } } }
rules:
  - { id: patient-name, with: { use: official } }
`);
    const status = git('status', '--porcelain');
    const rows = await against('HEAD', file, '--mapping', 'west');
    const seen = rows.map(({ values = [], ...row }) => ({
      ...row,
      values: values.map(({ old, new: now }) => [old, now]),
    }));
    const change = { kind: 'change', count: 3, others: 0 };
    assert.deepEqual(seen, [
      { ...change, rule: 'patient-gender', path: 'Patient.gender', values: [['female', 'other']] },
      { ...change, rule: 'patient-name', path: 'Patient.name.use', values: [[null, 'official']] },
      { kind: 'summary', messages: 3, same: 0, values: [] },
    ]);
    const bare = await against('HEAD', file, '--mapping', 'west', '--no-values');
    assert.ok(bare.every((row) => row.values === undefined));
    assert.equal(git('status', '--porcelain'), status);
  });

  it('gives messages that convert no more by their outcome', async () => {
    hospital.map('messages: { ADT^A04: filter }\n');
    assert.deepEqual((await against('HEAD', file, '--mapping', 'west'))[0], {
      kind: 'outcome',
      outcome: 'converted -> filtered (message-type-filtered)',
      count: 3,
      examples: [1, 2, 3].map((n) => `${file} C${n}`),
    });
  });

  it('reads what a channel has stored', async () => {
    await hospital.start();
    await hospital.send([1, 2].map((n) => admission(n)));
    hospital.map('rules:\n  - { id: patient-name, with: { use: official } }\n');
    const rows = await against('HEAD', '--channel', 'west', '--since', '1h');
    assert.deepEqual(
      rows.map(({ rule, count, same }) => [rule, count, same]),
      [
        ['patient-name', 2, undefined],
        [undefined, undefined, 0],
      ],
    );
  });

  it('says what it does not find', async () => {
    const unknown = await hospital.run('convert', '--against', 'nope', file, '--mapping', 'west');
    assert.equal(unknown.code, 64);
    assert.match(unknown.said.join(), /revision-unknown/);
    const none = await hospital.run('convert', '--against', 'HEAD');
    assert.equal(none.code, 64);
  });

  it('and convert gives the same bytes twice, and in any time zone', () => {
    const args = ['convert', file, '--mapping', 'west', '--config', hospital.config, '--json'];
    const outputs = ['UTC', 'UTC', 'Pacific/Kiritimati', 'America/St_Johns'].map((TZ) => {
      const child = spawnSync(plexus, args, { encoding: 'utf8', env: { ...process.env, TZ } });
      assert.equal(child.status, 0, child.stderr);
      return child.stdout;
    });
    assert.ok(outputs[0]!.includes('1980-02-29'));
    assert.equal(new Set(outputs).size, 1);
  });
});
