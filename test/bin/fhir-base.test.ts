// Goal: one `/fhir` serves terminology beside the others, from the store of the data folder, as
// soon as something has been imported; nothing of it is to be had without signing in.
// Method: the mount with its real thread and a real store; the others are a small app that says
// that it was asked.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { mountTerminology } from '../../bin/fhir-base.ts';
import type { HttpApp } from '../../engine/http/index.ts';
import { createEvents } from '../../engine/index.ts';
import {
  importFiles,
  openTerminology,
  terminologyFile,
} from '../../transforms/terminology/index.ts';
import { type Any, colourSystem, colours } from '../transforms/terminology/operations/asking.ts';

describe('terminology on the port of the console', function () {
  this.timeout(180_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'plexus-fhir-base-'));
  const key = randomBytes(32);
  const bugs: unknown[] = [];
  const events = createEvents();
  const others = new Hono();
  others.get('/fhir/metadata', (c) =>
    c.json({
      ...{ resourceType: 'CapabilityStatement', instantiates: ['urn:others'], format: ['json'] },
      rest: [{ mode: 'server', resource: [{ type: 'Patient' }] }],
    }),
  );
  others.all('*', (c) => c.text('the others'));
  const mounted = mountTerminology(others as unknown as HttpApp, {
    ...{ dataDir, key, version: '0.0.0', bug: (cause) => bugs.push(cause), events },
  });
  after(async () => {
    await mounted.close();
    rmSync(dataDir, { recursive: true });
    assert.deepEqual(bugs, []);
  });

  const ask = async (path: string, who: string | undefined = 'tests') => {
    const env = who === '' ? {} : { principal: { id: who, kind: 'client' } };
    return mounted.app.fetch(new Request(`http://here.example${path}`), env as never);
  };
  const lookup = `/fhir/CodeSystem/$lookup?system=${colours}&code=ruby`;

  it('serves what comes with Plexus, and units, without a store', async () => {
    const gender = 'system=http://hl7.org/fhir/administrative-gender&code=male';
    assert.equal((await ask(`/fhir/CodeSystem/$lookup?${gender}`)).status, 200);
    const unit = 'system=http://unitsofmeasure.org&code=mg%2FdL';
    assert.equal((await ask(`/fhir/CodeSystem/$lookup?${unit}`)).status, 200);
    const read = (await (await ask('/fhir/CodeSystem/administrative-gender')).json()) as Any;
    assert.ok(read.concept.length >= 4);
    const set = 'url=http://hl7.org/fhir/ValueSet/administrative-gender';
    const expanded = (await (await ask(`/fhir/ValueSet/$expand?${set}`)).json()) as Any;
    assert.equal(expanded.expansion.total, 4);
  });

  it('answers a search with addresses that lead back to it', async () => {
    const found = (await (await ask('/fhir/CodeSystem?name=adm&_count=1')).json()) as Any;
    const next = found.link.find(({ relation }: Any) => relation === 'next').url;
    for (const url of [found.entry[0].fullUrl, next]) {
      const { pathname, search } = new URL(url);
      const answer = await ask(`${pathname}${search}`);
      assert.equal(answer.status, 200, url);
      assert.match(((await answer.json()) as Any).resourceType, /^(?:CodeSystem|Bundle)$/);
    }
  });

  it('does not know a code before its import, and does after it', async () => {
    assert.equal((await ask(lookup)).status, 404);
    const file = join(dataDir, 'colours.json');
    writeFileSync(file, JSON.stringify(colourSystem));
    using store = openTerminology({ file: terminologyFile(dataDir), key });
    const report = await importFiles(store, {
      ...{ files: [file], approval: { by: 'tester' }, dryRun: false, nowUs: () => 1 },
    });
    assert.equal(report.outcome, 'imported');
    const answer = await ask(lookup);
    assert.equal(answer.status, 200);
    const { parameter } = (await answer.json()) as Any;
    assert.equal(parameter.find((one: Any) => one.name === 'display').valueString, 'Ruby');
  });

  it('reads a resource out of the store', async () => {
    const read = (await (await ask('/fhir/CodeSystem/colours')).json()) as Any;
    assert.equal(read.url, colours);
    assert.equal(read.concept.length, 3);
  });

  it('tells of all in one statement, and leaves what is not its own to the others', async () => {
    const statement = (await (await ask('/fhir/metadata')).json()) as Any;
    const types = statement.rest[0].resource.map((one: Any) => one.type);
    assert.deepEqual(types, ['Patient', 'CodeSystem', 'ValueSet', 'ConceptMap']);
    assert.ok(statement.instantiates.includes('urn:others'));
    const capabilities = (await (await ask('/fhir/metadata?mode=terminology')).json()) as Any;
    assert.equal(capabilities.resourceType, 'TerminologyCapabilities');
    assert.equal(await (await ask('/fhir/Patient/1')).text(), 'the others');
    assert.equal(await (await ask('/')).text(), 'the others');
  });

  it('asks everybody to sign in', async () => {
    for (const path of [lookup, '/fhir/ValueSet', '/fhir/ConceptMap/x', '/fhir/$versions'])
      assert.equal((await ask(path, '')).status, 401, path);
  });
});
