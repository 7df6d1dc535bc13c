import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './capture.ts';

// Goal: `convert` gives one row a message with the words that people script against, and `test`
// runs the tests inside a channel file through the channel's real stages, telling what differs
// and where. Method: a batch of a right and a wrong message; a channel whose tests are partly
// wrong on purpose.

const example = join(import.meta.dirname, '../../config');
const right = (id: string) =>
  [
    `MSH|^~\\&|A|WEST|P|H|20260105101500+0100||ADT^A01|${id}|P|2.5.1`,
    'PID|1||4711^^^WEST^MR||Muster^Mia||19700131|F',
    'PV1|1|I|WARD^1^2||||||||||||||||V1^^^WEST^VN',
  ].join('\r');
const wrong = (id: string) => right(id).replace('ADT^A01', 'XYZ^Z99');

describe('convert', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-convert-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('prints a row for every MSH of a file', async () => {
    const file = join(dir, 'batch.hl7');
    writeFileSync(file, `FHS|^~\\&\rBHS|^~\\&\r${right('A')}\r${wrong('B')}\rBTS|2\rFTS|1\r`);
    const argv = ['convert', file, '--mapping', 'base', '--config', example, '--json'];
    const { code, lines } = await run(argv);
    const rows = lines.map((line) => JSON.parse(line));
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(rows[0]), [
      'file',
      'control_id',
      'outcome',
      'bundle',
      'issues',
      'unvisited',
    ]);
    assert.deepEqual(
      rows.map((row) => [row.file, row.control_id, row.outcome]),
      [
        [file, 'A', 'converted'],
        [file, 'B', 'quarantined'],
      ],
    );
    assert.equal(rows[0].bundle.type, 'transaction');
    assert.equal(rows[1].issues[0].code, 'message-type-unsupported');
  });

  it('explains each row in force with every place that has a word in it', async () => {
    const explain = async (...words: string[]) => {
      const argv = ['convert', 'explain', ...words, '--mapping', 'mercy-west'];
      const { code, lines } = await run([...argv, '--config', example, '--json']);
      assert.equal(code, 0);
      return lines.map((line) => JSON.parse(line));
    };
    const [name, ...others] = await explain('patient-name');
    assert.deepEqual(others, []);
    assert.deepEqual([name.path, name.row.with], ['Patient.name', { use: 'official' }]);
    assert.deepEqual(
      name.origins.map(({ mapping, says }: Record<string, unknown>) => [mapping, says]),
      [
        ['base', ['to', 'from', 'as']],
        ['mercy-west', ['with']],
      ],
    );
    for (const { file, line, column } of name.origins) {
      const text = readFileSync(file, 'utf8').split('\n')[line - 1]!;
      assert.ok(text.slice(column - 1).startsWith('patient-name'));
    }
    const byField = await explain('PID-8', '--message', 'ADT^A01');
    assert.deepEqual(
      byField.map(({ id }) => id),
      ['patient-gender'],
    );
    const inside = await explain('Encounter.priority', '--message', 'ADT^A01');
    assert.ok(inside.some(({ id }) => id === 'encounter-triage'));
    assert.ok(
      (await explain('--message', 'ORU^R01')).every(({ resource }) => resource !== 'allergy'),
    );
    const unknown = ['convert', 'explain', '--mapping', 'base', '--message', 'ADT^Z99'];
    assert.equal((await run(unknown)).code, 64);
  });

  it('of a file that is no HL7 is quarantined with a code', async () => {
    const file = join(dir, 'note.txt');
    writeFileSync(file, 'good morning');
    const { code, lines } = await run(['convert', file, '--mapping', 'base', '--json']);
    const row = JSON.parse(lines[0]!);
    assert.deepEqual([code, row.outcome, row.issues[0].code], [0, 'quarantined', 'no-msh']);
  });

  it('by a mapping that is not there names the nearest', async () => {
    const file = join(dir, 'a.hl7');
    writeFileSync(file, right('A'));
    const words = ['convert', file, '--mapping', 'mercy-wset', '--config', example];
    const { code, said } = await run(words);
    assert.equal(code, 64);
    assert.match(said[0]!, /did you mean `mercy-west`\?/);
  });
});

describe('test', () => {
  let dir: string;
  const file = () => join(dir, 'channels/west.yaml');
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-tests-'));
    mkdirSync(join(dir, 'channels'));
    writeFileSync(join(dir, 'plexus.yaml'), 'network: example\n');
    const block = (text: string) => text.split('\r').map((line) => `      ${line}`);
    writeFileSync(
      file(),
      [
        'channel: west',
        'owner: team@west.example',
        'source: { mllp: { port: 6661 } }',
        'stages: [{ convert: { mapping: base } }, identify, store]',
        'tests:',
        '  - name: an admission',
        '    message: |',
        ...block(right('A')),
        '    expect: { Patient: 1, Patient.name.family: Muster, Patient.deceasedBoolean: null }',
        '  - name: an unknown type waits',
        '    message: |',
        ...block(wrong('B')),
        '    outcome: quarantined',
        '    issues: [message-type-unsupported]',
        '  - name: a wrong hope',
        '    message: |',
        ...block(right('C')),
        '    expect: { Patient.gender: male }',
        '  - name: a wrong outcome',
        '    message: |',
        ...block(wrong('D')),
        '',
      ].join('\n'),
    );
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('tells what differs, where the test stands, and exits 1', async () => {
    const { code, lines, said } = await run(['test', '--config', dir, '--json']);
    const rows = lines.map((line) => JSON.parse(line));
    assert.equal(code, 1);
    assert.deepEqual(said, ['2 passed, 2 failed']);
    assert.deepEqual(
      rows.map(({ passed, failures }) => [passed, failures]),
      [
        [true, []],
        [true, []],
        [false, ['Patient.gender is "female", not "male"']],
        [false, ['expected delivered, was quarantined (message-type-unsupported)']],
      ],
    );
    const written = readFileSync(file(), 'utf8').split('\n');
    for (const { name, line, column } of rows)
      assert.ok(written[line - 1]!.slice(column - 1).startsWith(name));
  });

  it('runs only the files that are named', async () => {
    const { code, lines } = await run(['test', join(dir, 'plexus.yaml'), '--config', dir]);
    assert.deepEqual([code, lines], [0, []]);
  });
});
