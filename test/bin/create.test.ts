// Goal: from a folder of samples to a channel that lints and converts them at once, without a value
// of a patient in what is written, and without losing what a person wrote before.
// Method: samples of an invented sender with habits of its own; the commands as people call them.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run } from './capture.ts';

const admission = [
  'MSH|^~\\&|LKS|LAKE|PLEXUS|HUB|03-MAR-2026 09:15||ADT^A01|LK-1|P|2.3',
  'PID|1||998877^^^LKMRN||Mustermann^Max||24-DEC-1971|1|||UNKNOWN',
  'PV1|1|I|W1^2^A||||||||||||||||V77^^^LKVIS&2.999.7&ISO|||||||||||||||||||||||||03-MAR-2026 09:00',
  'DG1|1||A41.9^Sepsis^LKDX',
  'ZLK|1|GREEN',
];
const result = [
  'MSH|^~\\&|LKS|LAKE|PLEXUS|HUB|20260704110000-0500||ORU^R01|LK-2|P|2.3',
  'PID|1||998877||Mustermann^Max||24-DEC-1971|M',
  'OBR|1|P1|F1|CBC^Blood count^LKLAB|||20260704100000-0500||||||||||||||||||F',
  'OBX|1|NM|HGB^Haemoglobin^LKLAB||13.2|gm/dl|12-16||||F',
];
const unknown = ['MSH|^~\\&|LKS|LAKE|PLEXUS|HUB|20260104||ZZZ^Z01|LK-3|P|2.3', 'PID|1||1'];

describe('create', () => {
  let dir = '';
  let config = '';
  let samples = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-create-'));
    config = join(dir, 'config');
    samples = join(dir, 'samples');
    mkdirSync(samples);
    for (const [index, segments] of [admission, result, unknown].entries())
      writeFileSync(join(samples, `${index}.hl7`), `${segments.join('\r')}\r`);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const create = (...argv: string[]) => run(['create', ...argv, '--config', config]);
  const written = (folder: string, name = 'lakeside') =>
    readFileSync(join(config, folder, `${name}.yaml`), 'utf8');

  it('writes a channel and a mapping that lint, and says what is missing', async () => {
    const argv = ['source', 'lakeside', '--from', samples, '--port', '6710', '--json'];
    const { code, lines } = await create(...argv);
    assert.equal(code, 0);
    const rows = lines.map((line) => JSON.parse(line));
    for (const row of [
      { gap: 'message-type', what: 'ZZZ^Z01', messages: 1 },
      { gap: 'field-unread', what: 'ZLK-2', messages: 1 },
      { gap: 'code-not-in-table', what: 'PID-8 1', messages: 1 },
      { gap: 'unit-not-ucum', what: 'OBX-6 gm/dl', messages: 1 },
      { gap: 'time-without-zone', what: 'PV1-44', messages: 1 },
    ])
      assert.ok(
        rows.some((found) => JSON.stringify(found) === JSON.stringify(row)),
        JSON.stringify(row),
      );
    const channel = parse(written('channels'));
    assert.deepEqual(channel.source, { mllp: { port: 6710 } });
    const linted = await run(['lint', '--config', config]);
    assert.deepEqual([linted.code, linted.lines], [0, []]);
    const file = join(samples, '0.hl7');
    const by = ['convert', file, '--mapping', 'lakeside', '--config', config, '--json'];
    const [row] = (await run(by)).lines.map((line) => JSON.parse(line));
    assert.equal(row.outcome, 'converted');
  });

  it('sets what is sure, asks the rest, and shows why', async () => {
    await create('mapping', 'lakeside', '--from', samples);
    const text = written('mappings');
    assert.deepEqual(parse(text).dialect, { date_formats: ['DD-MON-YYYY HH:mm', 'DD-MON-YYYY'] });
    for (const line of [
      /# Offsets written: -05:00 \(2\)\./,
      /# timezone: America\/Chicago/,
      /# null_tokens: \["UNKNOWN"\]/,
      /# Authorities of PID-3: none \(2\), LKMRN \(1\)\./,
      /# Authorities of PV1-19: LKVIS&2\.999\.7&ISO \(1\)\./,
      /# Coding systems of DG1-3: LKDX \(1\)\./,
      /# {3}"LKLAB": https:/,
      /# {3}ZZZ\^Z01: filter/,
      /# {3}gender:\n# {5}codes:\n# {7}"1": CODE {2}# PID-8 in 1 message/,
      /from: ZLK-2 \} {2}# in 1 message/,
    ])
      assert.match(text, line);
    assert.equal(text.match(/^# rules:/gm)?.length, 1, 'a key twice is no YAML');
    assert.ok(!existsSync(join(config, 'channels')));
  });

  it('writes and prints no value of a patient', async () => {
    const { lines, said } = await create('source', 'lakeside', '--from', samples);
    const all = [written('mappings'), written('channels'), ...lines, ...said].join('\n');
    assert.doesNotMatch(all, /Mustermann|Max|1971|998877|V77|GREEN|13\.2/);
  });

  it('overwrites nothing unless it is told to', async () => {
    await create('source', 'lakeside', '--from', samples);
    const path = join(config, 'mappings', 'lakeside.yaml');
    writeFileSync(path, 'mine');
    const refused = await create('source', 'lakeside', '--from', samples);
    assert.equal(refused.code, 64);
    assert.match(refused.said.join('\n'), /lakeside\.yaml.*--force/);
    assert.equal(readFileSync(path, 'utf8'), 'mine');
    assert.equal((await create('source', 'lakeside', '--from', samples, '--force')).code, 0);
    assert.notEqual(readFileSync(path, 'utf8'), 'mine');
  });

  it('writes a channel alone, by base', async () => {
    assert.equal((await create('channel', 'radiology')).code, 0);
    assert.deepEqual(parse(written('channels', 'radiology')).stages[0], {
      convert: { mapping: 'base' },
    });
    assert.deepEqual((await run(['lint', '--config', config])).lines, []);
  });

  it('listens where no other channel does, unless it is told where', async () => {
    for (const name of ['lakeside', 'hillside', 'seaside']) await create('channel', name);
    const ports = ['lakeside', 'hillside', 'seaside'].map(
      (name) => parse(written('channels', name)).source.mllp.port,
    );
    assert.deepEqual(ports, [6661, 6662, 6663]);
    assert.deepEqual((await run(['lint', '--config', config])).lines, []);
    await create('channel', 'hillside', '--force');
    assert.equal(parse(written('channels', 'hillside')).source.mllp.port, 6662);
  });

  it('asks for a name that is not there', async () => {
    assert.match((await create('source')).said.join('\n'), /create which source\?/);
  });

  const misuses = [
    ['nothing', 'x'],
    ['source', 'Lakeside'],
    ['mapping', 'base'],
    ['mapping', 'x'],
    ['mapping', 'x', '--from', 'nowhere'],
    ['channel', 'x', '--port', '70000'],
  ];
  for (const argv of misuses) {
    it(`is refused as \`create ${argv.join(' ')}\``, async () => {
      assert.equal((await create(...argv)).code, 64);
    });
  }
});
