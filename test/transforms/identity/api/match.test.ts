import assert from 'node:assert/strict';
import {
  ada,
  allOf,
  cardSystem,
  codeOf,
  type Json,
  type Network,
  parameters,
  startNetwork,
  systems,
  twin,
} from './hospitals.ts';

// Goal: what the world asks about identity over HTTP (PDQm match and search, PIXm) is answered by
// the judgement that links messages, signed in, in FHIR, and heard by the audit trail.
// Method: the example network in this process, fed over MLLP by three hospitals; real requests.

const gradeUrl = 'http://hl7.org/fhir/StructureDefinition/match-grade';
const adaPatient = {
  resourceType: 'Patient',
  name: [{ family: 'Brandenburg', given: ['Adelheid'] }],
  birthDate: '1971-03-05',
  gender: 'female',
  address: [{ line: ['17 Rosewood Lane'], city: 'Springfield', state: 'IL', postalCode: '62701' }],
  telecom: [{ system: 'phone', value: '+1 217 348 9172' }],
};

describe('identity over FHIR', function () {
  this.timeout(600_000);
  let network: Network;
  before(async () => {
    network = await startNetwork();
    await network.tell('north-general', 'A04', ada, 'N1');
    await network.tell('mercy-west', 'A04', ada, 'M1');
    await network.tell('st-anne', 'A04', ada, 'S1');
    await network.tell('north-general', 'A04', twin, 'N2');
    network.accesses.length = 0;
  });
  after(() => network.end());

  const match = (patient: object, ...more: object[]) =>
    network.post('/Patient/$match', parameters({ name: 'resource', resource: patient }, ...more));
  const grades = ({ body }: { readonly body: Json }) =>
    (body.entry ?? []).map((one: Json) => one.search.extension[0].valueCode);
  const numbers = (patient: Json) => patient.identifier.map((one: Json) => one.value);

  describe('$match', () => {
    it('gives the person with the numbers of all, certain as a link would be', async () => {
      const answer = await match(adaPatient);
      assert.equal(answer.status, 200);
      assert.deepEqual(grades(answer), ['certain', 'possible'], 'and the twin to be ruled out');
      const [{ resource, search, fullUrl }] = answer.body.entry;
      assert.equal(search.extension[0].url, gradeUrl);
      assert.ok(search.score > 0.99 && search.score <= 1);
      assert.deepEqual(numbers(resource).toSorted(), ['912345670', 'M1', 'N1', 'S1']);
      assert.ok(fullUrl.endsWith(`/fhir/Patient/${resource.id}`));
      assert.equal(resource.link.length, 3);
      assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
      const again = await network.fhir(`/Patient/${resource.id}`);
      assert.deepEqual(again.body, resource);
      const source = await network.fhir(`/${resource.link[0].other.reference}`);
      assert.equal(source.body.resourceType, 'Patient');
    });

    it("takes a bare Patient, and grades a steward's question as less than certain", async () => {
      const { telecom: _phone, address: _home, ...little } = adaPatient;
      const answer = await network.post('/Patient/$match', little);
      assert.deepEqual(grades(answer), ['probable', 'possible']);
      const certain = await match(little, { name: 'onlyCertainMatches', valueBoolean: true });
      assert.deepEqual([certain.body.total, certain.body.entry], [0, undefined]);
    });

    it('takes nobody for the twin, and shows no stranger', async () => {
      const other = { ...adaPatient, name: [{ family: 'Brandenburg', given: ['Leopoldine'] }] };
      const found = await match(other);
      assert.deepEqual(grades(found).filter((grade: string) => grade === 'certain').length, 1);
      assert.ok(numbers(found.body.entry[0].resource).includes('N2'));
      const stranger = {
        ...adaPatient,
        name: [{ family: 'Quist', given: ['Otto'] }],
        birthDate: '1950-01-01',
      };
      assert.equal((await match({ ...stranger, address: [], telecom: [] })).body.total, 0);
    });

    it('refuses what is none of its business, with codes', async () => {
      const code = async (body: unknown, headers = {}) => {
        const answer = await network.post('/Patient/$match', body, headers);
        return [answer.status, codeOf(answer)];
      };
      assert.deepEqual(await code(parameters()), [400, 'parameter-missing']);
      assert.deepEqual(await code({ resourceType: 'Bundle' }), [400, 'parameter-invalid']);
      assert.deepEqual(await code(adaPatient, { 'content-type': 'text/plain' }), [
        415,
        'media-type',
      ]);
      const twice = { name: 'count', valueInteger: 1 };
      const resource = { name: 'resource', resource: adaPatient };
      assert.deepEqual(await code(parameters(resource, twice, twice)), [400, 'parameter-invalid']);
      assert.deepEqual(await code('x'.repeat(2 ** 20)), [413, 'body-too-large']);
      const deep = await network.fhir('/Patient/$match', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '['.repeat(100_000),
      });
      assert.deepEqual([deep.status, codeOf(deep)], [400, 'parameter-invalid']);
      const get = await network.fhir('/Patient/$match');
      assert.deepEqual([get.status, codeOf(get)], [405, 'method-not-allowed']);
      const xml = await network.post('/Patient/$match', adaPatient, {
        accept: 'application/fhir+xml',
      });
      assert.deepEqual([xml.status, codeOf(xml)], [406, 'format-unsupported']);
    });

    it('answers 401 in FHIR before it reads anything', async () => {
      const headers = { authorization: 'Bearer wrong', 'content-type': 'application/json' };
      for (const path of ['/Patient/$match', '/metadata', '/Person/x', '/nowhere']) {
        const answer = await network.fhir(path, { method: 'POST', headers, body: '{' });
        assert.deepEqual([answer.status, answer.body.issue[0].code], [401, 'login'], path);
      }
    });
  });

  describe('$ihe-pix', () => {
    const pix = (query: string) => network.fhir(`/Patient/$ihe-pix?${query}`);
    const source = `sourceIdentifier=${systems['north-general']}|N1`;

    it('gives the other numbers, and only those of the wanted domains', async () => {
      const all = await pix(source);
      const values = allOf(all, 'targetIdentifier').map((one) => one.valueIdentifier.value);
      assert.deepEqual(values.toSorted(), ['912345670', 'M1', 'S1']);
      assert.equal(allOf(all, 'targetId').length, 4, 'the person, and three files');
      const one = await pix(`${source}&targetSystem=${systems['mercy-west']}`);
      const [{ valueIdentifier }] = allOf(one, 'targetIdentifier');
      assert.deepEqual(
        [valueIdentifier.system, valueIdentifier.value],
        [systems['mercy-west'], 'M1'],
      );
      assert.equal(allOf(one, 'targetId').length, 1);
      const posted = await network.post(
        '/Patient/$ihe-pix',
        parameters(
          { name: 'sourceIdentifier', valueString: `${systems['north-general']}|N1` },
          { name: 'targetSystem', valueUri: systems['mercy-west'] },
        ),
      );
      assert.deepEqual(posted.body, one.body);
      const byCard = await pix(`sourceIdentifier=${cardSystem}|${ada.card}`);
      assert.equal(allOf(byCard, 'targetIdentifier').length, 3);
      const none = await pix(
        `sourceIdentifier=${systems['north-general']}|N2&targetSystem=${systems['st-anne']}`,
      );
      assert.deepEqual([none.status, none.body], [200, { resourceType: 'Parameters' }]);
    });

    it('says as the profile does what it does not know', async () => {
      const said = async (query: string) => {
        const { status, body } = await pix(query);
        return [status, body.issue[0].code, body.issue[0].diagnostics];
      };
      assert.deepEqual(await said(`sourceIdentifier=${systems['st-anne']}|X`), [
        ...[404, 'not-found', 'sourceIdentifier Patient Identifier not found'],
      ]);
      assert.deepEqual(await said('sourceIdentifier=urn:nobody|X'), [
        ...[400, 'code-invalid', 'sourceIdentifier Assigning Authority not found'],
      ]);
      assert.deepEqual(await said(`${source}&targetSystem=urn:nobody`), [
        ...[403, 'code-invalid', 'targetSystem not found'],
      ]);
      assert.deepEqual((await said(''))[1], 'required');
      assert.deepEqual((await said('sourceIdentifier=N1'))[1], 'invalid');
    });
  });

  it('tells the audit trail who was shown to whom, and no name or number', async () => {
    network.accesses.length = 0;
    const answer = await network.fhir(
      `/Patient/$ihe-pix?sourceIdentifier=${systems['st-anne']}|S1`,
      {
        headers: { 'x-purpose-of-use': 'TREAT' },
      },
    );
    assert.equal(answer.status, 200);
    const [access] = network.accesses;
    const { principal, action, purpose, outcome, isChange, persons, records } = access!;
    assert.deepEqual(
      [principal, action, purpose, outcome, isChange],
      ['operator', 'cross-reference', 'TREAT', 'ok', false],
    );
    assert.equal(persons.length, 1);
    assert.equal(records.length, 3);
    assert.doesNotMatch(JSON.stringify(network.accesses), /S1|BRANDENBURG|Adelheid/i);
  });
});
