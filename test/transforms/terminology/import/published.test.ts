// Goal: what is published answers, a draft only to its own version; a value set is published with
// the codes that its definition comes to that day; what comes with Plexus is never contradicted.
// Method: small releases in a real store; a value set whose code system gets a newer version; a
// copy of a shipped release with one display, one code and one row changed.
import assert from 'node:assert/strict';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import {
  expandedCodes,
  memberships,
  valueSetBy,
} from '../../../../transforms/terminology/operations/index.ts';
import { shippedDocument, withShipped } from '../../../../transforms/terminology/shipped/index.ts';
import { type Any, ask } from '../operations/asking.ts';
import { codeSystem, type Opened, openStore } from '../store/opened.ts';

const animals = (version: string, ...below: readonly string[]): Json =>
  codeSystem([{ code: 'animal', concept: below.map((code) => ({ code })) }, { code: 'stone' }], {
    ...{ version, hierarchyMeaning: 'is-a' },
  });
const isAnimal = { property: 'concept', op: 'descendent-of', value: 'animal' };
const animalSet = (more: Json = {}): Json => ({
  ...{ resourceType: 'ValueSet', url: 'urn:test:animals', version: '1', status: 'active' },
  compose: { include: [{ system: 'urn:test:codes', filter: [isAnimal] }] },
  ...more,
});

const membersOf = ({ store }: Opened, version = '1') =>
  store.members('urn:test:animals', version)?.map(({ code }) => code);

describe('what an import publishes', () => {
  it('stores the codes that a filter leaves, of a code system that comes along', async () => {
    using opened = openStore();
    const report = await opened.importJson(animalSet(), animals('1', 'cat', 'dog'));
    assert.deepEqual(report.findings, []);
    assert.deepEqual(membersOf(opened), ['cat', 'dog']);
    assert.equal(opened.store.find('ValueSet', 'urn:test:animals', '1')?.count, 2);
    assert.deepEqual(opened.store.verify(), { releases: 2, damaged: [] });
  });

  it('leaves a published value set its codes when the code system has become another', async () => {
    using opened = openStore();
    await opened.importJson(animalSet(), animals('1', 'cat'));
    await opened.importJson(animals('2', 'cat', 'dog'));
    const again = await opened.importJson(animalSet());
    assert.deepEqual(again.releases[0]?.outcome, 'unchanged');
    assert.deepEqual(membersOf(opened), ['cat']);
    await opened.importJson(animalSet({ version: '2' }));
    assert.deepEqual(membersOf(opened, '2'), ['cat', 'dog']);
    const { knowledge } = opened.store;
    const codesOf = (definition: Json) =>
      [...expandedCodes(knowledge, definition)].map(({ code }) => code);
    const { resource } = knowledge.valueSet('urn:test:animals', '1')!;
    assert.deepEqual(codesOf(resource), ['cat', 'dog'], 'the text alone means the newest');
    assert.deepEqual(codesOf(valueSetBy(knowledge, 'urn:test:animals|1')!), ['cat']);
  });

  it('answers every question by these codes, unless it names a version', async () => {
    using opened = openStore();
    const outer = {
      ...{ resourceType: 'ValueSet', url: 'urn:test:outer', version: '1', status: 'active' },
      compose: { include: [{ valueSet: ['urn:test:animals'] }] },
    };
    await opened.importJson(animalSet(), animals('1', 'cat', 'eel'));
    await opened.importJson(outer);
    await opened.importJson(animals('2', 'cat', 'dog'));
    await opened.importJson(animalSet({ version: '2' }));
    const { knowledge } = opened.store;
    const said = (url: string, ...more: readonly Json[]): readonly string[] =>
      ask(
        'ValueSet/expand',
        [{ name: 'url', valueUri: url }, ...more],
        knowledge,
      ).expansion.contains.map(({ code }: Any) => code);
    const has = (url: string, code: string): boolean => {
      const coding = { system: 'urn:test:codes', code };
      const parameters = [
        { name: 'url', valueUri: url },
        { name: 'coding', valueCoding: coding },
      ];
      return ask('ValueSet/validate-code', parameters, knowledge).parameter.find(
        ({ name }: Any) => name === 'result',
      ).valueBoolean;
    };
    assert.deepEqual(said('urn:test:animals|1'), ['cat', 'eel']);
    assert.deepEqual(said('urn:test:outer|1'), ['cat', 'eel'], 'also through another value set');
    assert.deepEqual(said('urn:test:animals'), ['cat', 'dog']);
    const asked = { name: 'system-version', valueCanonical: 'urn:test:codes|2' };
    assert.deepEqual(said('urn:test:animals|1', asked), ['cat', 'dog']);
    assert.equal(has('urn:test:animals|1', 'eel'), true);
    assert.equal(has('urn:test:animals|1', 'dog'), false);
    assert.equal(has('urn:test:animals|2', 'eel'), false);
    const holds = memberships(knowledge);
    assert.equal(holds('urn:test:animals|1', 'urn:test:codes', 'eel'), 'yes');
    assert.equal(holds('urn:test:animals|1', 'urn:test:codes', 'dog'), 'no');
  });

  it('says so when nobody knows what a value set draws on', async () => {
    using opened = openStore();
    const { outcome, findings } = await opened.importJson(animalSet());
    assert.equal(outcome, 'imported');
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['expansion-missing'],
    );
    assert.match(findings[0]?.message ?? '', /urn:test:codes/);
    assert.deepEqual(membersOf(opened), []);
  });

  it('gives a draft to nobody who did not name its version', async () => {
    using opened = openStore();
    const draft = { ...animals('9', 'cat', 'unicorn'), status: 'draft' };
    const set = animalSet({ status: 'draft' });
    const map = { resourceType: 'ConceptMap', url: 'urn:m', version: '1', status: 'draft' };
    const group = [{ source: 'urn:a', target: 'urn:test:codes', element: [] }];
    await opened.importJson(animals('1', 'cat'), draft, set, { ...map, group });
    const { knowledge } = opened.store;
    assert.deepEqual(knowledge.versions('CodeSystem', 'urn:test:codes'), ['1']);
    assert.equal(knowledge.codeSystem('urn:test:codes', '9')?.concept('unicorn')?.code, 'unicorn');
    assert.equal(valueSetBy(knowledge, 'urn:test:animals'), undefined);
    assert.equal(valueSetBy(knowledge, 'urn:test:animals|1')?.url, 'urn:test:animals');
    assert.deepEqual(knowledge.mapsFrom('urn:a'), []);
    assert.deepEqual(membersOf(opened), ['cat']);
  });
});

describe('a release that comes with Plexus', () => {
  const beside = withShipped(undefined);
  const release = (type: 'CodeSystem' | 'ValueSet', url: string) => {
    const [version = ''] = beside.versions(type, url);
    return JSON.parse(shippedDocument(type, { url, version })![0]!) as Json;
  };
  const load = (opened: Opened, resource: Json) =>
    opened.import([opened.write('x.json', JSON.stringify(resource))], { beside });
  const gender = () => release('CodeSystem', 'http://hl7.org/fhir/administrative-gender');

  it('may be imported as it is', async () => {
    using opened = openStore();
    const { outcome, findings } = await load(opened, gender());
    assert.deepEqual([outcome, findings], ['imported', []]);
  });

  it('is refused when it says otherwise, by what is different', async () => {
    using opened = openStore();
    const resource = gender();
    const [one, ...others] = resource.concept as Json[];
    const concept = [{ ...one, display: 'Otherwise' }, ...others.slice(1), { code: 'planted' }];
    const report = await load(opened, { ...resource, concept });
    assert.equal(report.outcome, 'refused');
    const [finding] = report.findings;
    assert.equal(finding?.code, 'release-published');
    const missing = String(others[0]!.code);
    assert.match(
      finding?.message ?? '',
      new RegExp(`display ${String(one!.code)}, added planted, removed ${missing}`),
    );
    assert.deepEqual(opened.store.list(), []);
  });

  it('is refused as a value set whose definition is another', async () => {
    using opened = openStore();
    const resource = release('ValueSet', 'http://hl7.org/fhir/ValueSet/administrative-gender');
    const compose = { include: [{ system: 'http://hl7.org/fhir/administrative-gender' }] };
    assert.equal((await load(opened, { ...resource, compose })).outcome, 'imported');
    const filter = [{ property: 'concept', op: '=', value: 'male' }];
    const narrow = { include: [{ ...compose.include[0], filter }] };
    const report = await load(opened, { ...resource, compose: narrow });
    assert.equal(report.outcome, 'refused');
  });
});
