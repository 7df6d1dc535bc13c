// Goal: an extension that nobody registered is found wherever it stands, in a mapping by lint and
// in a resource by the gate, and the registry's own mistakes have a place. Method: planted ones,
// each alone; and the base mappings, all of whose extensions are registered with Plexus.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensionIssues } from '../../../../bin/lint/extensions.ts';
import { emittedExtensions, loadMapping } from '../../../../transforms/mapping/index.ts';
import {
  createDefinitions,
  createValidator,
  extensionJudge,
  readExtensions,
} from '../../../../transforms/validation/index.ts';

const row = (more: string) =>
  `extensions:\n  - { url: "https://a.example/x", context: Patient, type: string, ${more} }\n`;
const whole = row('owner: ann, reviewer: bob, reason: none serves');

describe('the registry of extensions', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-extensions-'));
    for (const folder of ['extensions', 'mappings']) mkdirSync(join(dir, folder));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const register = (text: string, name = 'a') =>
    writeFileSync(join(dir, 'extensions', `${name}.yaml`), text);
  const codes = (today = '2026-11-23', mappings: readonly string[] = []) =>
    extensionIssues(
      dir,
      mappings.map((name) => loadMapping(dir, name)),
      today,
    ).map(({ code, line, severity }) => `${severity} ${code} ${line}`);

  it('takes what is written whole, and says what is not', () => {
    register(whole);
    assert.deepEqual(codes(), []);
    assert.ok(readExtensions(dir).registered.has('https://a.example/x'));
    register(row('owner: ann, reviewer: ann, reason: none serves'));
    assert.deepEqual(codes(), ['error extension-not-reviewed 2']);
    register(row('owner: ann, reason: none serves'));
    assert.deepEqual(codes(), ['error config-missing 2']);
    register(whole.replace('type: string', 'type: bool'));
    assert.deepEqual(codes(), ['error config-value 2']);
    assert.match(readExtensions(dir).issues[0]?.message ?? '', /`boolean`/);
    register(whole.replace('context: Patient', 'context: Patiant.contact'));
    assert.deepEqual(codes(), ['error config-value 2']);
    assert.match(readExtensions(dir).issues[0]?.message ?? '', /`Patiant`; did you mean `Patient`/);
    register(whole);
    register(whole, 'b');
    assert.deepEqual(codes(), ['error extension-twice 2']);
  });

  it('warns from the day of review on', () => {
    register(row('owner: ann, reviewer: bob, reason: r, review_date: 2027-03-01'));
    assert.deepEqual(codes('2027-02-28'), []);
    assert.deepEqual(codes('2027-03-01'), ['warning extension-review-due 2']);
    register(row('owner: ann, reviewer: bob, reason: r, review_date: 2027-02-30'));
    assert.equal(codes()[0]?.startsWith('error'), true);
  });

  it('refuses a mapping that emits an unregistered one, at its url', () => {
    const rules = [
      `{ id: one, to: patient.extension, from: PID-20, as: Extension,
      with: { url: "https://a.example/x", value: string } }`,
      `{ id: two, to: patient._birthDate,
      value: { extension: [{ url: "https://a.example/y", valueCode: unknown }] } }`,
    ];
    const head = 'mapping: west\nextends: base\nsource: west\nrules:\n';
    const text = head + rules.map((rule) => `  - ${rule}\n`).join('');
    writeFileSync(join(dir, 'mappings/west.yaml'), text);
    const loaded = loadMapping(dir, 'west');
    assert.deepEqual(loaded.issues, []);
    const [first] = extensionIssues(dir, [loaded], '2026-11-23');
    assert.match(first?.message ?? '', /a\.example\/x`.*extensions\/\*\.yaml/);
    assert.deepEqual(codes('2026-11-23', ['west']), [
      'error extension-unregistered 6',
      'error extension-unregistered 8',
    ]);
    register(whole);
    assert.deepEqual(codes('2026-11-23', ['west']), ['error extension-unregistered 8']);
  });

  it('knows every extension of the base mappings and of their conversions', () => {
    const { registered } = readExtensions(dir);
    const emitted = emittedExtensions(loadMapping(dir, 'base')).map(({ url }) => url);
    assert.ok(emitted.length > 20);
    const folder = join(import.meta.dirname, '../../../../transforms/mapping/datatypes');
    const ofConversions = readdirSync(folder).flatMap(
      (name) =>
        readFileSync(join(folder, name), 'utf8').match(/http[^']*StructureDefinition[^']*/g) ?? [],
    );
    assert.ok(ofConversions.length > 2);
    assert.deepEqual(
      [...emitted, ...ofConversions].filter((url) => !registered.has(url)),
      [],
    );
  });

  it('finds one at any depth, in the wrong place, and of the wrong type', () => {
    register(whole);
    const { registered } = readExtensions(dir);
    const url = 'https://a.example/x';
    const unknown = 'https://a.example/unknown';
    const definitions = createDefinitions();
    const validator = createValidator({
      definitions,
      valueSets: definitions.valueSets,
      extensions: extensionJudge(registered),
    });
    const issuesOf = (resource: object) =>
      validator
        .validate({ resourceType: 'Patient', ...resource })
        .issues.filter(({ code }) => code.startsWith('extension-'));
    const found = (resource: object) =>
      issuesOf(resource).map(({ code, path }) => `${code} ${path}`);
    assert.deepEqual(found({ extension: [{ url, valueString: 'a' }] }), []);
    assert.deepEqual(found({ extension: [{ url, valueCode: 'a' }] }), [`extension-type ${url}`]);
    assert.deepEqual(found({ name: [{ extension: [{ url, valueString: 'a' }] }] }), [
      `extension-misplaced ${url}`,
    ]);
    const places = [
      { extension: [{ url: unknown }] },
      { modifierExtension: [{ url: unknown }] },
      { _birthDate: { extension: [{ url: unknown }] } },
      { name: [{ _given: [null, { extension: [{ url: `${unknown}|1.0.0` }] }] }] },
      { contained: [{ resourceType: 'Organization', extension: [{ url: unknown }] }] },
      { extension: [{ url, extension: [{ url: unknown, valueString: 'a' }] }] },
    ];
    for (const place of places)
      assert.ok(found(place).includes(`extension-unregistered ${unknown}`), JSON.stringify(place));
    const inner = { url, extension: [{ url: 'part', valueString: 'a' }] };
    assert.deepEqual(found({ extension: [inner] }), [`extension-type ${url}`]);
    const contained = [{ resourceType: 'Patient', extension: [{ url, valueString: 'a' }] }];
    assert.deepEqual(found({ contained }), []);
    const [issue] = issuesOf({ name: [{}, { _given: [null, { extension: [{ url: unknown }] }] }] });
    assert.match(issue?.diagnostics ?? '', /^Patient\.name\[1\]\.given\[1\] carries /);
  });
});
