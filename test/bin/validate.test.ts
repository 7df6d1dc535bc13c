// Goal: `validate` answers as people script against it: a row a resource, with its line in a file
// of lines, whatever stands in the file; profiles of the configuration, of the data folder and of
// the command line; a bad archive and a bad name are refused in words. Method: the command in this
// process on files written here, and packages packed here.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { run } from './capture.ts';

type Json = Readonly<Record<string, unknown>>;
type Row = {
  readonly line?: number;
  readonly id: string | null;
  readonly valid: boolean;
  readonly issues: readonly { readonly code: string; readonly expression: string }[];
};

const base = 'https://net.example/fhir/StructureDefinition/';
const patient = (more: Json = {}) => ({ resourceType: 'Patient', id: 'p1', ...more });

/** A profile of Patient in which an element must be there. */
const needs = (name: string, version = '1.0.0'): Json => ({
  ...{ resourceType: 'StructureDefinition', url: `${base}with-${name}`, version, name: 'With' },
  ...{ status: 'active', fhirVersion: '4.0.1', kind: 'resource', abstract: false },
  ...{ type: 'Patient', derivation: 'constraint' },
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  differential: {
    element: [
      { id: 'Patient', path: 'Patient' },
      { id: `Patient.${name}`, path: `Patient.${name}`, min: 1 },
    ],
  },
});

describe('validate', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-validate-'));
    mkdirSync(join(dir, 'config/profiles'), { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function write(name: string, content: string | Uint8Array | object): string {
    const file = join(dir, name);
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(file, isRaw ? content : JSON.stringify(content));
    return file;
  }

  async function pack(name: string, files: Readonly<Record<string, unknown>>): Promise<string> {
    const tar = await packTar(
      Object.entries(files).map(([path, value]) => {
        const body = typeof value === 'string' ? value : JSON.stringify(value);
        return { header: { name: `package/${path}`, size: Buffer.byteLength(body) }, body };
      }),
    );
    return write(name, gzipSync(tar));
  }

  const plexus = async (...argv: string[]) => {
    const place = ['--config', join(dir, 'config'), '--data', join(dir, 'data'), '--json'];
    const { code, lines, said } = await run([...argv, ...place]);
    return { code, rows: lines.map((line) => JSON.parse(line) as Row), said: said.join('\n') };
  };
  const codesOf = (row: Row | undefined) => row?.issues.map(({ code }) => code);

  it('says what is wrong with a file, where it can name the place', async () => {
    const cases: readonly [content: string | Uint8Array, code: string, expression: string][] = [
      ['{"resourceType": "Patient"', 'fhir-json-invalid', ''],
      [Buffer.from([0x7b, 0xff, 0x7d]), 'fhir-encoding-invalid', ''],
      [
        '{"resourceType":"Patient","name":[{},{"given":["C"],"family":"A","family":"B"}]}',
        ...(['fhir-duplicate-key', 'Patient.name[1].family'] as const),
      ],
      ['"Patient"', 'fhir-not-a-resource', ''],
      ['{}', 'fhir-type-missing', 'Resource'],
      ['{"resourceType":"Pateint"}', 'fhir-type-unknown', 'Pateint'],
      ['{"resourceType":"Patient","gender":"?"}', 'fhir-binding', 'Patient.gender'],
    ];
    for (const [content, code, expression] of cases) {
      const { rows, ...ran } = await plexus('validate', write('one.json', content));
      assert.equal(ran.code, 0, code);
      assert.equal(rows[0]?.valid, false, code);
      const [issue] = rows[0]?.issues ?? [];
      assert.deepEqual([issue?.code, issue?.expression], [code, expression]);
      const strict = await plexus('validate', '--strict', join(dir, 'one.json'));
      assert.equal(strict.code, 1, code);
    }
  });

  it('gives a row a line, with its number, and goes on behind what is wrong', async () => {
    const lines = [patient(), '', '{', patient({ id: 'p2', gender: '?' }), patient({ id: 'p3' })];
    const text = lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    const file = write('all.ndjson', `${text.join('\r\n')}\n`);
    const { code, rows, said } = await plexus('validate', file);
    assert.equal(code, 0);
    assert.deepEqual(
      rows.map(({ line, id, valid }) => [line, id, valid]),
      [
        [1, 'p1', true],
        [3, null, false],
        [4, 'p2', false],
        [5, 'p3', true],
      ],
    );
    assert.match(said, /^4 resources, 2 invalid/);
    assert.equal((await plexus('validate', '--strict', file)).code, 1);
    const good = write('good.ndjson', JSON.stringify(patient()));
    assert.equal((await plexus('validate', '--strict', good)).code, 0);
  });

  it('knows profiles of the configuration, of the data folder, and those it is given', async () => {
    const file = write('patient.json', patient({ gender: 'female' }));
    write('config/profiles/own.json', needs('name'));
    const manifest = { name: 'net.example', version: '1.0.0', fhirVersions: ['4.0.1'] };
    const archive = await pack('kept.tgz', { 'package.json': manifest, 'a.json': needs('photo') });
    assert.equal((await plexus('profile', 'import', archive)).code, 0);
    const named = await pack('named.tgz', {
      'package.json': { ...manifest, name: 'net.more' },
      'b.json': needs('gender'),
    });
    const check = async (name: string, ...more: string[]) => {
      const { code, rows } = await plexus('validate', file, '--profile', base + name, ...more);
      return rows[0] === undefined ? code : [rows[0].valid, ...new Set(codesOf(rows[0]))];
    };
    assert.deepEqual(await check('with-name'), [false, 'fhir-cardinality']);
    assert.deepEqual(await check('with-name|1.0.0'), [false, 'fhir-cardinality']);
    assert.deepEqual(await check('with-photo'), [false, 'fhir-cardinality']);
    assert.deepEqual(await check('with-gender', '--package', named), [true]);
    assert.deepEqual(await check('with-gender'), 64);
    assert.deepEqual(await check('with-name|2.0.0'), 64);
    const claims = write('claims.json', patient({ meta: { profile: [`${base}with-photo`] } }));
    const { rows } = await plexus('validate', claims);
    assert.deepEqual(codesOf(rows[0]), ['fhir-cardinality']);
  });

  it('refuses what is no package, and keeps nothing of it', async () => {
    const file = write('patient.json', patient());
    const manifest = { name: 'net.example', version: '1.0.0' };
    const bad = [
      write('text.tgz', 'no archive'),
      write('cut.tgz', gzipSync(Buffer.alloc(700, 1)).subarray(0, 20)),
      await pack('empty.tgz', {}),
      await pack('unnamed.tgz', { 'package.json': { version: '1.0.0' } }),
      await pack('null.tgz', { 'package.json': null }),
      await pack('json.tgz', { 'package.json': manifest, 'a.json': '{ "url": ' }),
      await pack('outside.tgz', { 'package.json': { ...manifest, name: '../../outside' } }),
      await pack('version.tgz', { 'package.json': { ...manifest, version: '1/../../../x' } }),
    ];
    for (const archive of bad) {
      assert.equal((await plexus('validate', file, '--package', archive)).code, 78, archive);
      const { code, rows } = await plexus('profile', 'import', archive);
      assert.equal(code, 1, archive);
      assert.equal((rows[0] as unknown as Json).code, 'package-unreadable', archive);
    }
    assert.deepEqual(
      readdirSync(dir).filter((name) => name === 'data' || name === 'outside@1.0.0.json.gz'),
      [],
    );
    const odd = { 'package.json': manifest, 'a.json': null, 'b.json': [1], 'c.json': { url: 7 } };
    assert.equal((await plexus('profile', 'import', await pack('odd.tgz', odd))).code, 0);
  });

  it('says which file it cannot read', async () => {
    const none = join(dir, 'none');
    assert.equal((await plexus('validate')).code, 64);
    for (const argv of [[`${none}.json`], [`${none}.ndjson`], [dir, '--package', `${none}.tgz`]]) {
      const { code, said } = await plexus('validate', ...argv);
      assert.equal(code, 74);
      assert.match(said, /cannot read .*none/);
    }
  });

  it('says of an HL7 v2 message that it is one', async () => {
    const file = write('a01.hl7', 'MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rPID|1||1\r');
    const { lines } = await run(['validate', file, '--config', join(dir, 'config')]);
    assert.match(lines.join('\n'), /HL7 v2 message.*convert/);
  });

  it('holds answers against Questionnaires of the configuration and of a package', async () => {
    const form = (name: string): Json => ({
      ...{ resourceType: 'Questionnaire', url: `${base}${name}`, version: '1', status: 'active' },
      item: [{ linkId: 'a', type: 'boolean', required: true }],
    });
    write('config/profiles/own.json', form('own'));
    const archive = await pack('forms.tgz', {
      'package.json': { name: 'net.forms', version: '1.0.0', fhirVersions: ['4.0.1'] },
      'Questionnaire-theirs.json': form('theirs'),
    });
    const answers = ['own', 'theirs', 'nobodys'].map((name) => ({
      ...{ resourceType: 'QuestionnaireResponse', id: name, status: 'completed' },
      questionnaire: `${base}${name}|1`,
    }));
    const lines = answers.map((one) => `${JSON.stringify(one)}\n`).join('');
    const file = write('answers.ndjson', lines);
    const { rows } = await plexus('validate', file, '--package', archive);
    const found = rows.map((row) => [row.id, codesOf(row)]);
    const unfit = ['fhir-questionnaire'];
    assert.deepEqual(found, [
      ['own', unfit],
      ['theirs', unfit],
      ['nobodys', ['unchecked']],
    ]);
  });
});
