// Goal: a channel that validates holds what would leave a resource invalid, by R4, by a pinned
// profile or by the registry of extensions, each with a code, a path and a sentence; pins that
// cannot be met never start; a feed may be flagged instead. Method: the stage and the store on real
// resources, and lint of channels with one mistake each.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry } from '../../../../bin/registry.ts';
import { loadNetwork, type Outcome, type Work } from '../../../../engine/index.ts';
import { type Stored, storeStage } from '../../../../routes/spine/index.ts';
import type { Conversion } from '../../../../transforms/fhir/index.ts';
import {
  importFiles,
  openTerminology,
  terminologyFile,
} from '../../../../transforms/terminology/index.ts';
import { validateStage } from '../../../../transforms/validation/index.ts';
import { key, workOf } from '../../../routes/spine/spine-fixture.ts';

type Json = Readonly<Record<string, unknown>>;

const profile = (differential: readonly Json[], more: Json = {}) => ({
  resourceType: 'StructureDefinition',
  url: 'https://net.example/fhir/StructureDefinition/named-patient',
  version: '1.0.0',
  name: 'NamedPatient',
  status: 'active',
  fhirVersion: '4.0.1',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  differential: { element: differential },
  ...more,
});
const pin = 'https://net.example/fhir/StructureDefinition/named-patient|1.0.0';
const named = [
  { id: 'Patient', path: 'Patient' },
  { id: 'Patient.name', path: 'Patient.name', min: 1 },
];

describe('the stage validate', () => {
  let dir: string;
  let message = 0;
  const closing: (() => void)[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-validate-'));
    for (const folder of ['config/profiles', 'config/channels', 'config/extensions'])
      mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, 'config/plexus.yaml'), 'network: example\n');
    writeFileSync(join(dir, 'config/profiles/named.json'), JSON.stringify(profile(named)));
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
    rmSync(dir, { recursive: true });
  });

  function open(config: Json) {
    const context = {
      ...{ channel: 'a', revision: 'r', configDir: join(dir, 'config'), dataDir: dir, key },
    };
    const validate = validateStage.create(validateStage.schema.parse(config), context);
    const store = storeStage.create({}, context);
    closing.push(() => store.close?.());
    return (resource: { resourceType: string; id: string } & Json): string[] => {
      message += 1;
      const { resourceType: type, id, ...set } = resource;
      const work = workOf(message, 0, [{ type, id, set, remove: [], whole: true }]);
      const gated = validate.run(work) as Outcome<Conversion>;
      if (gated.kind !== 'pass') return [gated.kind];
      store.transaction?.begin();
      const outcome = store.run({ ...work, body: gated.body } as Work) as Outcome<Stored>;
      store.transaction?.commit();
      if (outcome.kind !== 'pass' && outcome.kind !== 'hold') return [outcome.kind];
      const { said = [] } = outcome.kind === 'pass' ? outcome : {};
      assert.ok(said.every(({ stage }) => stage === 'validate'));
      const all = [...outcome.issues, ...said.map(({ issue }) => issue)];
      const shown = all.filter(({ severity }) => severity !== 'information');
      return [
        outcome.kind,
        ...shown.map(({ severity, code, path }) => `${severity} ${code} ${path}`),
      ];
    };
  }
  const patient = (more: Json) => ({ resourceType: 'Patient', id: 'p1', ...more });

  it('holds what R4 does not allow', () => {
    const put = open({});
    assert.deepEqual(put(patient({ gender: 'female' })), ['pass']);
    const [kind, ...issues] = put(patient({ gender: 'unheard-of' }));
    assert.equal(kind, 'hold');
    assert.ok(issues.some((one) => one.startsWith('error ') && one.endsWith(' Patient.gender')));
  });

  it('holds what a pinned profile does not allow, where the pin applies', () => {
    const everywhere = open({ profiles: [pin] });
    assert.equal(everywhere(patient({ name: [{ family: 'Young' }] }))[0], 'pass');
    assert.equal(everywhere(patient({ gender: 'female' }))[0], 'hold');
    const some = open({ profiles: [{ profile: pin, when: "gender = 'female'" }] });
    assert.equal(some(patient({ gender: 'female' }))[0], 'hold');
    assert.equal(some(patient({ gender: 'male' }))[0], 'pass');
  });

  it('asks terminology for a value set that it does not have itself', async () => {
    const binding = { strength: 'required', valueSet: 'urn:test:animals|1' };
    const element = [
      { id: 'Patient', path: 'Patient' },
      { id: 'Patient.maritalStatus', path: 'Patient.maritalStatus', binding },
    ];
    writeFileSync(join(dir, 'config/profiles/named.json'), JSON.stringify(profile(element)));
    const coded = (code: string) =>
      patient({ maritalStatus: { coding: [{ system: 'urn:test:codes', code }] } });
    assert.deepEqual(open({ profiles: [pin] })(coded('stone')), ['pass']);
    const system = {
      ...{ resourceType: 'CodeSystem', url: 'urn:test:codes', version: '1', status: 'active' },
      content: 'complete',
      concept: [{ code: 'animal', concept: [{ code: 'cat' }] }, { code: 'stone' }],
    };
    const filter = [{ property: 'concept', op: 'is-a', value: 'animal' }];
    const set = {
      ...{ resourceType: 'ValueSet', url: 'urn:test:animals', version: '1', status: 'active' },
      compose: { include: [{ system: 'urn:test:codes', filter }] },
    };
    const files = [system, set].map((resource) => {
      const file = join(dir, `${resource.resourceType}.json`);
      writeFileSync(file, JSON.stringify(resource));
      return file;
    });
    const store = openTerminology({ file: terminologyFile(dir), key });
    closing.push(() => store.close());
    const approval = { by: 'tester' };
    await importFiles(store, { files, approval, dryRun: false, nowUs: () => 1 });
    const put = open({ profiles: [pin] });
    assert.deepEqual(put(coded('cat')), ['pass']);
    const [kind, ...issues] = put(coded('stone'));
    assert.equal(kind, 'hold');
    assert.deepEqual(issues, ['error fhir-binding Patient.maritalStatus']);
  });

  it('holds an extension that nobody registered, under its url', () => {
    const put = open({});
    const url = 'https://net.example/extension';
    const resource = patient({ extension: [{ url, valueString: 'a' }] });
    assert.deepEqual(put(resource), ['hold', `error extension-unregistered ${url}`]);
    writeFileSync(
      join(dir, 'config/extensions/own.yaml'),
      `extensions:\n  - { url: "${url}", context: Patient, type: string,
      owner: ann, reviewer: bob, reason: r }\n`,
    );
    assert.deepEqual(open({})(resource), ['pass']);
  });

  it('passes a modifier extension that is registered, though nobody defines it', () => {
    const url = 'https://net.example/turned';
    const resource = patient({ modifierExtension: [{ url, valueBoolean: true }] });
    assert.deepEqual(open({})(resource), ['hold', `error extension-unregistered ${url}`]);
    const entry = `{ url: "${url}", context: DomainResource, type: boolean,
      owner: ann, reviewer: bob, reason: r }`;
    writeFileSync(join(dir, 'config/extensions/own.yaml'), `extensions:\n  - ${entry}\n`);
    assert.deepEqual(open({})(resource), ['pass']);
  });

  it('passes with warnings where the feed is only flagged', () => {
    const put = open({ invalid: 'flag', profiles: [pin] });
    const [kind, ...issues] = put(patient({ gender: 'unheard-of' }));
    assert.equal(kind, 'pass');
    assert.ok(issues.length > 1 && issues.every((one) => one.startsWith('warning ')));
  });

  it('holds by R4 and flags by one profile, where its pin says so', () => {
    const put = open({ profiles: [{ profile: pin, invalid: 'flag' }] });
    const [kind, ...issues] = put(patient({ gender: 'female' }));
    assert.equal(kind, 'pass');
    assert.ok(issues.length > 0 && issues.every((one) => one.startsWith('warning ')));
    assert.equal(put(patient({ gender: 'unheard-of' }))[0], 'hold');
  });

  it('is refused by lint for pins that cannot be met', () => {
    const lint = (stage: string) => {
      const head = 'channel: a\nowner: o@a.example\nsource: { fhir: { port: 1 } }\nstages:\n';
      const stages = `  - read-fhir: { source: a }\n  - validate: ${stage}\n  - store\n`;
      writeFileSync(join(dir, 'config/channels/a.yaml'), head + stages);
      const { issues } = loadNetwork(join(dir, 'config'), registry, { dataDir: dir });
      return issues.map(({ code, line }) => `${line} ${code}`);
    };
    assert.deepEqual(lint(`{ profiles: ["${pin}"] }`), []);
    assert.deepEqual(lint('{ profiles: ["https://net.example/unknown|1.0.0"] }'), [
      '6 profile-unknown',
    ]);
    assert.deepEqual(lint(`{ profiles: ["${pin.split('|')[0]}"] }`).length, 1);
    assert.deepEqual(lint('{ packages: ["hl7.fhir.us.core#6.1.0"] }'), ['6 package-missing']);
    const wrong = `{ profiles: [{ profile: "${pin}", when: "gender = = 'a'" }] }`;
    assert.deepEqual(lint(wrong), ['6 fhirpath-invalid']);
    writeFileSync(join(dir, 'config/profiles/named.json'), '{ "resourceType": ');
    assert.deepEqual(lint(`{ profiles: ["${pin}"] }`), ['1 profile-json']);
  });
});
