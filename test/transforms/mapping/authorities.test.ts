// Goal: an authority is one identifier system, by whatever name a sender calls it, and a mistake in
// the registry is found at its line. Method: configurations written for the test; each way to write
// an HD, converted under two facilities; and where a visit's number may be declared to stand.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { bytes } from './messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'plexus-authorities-'));
after(() => rmSync(folder, { recursive: true }));
let configurations = 0;

/** A configuration with this registry, and a facility with this dialect. */
function configured(registry: string, dialect: string): string {
  configurations += 1;
  const configDir = join(folder, `${configurations}`);
  mkdirSync(join(configDir, 'mappings'), { recursive: true });
  writeFileSync(join(configDir, 'authorities.yaml'), registry);
  writeFileSync(join(configDir, 'mappings', 'a.yaml'), `mapping: a\nextends: base\n${dialect}`);
  return configDir;
}

const registry = `authorities:
  - system: urn:oid:2.999.10.2
    names: [MWH, adt.mercy.example, "https://mercy.example/mrn"]
  - system: https://card.example/number
    names: [CARD, 2.999.10.9]
`;

const message = (cx: string, visit = 'V1', rest = '') =>
  bytes([
    'MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^A08|M1|P|2.5.1',
    `PID|1||${cx}||Young^Ada||19800229|F${rest}`,
    `PV1|1|I${'|'.repeat(17)}${visit}`,
  ]);

function systemOf(configDir: string, cx: string): unknown {
  const { conversion } = convertBytes(loadMapping(configDir, 'a'), message(cx));
  const [identifier] = (conversion?.contributions[0]?.set.identifier ?? []) as fhir4.Identifier[];
  return identifier?.system;
}

describe('the registry of authorities', () => {
  it('makes one system of a namespace, an OID, a DNS name and a uri', () => {
    const configDir = configured(registry, '');
    for (const hd of [
      'MWH',
      'MWH&2.999.10.2&ISO',
      '&2.999.10.2&ISO',
      'ANY&ADT.Mercy.example&DNS',
      '&https://mercy.example/mrn&URI',
      '&urn:oid:2.999.10.2&URI',
    ])
      assert.equal(systemOf(configDir, `4711^^^${hd}^MR`), 'urn:oid:2.999.10.2', hd);
    assert.equal(systemOf(configDir, '4711^^^&2.999.10.9&ISO^HC'), 'https://card.example/number');
    assert.equal(systemOf(configDir, '4711^^^&2.999.11&ISO^MR'), 'urn:oid:2.999.11');
  });

  it('gives a default authority its name, and leaves a sender`s own names to the sender', () => {
    const own = 'dialect: { default_authority: MWH, authorities: { LOC: "urn:oid:2.999.7" } }\n';
    const configDir = configured(registry, own);
    assert.equal(systemOf(configDir, '4711'), 'urn:oid:2.999.10.2');
    assert.equal(systemOf(configDir, '4711^^^LOC^MR'), 'urn:oid:2.999.7');
  });

  it('refuses a name of two authorities where it is written', () => {
    const twice = `${registry}  - system: urn:oid:2.999.10.3\n    names: [MWH]\n`;
    const [first, ...others] = loadMapping(configured(twice, ''), 'a').issues;
    assert.deepEqual([first?.code, first?.line, others.length], ['authority-conflict', 7, 0]);
    const dialect = 'dialect:\n  authorities:\n    MWH: urn:oid:2.999.8\n';
    const [other] = loadMapping(configured(registry, dialect), 'a').issues;
    assert.deepEqual([other?.code, other?.line], ['authority-conflict', 5]);
    const unread = loadMapping(configured('authorities: [{ system: MWH }]\n', ''), 'a');
    assert.equal(unread.merged, undefined);
    assert.equal(unread.issues[0]?.line, 1);
  });

  it('says where namespace and id stand for two authorities, and holds such a patient', () => {
    const loaded = loadMapping(configured(registry, ''), 'a');
    const codesOf = (...given: Parameters<typeof message>) => {
      const { outcome, issues } = convertBytes(loaded, message(...given));
      return [outcome, ...issues.map(({ code, path }) => `${code} ${path}`)];
    };
    const [contradicted, missing] = ['authority-contradicted', 'patient-identifier-missing'];
    for (const hd of ['MWH&2.999.10.9&ISO', 'CARD&2.999.77&ISO'])
      assert.deepEqual(
        codesOf(`4711^^^${hd}^MR`),
        ['quarantined', `${missing} PID`, `${contradicted} PID-3`],
        hd,
      );
    assert.deepEqual(codesOf('4711^^^MWH', 'V1^^^MWH&2.999.10.9&ISO'), [
      'converted',
      `${contradicted} PV1-19`,
    ]);
    assert.deepEqual(codesOf('4711^^^MWH&2.999.10.2&ISO', 'V1^^^WARD&2.999.77&ISO'), ['converted']);
  });

  it('changes what a mapping is: its label names another text', () => {
    const [a, b] = [configured(registry, ''), configured(registry.replace('CARD', 'KARTE'), '')];
    assert.notEqual(loadMapping(a, 'a').hash, loadMapping(b, 'a').hash);
  });
});

describe('the number of a visit', () => {
  const fallback = 'dialect: { visit_number: [PV1-19, PV1-50, PID-18] }\n';
  const idOf = (dialect: string, visit: string, account: string) =>
    convertBytes(
      loadMapping(configured(registry, dialect), 'a'),
      message('4711^^^MWH', visit, `${'|'.repeat(10)}${account}`),
    ).conversion?.contributions.find(({ type }) => type === 'Encounter')?.id;

  it('stands where the dialect declares it, and is no other visit`s', () => {
    assert.equal(idOf('', '', 'A1'), undefined, 'held');
    const byAccount = idOf(fallback, '', 'A1');
    assert.ok(byAccount);
    assert.equal(idOf(fallback, 'V1', 'A1'), idOf('', 'V1', 'A1'));
    assert.notEqual(byAccount, idOf(fallback, 'A1', ''), 'a visit that is numbered as the account');
  });

  it('is an identifier of the visit, whichever field it stands in', () => {
    const loaded = loadMapping(configured(registry, fallback), 'a');
    const numbersOf = (...given: Parameters<typeof message>) => {
      const { contributions = [] } = convertBytes(loaded, message(...given)).conversion ?? {};
      const visit = contributions.find(({ type }) => type === 'Encounter');
      const identifiers = (visit?.set.identifier ?? []) as fhir4.Identifier[];
      return identifiers.map(({ value }) => value);
    };
    const account = `${'|'.repeat(10)}A1`;
    assert.deepEqual(numbersOf('4711^^^MWH', '', account), ['A1']);
    assert.deepEqual(numbersOf('4711^^^MWH', `${'|'.repeat(31)}W2`, account), ['W2']);
    assert.deepEqual(numbersOf('4711^^^MWH', 'V1', account), ['V1']);
  });

  it('can only be asked for by a field that numbers visits', () => {
    const rule = 'rules: [{ id: x, to: encounter.identifier, from: PID-3, as: Identifier, when: ';
    const [issue] = loadMapping(configured(registry, `${rule}{ visit: PID-3 } }]\n`), 'a').issues;
    assert.equal(issue?.code, 'condition');
  });
});
