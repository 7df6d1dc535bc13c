import assert from 'node:assert/strict';
import {
  ada,
  cardSystem,
  codeOf,
  type Json,
  type Network,
  startNetwork,
  systems,
  twin,
} from './hospitals.ts';

// Goal: a registration desk finds persons by what it knows (IHE ITI-78): every parameter of the
// profile, alone and together, by GET and by POST, page by page; and no URL that Plexus makes holds
// anything of a person. Method: the example network in this process, fed over MLLP; real requests.

const zora = { given: 'ZORA', family: "O'NEILL-GARCÍA", born: '19880229', street: '4 ELM ST' };
const boris = {
  given: 'BORIS',
  family: 'VAN DER BERG',
  born: '1990',
  sex: 'M',
  street: '9 OAK AVE',
};

describe('PDQm search', function () {
  this.timeout(600_000);
  let network: Network;
  before(async () => {
    network = await startNetwork();
    await network.tell('north-general', 'A04', ada, 'N1');
    await network.tell('mercy-west', 'A04', { ...ada, given: 'ADELHEIT' }, 'M1');
    await network.tell('st-anne', 'A04', ada, 'S1');
    await network.tell('north-general', 'A04', twin, 'N2');
    await network.tell('north-general', 'A04', zora, 'N3');
    await network.tell('north-general', 'A04', boris, 'N4');
  });
  after(() => network.end());

  const form = (query: string) =>
    network.fhir('/Patient/_search', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: query,
    });
  /** The first numbers of the persons found, the same by GET and by POST. */
  async function found(query: string): Promise<string[]> {
    const [got, posted] = [await network.fhir(`/Patient?${query}`), await form(query)];
    assert.equal(got.status, 200, JSON.stringify(got.body));
    assert.deepEqual(posted.body, got.body);
    const numbers = (got.body.entry ?? []).map(
      ({ resource }: Json) => resource.identifier[0].value,
    );
    assert.equal(got.body.total, numbers.length);
    return numbers.toSorted();
  }

  it('finds by every parameter, alone and together', async () => {
    const expected: Readonly<Record<string, readonly string[]>> = {
      'family=brandenburg': ['M1', 'N1', 'N2'],
      'family=Brand': ['M1', 'N1', 'N2'],
      'family:exact=Brand': [],
      'family:contains=denbur': ['M1', 'N1', 'N2'],
      'family=ONeill': ['N3'],
      'family=garcia': ['N3'],
      'family=García,van der berg': ['N3', 'N4'],
      'family=Berg': [],
      'given=adelheid': ['N1'],
      'given=Adelheit&family=Brandenburg': ['M1'],
      'name=zor': ['N3'],
      'birthdate=1971-03-05': ['M1', 'N1', 'N2'],
      'birthdate=1990': ['N4'],
      'birthdate=ge1988-01&birthdate=lt1990': ['N3'],
      'family=brandenburg&gender=female': ['M1', 'N1', 'N2'],
      'gender=male&birthdate=gt1980': ['N4'],
      'birthdate=1971-03-05&family=Brandenburg&given=Leopoldine': ['N2'],
      'address=elm': ['N3'],
      'address-city=springfield&given=boris': ['N4'],
      'address-postalcode=62701&address-state=IL&name=Zora': ['N3'],
      'address-country=xx': [],
      'telecom=%2B1(217)3489172&given=zora': ['N3'],
      [`identifier=${systems['st-anne']}|S1`]: ['N1'],
      [`identifier=${cardSystem}|${twin.card}`]: ['N2'],
      'identifier=N3,N4': ['N3', 'N4'],
      [`identifier=N1&identifier=${systems['mercy-west']}|`]: [],
      'identifier=nobody': [],
      'family=brandenburg&active=false': [],
      'mothersMaidenName=smith': [],
    };
    for (const [query, numbers] of Object.entries(expected))
      assert.deepEqual(await found(query), numbers, query);
  });

  it('shows only the numbers of the domains that are asked for', async () => {
    const answer = await network.fhir(`/Patient?given=adelheid&identifier=${systems['st-anne']}|`);
    const shown = answer.body.entry[0].resource.identifier;
    assert.deepEqual(
      shown.map(({ value }: Json) => value),
      ['S1'],
    );
    const unknown = await network.fhir('/Patient?given=adelheid&identifier=urn:nobody|');
    assert.deepEqual(
      [unknown.status, unknown.body.issue[0].diagnostics],
      [404, 'targetSystem not found'],
    );
  });

  it('goes on page by page without a word of the search in a link', async () => {
    const first = await form('family=Brandenburg&_count=1');
    assert.equal(first.body.total, 3);
    const seen: string[] = [];
    let page = first;
    for (;;) {
      seen.push(...page.body.entry.map(({ resource }: Json) => resource.id));
      const next = page.body.link.find(({ relation }: Json) => relation === 'next');
      if (next === undefined) break;
      assert.doesNotMatch(next.url, /brandenburg|family/i);
      page = await network.fhir(next.url);
    }
    assert.equal(new Set(seen).size, 3);
    const byId = await network.fhir(`/Patient?_id=${seen[0]},${seen[2]}`);
    assert.equal(byId.body.total, 2);
    const gone = await network.fhir('/Patient?_page=00&_offset=1');
    assert.deepEqual([gone.status, codeOf(gone)], [410, 'identity-page-gone']);
  });

  it('gives names as their source wrote them', async () => {
    const { body } = await network.fhir('/Patient?given=boris');
    const [{ resource }] = body.entry;
    assert.deepEqual([resource.name[0].family, resource.birthDate], ['VAN DER BERG', '1990']);
    assert.equal(
      (await network.fhir('/Patient?family=garcia')).body.entry[0].resource.name[0].family,
      "O'NEILL-GARCÍA",
    );
  });

  it('refuses what names nobody in particular, or what it cannot read', async () => {
    const code = async (query: string) => {
      const answer = await network.fhir(`/Patient?${query}`);
      return [answer.status, codeOf(answer)];
    };
    assert.deepEqual(await code(''), [400, 'parameter-missing']);
    assert.deepEqual(await code('shoe-size=44'), [400, 'parameter-missing']);
    assert.deepEqual(await code(`identifier=${systems['st-anne']}|`), [400, 'parameter-missing']);
    assert.deepEqual(await code('birthdate=yesterday'), [400, 'parameter-invalid']);
    assert.deepEqual(await code('family:sounds=x'), [400, 'parameter-invalid']);
    assert.deepEqual(await code('family=x&_count=0'), [400, 'parameter-invalid']);
    assert.deepEqual(await code('family=x&_format=xml'), [406, 'format-unsupported']);
    const self = (await network.fhir('/Patient?given=boris&shoe-size=44')).body.link[0].url;
    assert.doesNotMatch(self, /shoe/, 'what was left out is not in the self link');
    const { body } = await network.fhir('/metadata');
    assert.deepEqual([body.resourceType, body.fhirVersion], ['CapabilityStatement', '4.0.1']);
  });
});
