// Goal: history converted again says exactly what a changed rule touches, commits it as later
// versions that know what they supersede, and leaves all else as it is; held messages that now
// convert run, converted ones that are now held wait and keep what they said; a killed run and a
// second one end where one whole run does; routes that forward raw messages are not told again.
// Method: a real engine with real messages, told over the command line, a child process that is
// killed, and a copied data folder as oracle.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { admission, type Hospital, openHospital, type Row } from './hospital.ts';

const plexus = join(import.meta.dirname, '../../../plexus');
const official = 'rules:\n  - { id: patient-name, with: { use: official } }\n';
const words = ['reconvert', '--channel', 'west', '--since', '1h'];
const changes = (rows: readonly Row[]) => rows.filter(({ kind }) => kind === 'change');
const summaryOf = (rows: readonly Row[]) => rows.find(({ kind }) => kind === 'summary');
const outcomes = (rows: readonly Row[]) =>
  rows.flatMap(({ kind, outcome, count }) => (kind === 'outcome' ? [`${count} ${outcome}`] : []));

describe('reconvert', function () {
  this.timeout(600_000);
  let hospital: Hospital;

  beforeEach(() => {
    hospital = openHospital();
    hospital.map('');
  });
  afterEach(() => hospital.close());

  const plain = () => hospital.spine().map(({ type, json }) => `${type} ${json}`);

  it('changes nothing, and writes nothing, when the rules are the same', async () => {
    await hospital.start();
    await hospital.send([1, 2, 3].map((n) => admission(n)));
    const before = hospital.spine();
    const rows = await hospital.rows(...words);
    assert.deepEqual(rows, [
      { kind: 'summary', messages: 3, same: 3, to_run_again: 0 },
      { kind: 'committed', count: 0 },
    ]);
    assert.deepEqual(hospital.spine(), before);
  });

  it('shows exactly what one changed rule touches, and commits it with its lineage', async () => {
    const { engine } = await hospital.start();
    await hospital.send([1, 2, 3].map((n) => admission(n)));
    const before = hospital.spine();
    hospital.map(official);
    const seen = await hospital.rows(...words, '--dry-run');
    const examples = hospital
      .spine()
      .flatMap(({ type, versions }) =>
        type === 'Patient' ? versions.map(({ origin }) => String(origin.message)) : [],
      );
    const value = { old: null, new: 'official', count: 3, examples: examples.sort() };
    assert.deepEqual(changes(seen), [
      {
        ...{ kind: 'change', count: 3, rule: 'patient-name', path: 'Patient.name.use' },
        ...{ values: [value], others: 0 },
      },
    ]);
    assert.deepEqual(hospital.spine(), before);

    const refused = await hospital.run(...words);
    assert.equal(refused.code, 78);
    assert.match(refused.said.join('\n'), /revision-not-deployed/);
    assert.deepEqual(hospital.spine(), before);

    await engine.operations.deploy('west');
    const done = await hospital.rows(...words);
    assert.deepEqual(changes(done), changes(seen));
    assert.deepEqual(done.at(-1), { kind: 'committed', count: 3 });
    for (const [n, { type, versions }] of hospital.spine().entries()) {
      const old = before[n]!;
      if (type !== 'Patient') assert.deepEqual(versions, old.versions);
      else {
        assert.equal(versions.length, 2);
        const { provenance, supersedes, generation } = versions[1]!.origin;
        const first = old.versions[0]!.origin.provenance.mapping;
        assert.deepEqual([generation, supersedes], [1, { generation: 0, mapping: first }]);
        assert.notEqual(provenance.mapping, first);
        assert.equal(JSON.parse(versions[1]!.json!).name[0].use, 'official');
      }
    }
    assert.equal(summaryOf(await hospital.rows(...words, '--dry-run'))?.same, 3);
    assert.equal(engine.operations.conservation()[0]?.violations, 0);
    assert.ok(!existsSync(join(hospital.data, 'reconvert.db')));
  });

  it('runs what was held and now converts, and keeps what is held from now on', async () => {
    const { engine } = await hospital.start();
    await hospital.send([admission(1), admission(2, { birth: '29/02/80' }), admission(3)]);
    hospital.map('', ', date_formats: [DD/MM/YY], year_pivot: 30');
    await engine.operations.deploy('west');
    const rows = await hospital.rows(...words);
    assert.deepEqual(outcomes(rows), ['1 quarantined (timestamp-unparsable) -> converted']);
    const all = await hospital.settled(3);
    assert.deepEqual(
      all.map(({ outcome }) => outcome),
      ['delivered', 'delivered', 'delivered'],
    );
    assert.equal(plain().filter((line) => line.includes('1980-02-29')).length, 3);

    // Nobody has a sex of this table, and the rule is strict: all are held from now on.
    const kept = plain();
    hospital.map(
      'tables: { sexes: { codes: { X: other } } }\n' +
        'rules: [{ id: patient-gender, table: sexes, strict: true }]\n',
      ', date_formats: [DD/MM/YY], year_pivot: 30',
    );
    await engine.operations.deploy('west');
    const held = await hospital.rows(...words);
    assert.match(outcomes(held)[0] ?? '', /^3 converted -> quarantined \(/);
    const now = await hospital.settled(3);
    assert.ok(now.every(({ outcome }) => outcome === 'quarantined'));
    assert.deepEqual(plain(), kept);
    assert.equal(engine.operations.conservation()[0]?.violations, 0);
  });

  /** What a run said that was killed so long after its summary. */
  async function killedAfter(pauseMs: number): Promise<string> {
    const child = spawn(plexus, hospital.argv(...words, '--json'));
    const ended = once(child, 'exit');
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    while (!out.includes('summary') && child.exitCode === null) await wait(10);
    await wait(pauseMs);
    child.kill('SIGKILL');
    await ended;
    assert.match(out, /summary/);
    return out;
  }

  it('ends where one whole run ends when it was killed in the middle', async () => {
    await hospital.start();
    const messages = Array.from({ length: 400 }, (_, n) =>
      admission(n % 40, { sex: n % 2 === 0 ? 'M' : 'F' }).replace('|C', `|C${n}-`),
    );
    await hospital.send(messages);
    await hospital.stop();
    hospital.map(official);
    const whole = openHospital();
    try {
      cpSync(hospital.config, whole.config, { recursive: true });
      cpSync(hospital.data, whole.data, { recursive: true });
      cpSync(`${hospital.data}.key`, `${whole.data}.key`);
      assert.deepEqual((await whole.rows(...words)).at(-1), { kind: 'committed', count: 400 });

      const before = `${hospital.data}.before`;
      cpSync(hospital.data, before, { recursive: true });
      // A run that ended before the signal came says nothing: again, and killed sooner.
      for (let pauseMs = 150; (await killedAfter(pauseMs)).includes('committed'); pauseMs /= 2) {
        rmSync(hospital.data, { recursive: true });
        cpSync(before, hospital.data, { recursive: true });
      }
      const second = await hospital.run(...words, '--json');
      assert.match(second.said.join('\n'), /goes on where an earlier run ended/);
      assert.equal(second.code, 0);
      const origins = (one: Hospital) =>
        one
          .spine()
          .map(({ type, id, json, versions }) => [
            ...[type, id, json],
            versions.map(({ version, json: text, origin }) => [version, text, origin.generation]),
          ]);
      assert.deepEqual(origins(hospital), origins(whole));
      assert.equal(summaryOf(await hospital.rows(...words, '--dry-run'))?.same, 400);
    } finally {
      await whole.close();
    }
  });
});
