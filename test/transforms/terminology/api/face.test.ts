// Goal: the HTTP face serves what it promises: operations by type and by id, in R4 and in R5;
// reads, searches, batches and lines; and every refusal is an OperationOutcome with its status.
// Method: requests to the face itself, over knowledge in memory; the properties of the answers are
// tested with the operations, here it is routes, shapes and faults.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTerminologyFace } from '../../../../transforms/terminology/api/index.ts';
import { closureFile, storedClosures } from '../../../../transforms/terminology/closures/index.ts';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import { memoryKnowledge } from '../../../../transforms/terminology/memory/index.ts';
import { createClosureTables } from '../../../../transforms/terminology/operations/index.ts';
import { type Any, colourSystem, colours, valueSet } from '../operations/asking.ts';

const paints = 'http://colours.example/CodeSystem/paints';
const map: Json = {
  ...{ resourceType: 'ConceptMap', id: 'paint', url: 'http://colours.example/ConceptMap/paint' },
  ...{ version: '2', status: 'active' },
  group: [
    {
      ...{ source: paints, target: colours },
      element: [
        { code: 'P1', target: [{ code: 'red', equivalence: 'equivalent' }] },
        { code: 'P2', target: [{ code: 'blue', equivalence: 'wider' }] },
        { code: 'P3', target: [{ equivalence: 'unmatched' }] },
        {
          code: 'P4',
          target: [
            { code: 'red', equivalence: 'wider' },
            { code: 'blue', equivalence: 'wider' },
          ],
        },
      ],
    },
  ],
};
const warm = valueSet(
  { include: [{ system: colours, filter: [{ property: 'warm', op: '=', value: 'true' }] }] },
  { id: 'warm', url: 'http://colours.example/ValueSet/warm', publisher: 'nobody' },
);

const knowledge = memoryKnowledge([colourSystem, map, warm]);
const documents: readonly Json[] = [colourSystem, map, warm];
const bugs: unknown[] = [];
const troubles: string[] = [];
const face = createTerminologyFace({
  knowledge: () => knowledge,
  document: (type, { url }) => {
    const found = documents.find((one) => one.resourceType === type && one.url === url);
    return found && JSON.stringify(found).match(/.{1,20}/g)!;
  },
  closures: createClosureTables(),
  nowUs: () => 0,
  about: { version: '0.0.0' },
  bug: (cause) => bugs.push(cause),
  unavailable: (code) => troubles.push(code),
});

type Asked = { readonly media?: string; readonly who?: string | undefined };

async function fetchFace(method: string, path: string, body?: unknown, asked: Asked = {}) {
  const media = asked.media ?? 'application/fhir+json';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = new Request(`http://here.example${path}`, {
    ...{ method, headers: { 'Content-Type': media, Accept: media } },
    ...(body === undefined ? {} : { body: text }),
  });
  const who = 'who' in asked ? asked.who : 'tests';
  const env = who === undefined ? {} : { principal: { id: who, kind: 'client' } };
  return face.fetch(request, env as never);
}

async function json(method: string, path: string, body?: unknown, asked?: Asked): Promise<Any> {
  return (await fetchFace(method, path, body, asked)).json();
}

const parameters = (...parameter: readonly Json[]): Json => ({
  ...{ resourceType: 'Parameters', parameter },
});
const expandR4 = '/ValueSet/$expand?url=http://colours.example/ValueSet/warm';

describe('the FHIR face of terminology', () => {
  afterEach(() => assert.deepEqual(bugs, []));

  it('answers by GET and by POST alike, and by the id of the resource', async () => {
    const codes = (answer: Any) => answer.expansion.contains.map((one: Any) => one.code);
    const posted = parameters({ name: 'url', valueUri: 'http://colours.example/ValueSet/warm' });
    const expected = ['red'];
    assert.deepEqual(codes(await json('GET', expandR4)), expected);
    assert.deepEqual(codes(await json('POST', '/ValueSet/$expand', posted)), expected);
    assert.deepEqual(codes(await json('GET', '/ValueSet/warm/$expand')), expected);
    const found = await json('GET', '/CodeSystem/colours/$lookup?code=ruby');
    assert.equal(found.parameter.find((one: Any) => one.name === 'display').valueString, 'Ruby');
  });

  it('writes properties of an expansion as R4 and R5 each want them', async () => {
    const path = `${expandR4}&property=warm`;
    const r4 = (await json('GET', path)).expansion;
    const r5 = await json('GET', path, undefined, {
      media: 'application/fhir+json; fhirVersion=5.0',
    });
    assert.deepEqual(r5.expansion.contains[0].property, [{ code: 'warm', valueBoolean: true }]);
    assert.equal(r4.contains[0].property, undefined);
    assert.match(r4.contains[0].extension[0].url, /expansion\.contains\.property$/);
    assert.match(r4.extension[0].url, /expansion\.property$/);
  });

  it('leaves the definition out of an expansion unless it is asked for', async () => {
    const bare = await json('GET', expandR4);
    const whole = await json('GET', `${expandR4}&includeDefinition=true`);
    assert.equal(bare.compose ?? bare.publisher, undefined);
    assert.ok(whole.compose && whole.publisher);
  });

  it('translates by the words of R4 and of R5', async () => {
    const by = (asked: string, media = 'application/fhir+json') =>
      json('GET', `/ConceptMap/$translate?${asked}`, undefined, { media });
    const match = (answer: Any) => {
      const part: Any[] = answer.parameter.find((one: Any) => one.name === 'match').part;
      return Object.fromEntries(part.map((one) => [one.name, one]));
    };
    const r4 = match(await by(`system=${paints}&code=P2`));
    assert.equal(r4.equivalence.valueCode, 'wider');
    assert.equal(r4.source.valueUri, 'http://colours.example/ConceptMap/paint|2');
    assert.equal(r4.relationship, undefined);
    const media = 'application/fhir+json; fhirVersion=5.0';
    const r5 = match(await by(`sourceSystem=${paints}&sourceCode=P2`, media));
    assert.equal(r5.relationship.valueCode, 'source-is-narrower-than-target');
    assert.equal((await by(`system=${paints}&code=P3`)).parameter[0].valueBoolean, false);
  });

  it('translates a code of any system by a row that names none', async () => {
    const own: Json = {
      ...{ resourceType: 'ConceptMap', url: 'urn:any', version: '1', status: 'active' },
      group: [
        {
          target: colours,
          element: [{ code: 'R', target: [{ code: 'red', equivalence: 'equal' }] }],
        },
      ],
    };
    const asked = (code: string) =>
      parameters(
        { name: 'conceptMap', resource: own },
        { name: 'coding', valueCoding: { system: 'urn:whose', code } },
      );
    const result = async (code: string) =>
      (await json('POST', '/ConceptMap/$translate', asked(code))).parameter[0].valueBoolean;
    assert.deepEqual([await result('R'), await result('B')], [true, false]);
  });

  it('flags a reverse translation of what does not mean the same', async () => {
    const reverse = (code: string) =>
      json('GET', `/ConceptMap/$translate?system=${colours}&code=${code}&reverse=true`);
    const said = (answer: Any) => answer.parameter.find((one: Any) => one.name === 'message');
    assert.match(said(await reverse('blue')).valueString, /reverse translation/);
    const group = [
      {
        ...{ source: paints, target: colours },
        element: [{ code: 'P9', target: [{ code: 'ruby', equivalence: 'equivalent' }] }],
      },
    ];
    const only = parameters(
      { name: 'conceptMap', resource: { ...map, group } },
      { name: 'coding', valueCoding: { system: colours, code: 'ruby' } },
      { name: 'reverse', valueBoolean: true },
    );
    assert.equal(said(await json('POST', '/ConceptMap/$translate', only)), undefined);
  });

  it('answers lines with lines, in order, each outcome by its name', async () => {
    const codes = ['P1', 'P2', 'P3', 'P5', 'P4'];
    const lines = codes.map((code) => JSON.stringify({ system: paints, code }));
    const body = [...lines, 'no json', '{"code":"P1"}', `"${'x'.repeat(20_000)}"`].join('\n');
    const path = `/ConceptMap/$translate?url=${encodeURIComponent(`${map.url}|2`)}`;
    const answer = await fetchFace('POST', path, body, { media: 'application/x-ndjson' });
    const answers = (await answer.text())
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one));
    assert.deepEqual(
      answers.slice(0, 5).map(({ outcome }) => outcome),
      ['mapped', 'mapped-with-loss', 'unmatched', 'unmapped', 'ambiguous'],
    );
    assert.deepEqual(answers[0].targets[0], {
      ...{ system: colours, code: 'red', relationship: 'equivalent' },
    });
    assert.equal(answers[0].release, `${map.url}|2`);
    assert.deepEqual(
      answers.slice(5).map(({ line }) => line),
      [6, 7, 8],
    );
    const latest = `/ConceptMap/$translate?url=${map.url}`;
    const refused = await fetchFace('POST', latest, lines[0], { media: 'application/x-ndjson' });
    assert.equal(refused.status, 400);
  });

  it('reads a resource piece by piece, and searches page by page', async () => {
    assert.deepEqual(await json('GET', '/CodeSystem/colours'), colourSystem);
    const found = await json('GET', `/CodeSystem?url=${colours}`);
    assert.equal(found.total, 1);
    assert.equal(found.entry[0].resource.concept, undefined);
    assert.equal(found.entry[0].resource.meta.tag[0].code, 'SUBSETTED');
    const many = createMany(45);
    const seen: string[] = [];
    let path: string | undefined = '/ValueSet?name=many&_count=20';
    while (path !== undefined) {
      const page: Any = await (await many(path)).json();
      seen.push(...page.entry.map((one: Any) => one.resource.id));
      const next = page.link.find((one: Any) => one.relation === 'next')?.url;
      path = next && new URL(next).pathname + new URL(next).search;
    }
    assert.equal(new Set(seen).size, 45);
    assert.equal(seen.length, 45);
  });

  it('answers a batch entry by entry', async () => {
    const entry = [
      { request: { method: 'GET', url: 'CodeSystem/$lookup?system=x&code=y' } },
      { request: { method: 'GET', url: `http://here.example/fhir${expandR4}` } },
      { request: { method: 'DELETE', url: 'ValueSet/warm' } },
      {
        request: { method: 'POST', url: '/CodeSystem/$subsumes' },
        resource: parameters(
          { name: 'system', valueUri: colours },
          { name: 'codeA', valueCode: 'red' },
          { name: 'codeB', valueCode: 'cardinal' },
        ),
      },
    ];
    const answer = await json('POST', '/', { resourceType: 'Bundle', type: 'batch', entry });
    const statuses = answer.entry.map((one: Any) => one.response.status);
    assert.deepEqual(statuses, ['404', '200', '400', '200']);
    assert.equal(answer.entry[3].resource.parameter[0].valueCode, 'subsumes');
  });

  const deep = `{"a":${'['.repeat(99)}${']'.repeat(99)}}`;
  const faults: readonly (readonly [string, number, string, string, unknown?, Asked?])[] = [
    ['nobody', 401, 'POST', '/ValueSet/$expand', '{', { who: undefined }],
    ['an unknown value set', 404, 'GET', '/ValueSet/$expand?url=urn:none'],
    ['an unknown path', 404, 'GET', '/Patient/1'],
    ['an unknown id', 404, 'GET', '/CodeSystem/none'],
    ['another method', 405, 'PUT', '/ValueSet/$expand', {}],
    ['another media type', 415, 'POST', '/ValueSet/$expand', 'x', { media: 'text/plain' }],
    ['no JSON', 400, 'POST', '/ValueSet/$expand', '{'],
    ['JSON that is too deep', 400, 'POST', '/ValueSet/$expand', deep],
    ['no Parameters', 400, 'POST', '/ValueSet/$expand', { resourceType: 'Patient' }],
    ['a flag that is none', 400, 'GET', `${expandR4}&activeOnly=maybe`],
    ['a search that is not served', 400, 'GET', '/ValueSet?publisher=nobody'],
    ['a code without system', 400, 'GET', '/CodeSystem/$lookup?code=red'],
    ['a batch that is none', 400, 'POST', '/', { resourceType: 'Bundle', type: 'history' }],
    ['an unknown mode', 400, 'GET', '/metadata?mode=dance'],
    ['a closure that was not begun', 404, 'GET', '/ConceptMap/$closure?name=n&version=1'],
  ];
  for (const [what, status, method, path, body, asked] of faults)
    it(`refuses ${what} with ${status}`, async () => {
      const answer = await fetchFace(method, path, body, asked);
      assert.equal(answer.status, status);
      const outcome = (await answer.json()) as Any;
      assert.equal(outcome.resourceType, 'OperationOutcome');
      assert.ok(outcome.issue[0].details.text);
    });

  it('says nothing of a bug, and tells the log', async () => {
    const broken = createTerminologyFace({
      knowledge: () => {
        throw new Error('the secret of the house');
      },
      ...{
        document: () => undefined,
        closures: createClosureTables(),
        nowUs: () => 0,
        about: { version: '0' },
      },
      bug: (cause) => bugs.push(cause),
      unavailable: (code) => troubles.push(code),
    });
    const env = { principal: { id: 'tests', kind: 'client' } };
    const request = new Request(`http://here.example${expandR4}`);
    const answer = await broken.fetch(request, env as never);
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /secret/);
    assert.equal(bugs.splice(0).length, 1);
  });

  it('answers 503 while the closure tables cannot be kept, and tells it each time', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plexus-face-'));
    writeFileSync(closureFile(dataDir), 'no database at all, but long enough to be read as one');
    const closures = storedClosures({ dataDir, key: randomBytes(32) });
    const broken = createTerminologyFace({
      ...{ knowledge: () => knowledge, document: () => undefined, closures, nowUs: () => 0 },
      ...{ about: { version: '0' }, bug: (cause) => bugs.push(cause) },
      unavailable: (code) => troubles.push(code),
    });
    const env = { principal: { id: 'tests', kind: 'client' } };
    const closure = 'http://here.example/ConceptMap/$closure?name=n';
    for (const turn of [1, 2]) {
      const { status } = await broken.fetch(new Request(closure), env as never);
      assert.deepEqual([status, troubles.length], [503, turn]);
    }
    assert.match(troubles.splice(0).join(), /^(?:[a-z]+-)+[a-z]+,(?:[a-z]+-)+[a-z]+$/);
    assert.deepEqual(bugs, []);
    rmSync(dataDir, { recursive: true });
  });
});

function createMany(count: number) {
  const sets = Array.from({ length: count }, (_, at) =>
    valueSet({ include: [] }, { id: `many-${at}`, url: `urn:many:${at}`, name: `Many${at}` }),
  );
  const known = memoryKnowledge(sets);
  const many = createTerminologyFace({
    ...{ knowledge: () => known, document: () => undefined, nowUs: () => 0 },
    ...{
      closures: createClosureTables(),
      about: { version: '0' },
      bug: (cause) => bugs.push(cause),
      unavailable: (code) => troubles.push(code),
    },
  });
  const env = { principal: { id: 'tests', kind: 'client' } };
  return (path: string) => many.fetch(new Request(`http://here.example${path}`), env as never);
}
