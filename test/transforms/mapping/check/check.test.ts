// Goal: a wrong mapping never starts, and each mistake is named where it stands, with the nearest
// right word. Method: one planted mistake a case, in a configuration folder of its own.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  convertBytes,
  loadMapping,
  runMappingTests,
} from '../../../../transforms/mapping/index.ts';
import { admission, bytes, withField } from '../messages.ts';

describe('checks of a mapping', () => {
  let configDir = '';
  before(() => {
    configDir = mkdtempSync(join(tmpdir(), 'plexus-mapping-'));
    mkdirSync(join(configDir, 'mappings'));
  });
  after(() => rmSync(configDir, { recursive: true }));

  function load(lines: string, name = 'site') {
    const head = `mapping: ${name}\nextends: base\nsource: ${name}\n`;
    writeFileSync(join(configDir, 'mappings', `${name}.yaml`), head + lines);
    return loadMapping(configDir, name);
  }

  /** The mistake, its code, the words that its message must have, and its line and column. */
  const mistakes: [what: string, yaml: string, code: string, text: RegExp, place: string][] = [
    ['a misspelt key', 'rulez: []', 'config-unknown-key', /`rules`/, '4:1'],
    [
      'an unknown rule',
      'rules:\n  - { id: patient-nam, with: { use: usual } }',
      'rule-unknown',
      /`patient-name`/,
      '5:11',
    ],
    [
      'an unknown element',
      'rules:\n  - { id: x, to: patient.birthDat, from: PID-7, as: date }',
      'fhir-element',
      /`birthDate`/,
      '5:18',
    ],
    [
      'an element that grows and is none',
      'resources:\n  - { id: report, grows: [results] }',
      'fhir-element',
      /`result`/,
      '5:27',
    ],
    [
      'an element that grows and is no list',
      'resources:\n  - { id: report, grows: [status] }',
      'fhir-cardinality',
      /status/,
      '5:27',
    ],
    [
      'a wrong HL7 path',
      'rules:\n  - { id: patient-name, from: PID.5 }',
      'hl7-path',
      /PID-5/,
      '5:31',
    ],
    [
      'an unknown conversion',
      'rules:\n  - { id: patient-name, as: HumanNam }',
      'conversion-unknown',
      /`HumanName`/,
      '5:29',
    ],
    [
      'a wrong type',
      'rules:\n  - { id: patient-name, as: Address }',
      'fhir-type',
      /HumanName/,
      '5:29',
    ],
    [
      'an unknown table',
      'rules:\n  - { id: patient-gender, table: gendr }',
      'table-unknown',
      /`gender`/,
      '5:34',
    ],
    [
      'an unknown setting',
      'rules:\n  - { id: patient-name, with: { usage: old } }',
      'config-unknown-key',
      /usage/,
      '5:33',
    ],
    [
      'a word that a setting does not know',
      'rules:\n  - { id: x, to: patient.extension, from: ZPD-3, as: Extension,\n' +
        '      with: { url: "https://x.example/e", value: bool } }',
      'config-value',
      /`boolean`/,
      '6:50',
    ],
    [
      'two sources',
      'rules:\n  - { id: x, to: patient.gender, from: PID-8, value: male }',
      'rule-source',
      /exactly one/,
      '5:5',
    ],
    ['an unknown zone', 'dialect: { timezone: America/Bosten }', 'timezone', /zone/, '4:22'],
    ['a wrong format', 'dialect: { date_formats: [MM/DD] }', 'date-format', /MM\/DD/, '4:27'],
    [
      'an unknown resource',
      'messages:\n  ADT^A01: [patiant]',
      'resource-unknown',
      /`patient`/,
      '5:13',
    ],
    [
      'a wrong condition',
      'rules:\n  - { id: patient-name, when: { triger: A01 } }',
      'condition',
      /`trigger`/,
      '5:33',
    ],
    [
      'a part that does not repeat',
      'parts:\n  - { id: p, of: patient, element: gender, each: NK1 }',
      'fhir-cardinality',
      /repeat/,
      '5:36',
    ],
    [
      'an unknown repair',
      'dialect: { repairs: [glued-segmnts] }',
      'repair-unknown',
      /`glued-segments`/,
      '4:22',
    ],
    ['an unknown charset', 'dialect: { charset: UTF8859 }', 'charset', /`8859\/1/, '4:21'],
    ['a charset of two bytes', 'dialect: { charset: UTF-16 }', 'charset', /MLLP/, '4:21'],
    [
      'an authority that is not the sender`s',
      'dialect: { default_authority: { from: [MSH-4, PV1-3] } }',
      'hl7-path',
      /MSH-4/,
      '4:47',
    ],
    [
      'a list without its meaning',
      'resources:\n  - { id: x, type: Condition, each: PR1, key: [patient, PR1-3] }',
      'update-missing',
      /`snapshot`, `action` or `append`/,
      '5:11',
    ],
    [
      'a part that is a list without its meaning',
      'parts:\n  - { id: x, of: patient, element: contact, each: GT1 }',
      'update-missing',
      /GT1/,
      '5:11',
    ],
    [
      'a snapshot that ends nothing',
      'resources:\n  - { id: x, type: Coverage, each: IN1, key: [PID-3], update: snapshot }',
      'config-missing',
      /`ended`/,
      '5:63',
    ],
    [
      'an action where there is no action code',
      'resources:\n  - { id: allergy, update: action }',
      'update-mode',
      /AL1/,
      '5:28',
    ],
    [
      'two rows of one id',
      'rules:\n  - { id: x, to: patient.photo, from: ZPI-2 }\n' +
        '  - { id: x, to: patient.name, from: ZPI-3, as: HumanName }',
      'rule-twice',
      /`x`/,
      '6:11',
    ],
    [
      'a second rule for an element that does not repeat',
      'rules:\n  - { id: x, to: patient.birthDate, from: ZPI-2, as: date }',
      'fhir-cardinality',
      /`patient-birth-date`.*`when`/,
      '5:18',
    ],
    [
      'a rule that comes after a constant',
      'rules:\n  - { id: patient-gender, value: male }\n' +
        '  - { id: x, to: patient.gender, value: female }',
      'fhir-cardinality',
      /`patient-gender`/,
      '6:18',
    ],
    [
      'a resource without an element that R4 requires',
      'resources:\n  - { id: x, type: Encounter, each: ZVN, key: [patient, ZVN-1] }\n' +
        'rules:\n  - { id: y, to: x.status, value: finished }',
      'fhir-required',
      /Encounter\.class/,
      '5:11',
    ],
    [
      'a part without an element that R4 requires',
      'parts:\n  - { id: x, of: patient, element: communication, each: ZPL }',
      'fhir-required',
      /Patient\.communication\.language/,
      '5:11',
    ],
    [
      'a constant that is no code of R4',
      'rules:\n  - { id: patient-gender, value: femal }',
      'code-unknown',
      /`female`/,
      '5:34',
    ],
    [
      'a constant of another type',
      'rules:\n  - { id: patient-gender, value: { text: female } }',
      'fhir-type',
      /code.*object/,
      '5:34',
    ],
    [
      'a constant with an unknown member',
      'rules:\n  - { id: patient-marital-status, value: { txt: single } }',
      'fhir-element',
      /`text`/,
      '5:49',
    ],
    [
      'a list where one item is meant',
      'rules:\n  - { id: patient-marital-status, value: [{ text: single }] }',
      'fhir-cardinality',
      /one item/,
      '5:42',
    ],
    [
      'a member that repeats and is no list',
      'rules:\n  - { id: patient-marital-status, value: { coding: { code: S } } }',
      'fhir-cardinality',
      /coding repeats/,
      '5:52',
    ],
    [
      'a code of a table that R4 does not have',
      'tables:\n  gender:\n    codes: { F: femal, M: male }',
      'code-unknown',
      /Patient\.gender.*`female`/,
      '6:17',
    ],
    [
      'a code for all others that R4 does not have',
      'tables:\n  encounter-use: { codes: { A: home }, otherwise: work }\n' +
        '  address-use: { codes: { X: home }, otherwise: mine }',
      'code-unknown',
      /Address\.use/,
      '6:49',
    ],
    [
      'a concept of which R4 requires one of its own',
      'rules:\n  - { id: allergy-clinical-status, ' +
        'value: { coding: [{ system: "urn:x", code: active }] } }',
      'code-unknown',
      /AllergyIntolerance\.clinicalStatus/,
      '5:43',
    ],
    [
      'a sender`s code where R4 requires its own',
      'rules:\n  - { id: x, to: contact.gender, from: NK1-15, as: code }',
      'table-missing',
      /male/,
      '5:52',
    ],
    [
      'a reference to what the element cannot refer to',
      'rules:\n  - { id: encounter-subject, reference: encounter }',
      'fhir-type',
      /Group, Patient/,
      '5:41',
    ],
    [
      'an ending that R4 does not have',
      'resources:\n  - { id: coverage, ended: { status: ended } }',
      'code-unknown',
      /Coverage\.status/,
      '5:38',
    ],
    [
      'a use that FHIR does not have',
      'rules:\n  - { id: patient-name, with: { use: offical } }',
      'config-value',
      /`official`/,
      '5:38',
    ],
    [
      'an authority that is no uri',
      'dialect: { default_authority: EAST }',
      'config-value',
      /uri/,
      '4:31',
    ],
    [
      'a code system that is no uri',
      'dialect: { code_systems: { LAB: east-lab } }',
      'config-value',
      /`east-lab` is no uri/,
      '4:33',
    ],
    ['a unit that is no UCUM', 'dialect: { units: { gm: gramm } }', 'unit-unknown', /UCUM/, '4:25'],
    [
      'a new row without its place',
      'resources:\n  - { id: bed-colour, each: ZBC, key: [ZBC-1] }',
      'rule-unknown',
      /a new one says its `type`/,
      '5:11',
    ],
    ['YAML that is none', 'rules: [', 'yaml-syntax', /./, '5:1'],
  ];
  for (const [what, yaml, code, text, place] of mistakes) {
    it(`names ${what}`, () => {
      const { issues, merged } = load(`${yaml}\n`);
      const found = issues.find((issue) => issue.code === code);
      assert.ok(found, JSON.stringify(issues));
      assert.match(found.message, text);
      assert.equal(`${found.line}:${found.column}`, place);
      assert.equal(merged, undefined);
    });
  }

  it('tells a misspelt row once, and a wrong target of a table once', () => {
    const codes = (lines: string) => load(lines).issues.map(({ code }) => code);
    assert.deepEqual(codes('rules:\n  - { id: patient-nam, with: { use: usual } }\n'), [
      'rule-unknown',
    ]);
    assert.deepEqual(codes('parts:\n  - { id: patient-contct, update: append }\n'), [
      'rule-unknown',
    ]);
    assert.deepEqual(codes('tables:\n  gender:\n    codes: { W: femal }\n'), ['code-unknown']);
  });

  it('warns of an abbreviated time zone, and of no other', () => {
    const zone = (name: string) => load(`dialect: { timezone: ${name} }\n`).issues;
    const [issue] = zone('EST');
    assert.equal(issue?.code, 'timezone-abbreviation');
    assert.equal(`${issue.line}:${issue.column} ${issue.severity}`, '4:22 warning');
    for (const name of ['UTC', 'Europe/Berlin', 'Etc/GMT-5']) assert.deepEqual(zone(name), []);
  });

  it('warns of a field that repeats, for an element that does not, until it says which', () => {
    const row = (path: string) =>
      load(`rules:\n  - { id: x, to: patient.maritalStatus.text, from: ${path} }\n`);
    const { issues, merged } = row('PID-10.2');
    const [issue] = issues;
    assert.equal(issue?.code, 'field-repeats');
    assert.equal(`${issue.line}:${issue.column} ${issue.severity}`, '5:52 warning');
    assert.match(issue.message, /"PID-10\[1\]"/);
    assert.ok(merged);
    assert.deepEqual(row('"PID-10[1].2"').issues, []);
  });

  it('makes an extension of the type that a row names', () => {
    const loaded = load(
      'rules:\n  - { id: x, to: patient.extension, from: ZPD-3, as: Extension, ' +
        'with: { url: "https://x.example/e", value: boolean } }\n',
    );
    assert.deepEqual(loaded.issues, []);
    const { conversion } = convertBytes(loaded, bytes([...admission, 'ZPD|1|SPA|Y']));
    const patient = conversion?.contributions.find(({ type }) => type === 'Patient');
    const { extension } = (patient?.set ?? {}) as Partial<fhir4.Patient>;
    assert.deepEqual(
      extension?.filter(({ url }) => url === 'https://x.example/e'),
      [{ url: 'https://x.example/e', valueBoolean: true }],
    );
  });

  it('warns of a table that nothing reads', () => {
    const misspelt = load('tables:\n  encounter-clas:\n    codes: { IP: IMP }\n');
    const [issue] = misspelt.issues;
    assert.equal(`${issue?.severity} ${issue?.code}`, 'warning table-unused');
    assert.match(issue?.message ?? '', /`encounter-class`/);
    assert.equal(`${issue?.line}:${issue?.column}`, '5:3');
    assert.ok(misspelt.merged);
    const read = 'rules:\n  - { id: patient-gender, table: mine }\n';
    for (const lines of [
      'tables:\n  name-use:\n    codes: { X: official }\n',
      `tables:\n  mine:\n    codes: { W: female }\n${read}`,
    ])
      assert.deepEqual(load(lines).issues, []);
  });

  it('names a mapping that is not there, and a circle', () => {
    writeFileSync(join(configDir, 'mappings/a.yaml'), 'mapping: a\nextends: b\n');
    writeFileSync(join(configDir, 'mappings/b.yaml'), 'mapping: b\nextends: a\n');
    assert.equal(loadMapping(configDir, 'a').issues[0]?.code, 'mapping-cycle');
    writeFileSync(join(configDir, 'mappings/a.yaml'), 'mapping: a\nextends: bse\n');
    const [issue] = loadMapping(configDir, 'a').issues;
    assert.equal(issue?.code, 'mapping-unknown');
    assert.match(issue?.message ?? '', /`base`/);
    rmSync(join(configDir, 'mappings/a.yaml'));
    rmSync(join(configDir, 'mappings/b.yaml'));
  });

  it('two files of one mapping do not say the same thing twice', () => {
    const more =
      'mapping: more\nmessages: { ADT^A01: [patient] }\ntables: { name-use: { codes: {} } }\n';
    writeFileSync(join(configDir, 'mappings/more.yaml'), more);
    const head = 'include: [more]\n';
    assert.deepEqual(load(`${head}tables: { gender: { codes: { H: male } } }\n`).issues, []);
    const { issues } = load(
      `${head}messages: { ADT^A01: filter }\ntables: { name-use: { codes: {} } }\n`,
    );
    assert.deepEqual(
      issues.map(({ code, line, column }) => [code, line, column]),
      [
        ['entry-twice', 5, 13],
        ['entry-twice', 6, 11],
      ],
    );
    rmSync(join(configDir, 'mappings/more.yaml'));
  });

  it('an override changes what it names, `disable` ends a rule, `filter` a type', () => {
    const loaded = load(
      'messages: { ADT^A08: filter }\n' +
        'rules:\n' +
        '  - { id: patient-name, with: { use: usual } }\n' +
        '  - { id: patient-gender, disable: true }\n' +
        '  - { id: patient-marital-status, value: { text: not told } }\n',
    );
    assert.deepEqual(loaded.issues, []);
    const { conversion } = convertBytes(loaded, bytes(admission));
    const patient = conversion?.contributions[0]?.set as unknown as Partial<fhir4.Patient>;
    assert.equal(patient.name?.[0]?.use, 'usual');
    assert.equal(patient.name?.[0]?.family, 'Young');
    assert.equal(patient.gender, undefined);
    assert.deepEqual(patient.maritalStatus, { text: 'not told' });
    const update = convertBytes(loaded, bytes(withField(admission, 'MSH', 9, 'ADT^A08')));
    assert.equal(update.outcome, 'filtered');
  });

  it('a declared default authority takes the place of the base`s', () => {
    const loaded = load('dialect: { default_authority: "urn:oid:2.999.7" }\n');
    const { bundle } = convertBytes(loaded, bytes(withField(admission, 'PID', 3, '4711')));
    const patient = bundle?.entry?.[0]?.resource as fhir4.Patient;
    assert.equal(patient.identifier?.[0]?.system, 'urn:oid:2.999.7');
  });

  it('another source gives other ids; another text of the same rules gives another hash', () => {
    const one = load('', 'one');
    const two = load('', 'two');
    const id = (loaded: typeof one) =>
      convertBytes(loaded, bytes(admission)).conversion?.contributions[0]?.id;
    assert.notEqual(id(one), id(two));
    const before = one.hash;
    assert.notEqual(load('description: changed\n', 'one').hash, before);
  });

  it('a test in the file that does not hold is told with both values', () => {
    const message = admission.map((line) => `      ${line}`).join('\n');
    load(
      'tests:\n' +
        '  - name: gender\n' +
        `    message: |\n${message}\n` +
        '    expect: { Patient.gender: male, Patient.photo: null }\n',
    );
    const [result] = runMappingTests(configDir, 'site');
    assert.equal(result?.passed, false);
    assert.deepEqual(result?.failures, ['Patient.gender is "female", not "male"']);
    assert.equal(result?.line, 5);
  });
});
