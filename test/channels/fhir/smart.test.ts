// Goal: a program gets in by SMART Backend Services as the standard says, to its own source and for
// what its scopes allow; every other way is refused, and each refusal is audited by its reason.
// Method: the real listener and real sockets, tokens and keys made by jose; assertions that are
// wrong in one point each; the clock turned by hand; the state of the source handed to a listener
// that is opened again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactSign, SignJWT } from 'jose';
import { fhirSource } from '../../../channels/fhir/index.ts';
import { createAccessTokens, type EventOf, type Source } from '../../../engine/index.ts';
import { handClock, memoryContext } from '../source-context.ts';
import {
  askToken,
  createSmartClient,
  forged,
  type SmartTestClient,
  type Wrong,
} from './smart-client.ts';

const startS = 1_800_000_000;

describe('SMART Backend Services at channels/fhir', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-smart-'));
  const open: Source[] = [];
  const servers: Server[] = [];
  const tokens = createAccessTokens();
  let ours: SmartTestClient;
  let theirs: SmartTestClient;

  before(async () => {
    ours = await createSmartClient('north-emr', 'RS384', folder);
    theirs = await createSmartClient('south-emr', 'ES384', folder);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(100)));
    for (const server of servers.splice(0)) server.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  type Entry = { client_id: string; jwks_file?: string; jwks_url?: string; scopes: string[] };
  const entryOf = ({ id, jwksFile }: SmartTestClient, scopes = ['system/*.cruds']): Entry => ({
    client_id: id,
    jwks_file: jwksFile,
    scopes,
  });

  async function listen(clients: readonly Entry[], channel = 'north', port = 8661) {
    const memory = memoryContext({ clock: handClock(startS * 1_000_000) });
    const context = { ...memory.context, channel, tokens };
    return openListener(clients, context, memory.state, port);
  }

  type Context = ReturnType<typeof memoryContext>['context'];
  type State = ReturnType<typeof memoryContext>['state'];

  async function openListener(
    clients: readonly Entry[],
    context: Context,
    state: State,
    port = 8661,
  ) {
    const config = fhirSource.schema.parse({ port, auth: { clients } });
    const source = fhirSource.create(config, { ...context, anyPort: port === 8661 });
    open.push(source);
    const [listening] = await source.open();
    const base = `http://127.0.0.1:${listening?.port}`;
    const refusals = () =>
      state.seen
        .filter((event): event is EventOf<'access-refused'> => event.type === 'access-refused')
        .map(({ client, reason }) => `${client} ${reason}`);
    return { base, source, context, state, port: listening!.port, refusals };
  }

  const post = async (url: string, token: string | undefined, body: object) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/fhir+json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    await response.text();
    return response.status;
  };
  const patient = { resourceType: 'Patient', id: 'p1' };

  it('describes itself, gives a token for an assertion and takes what comes with it', async () => {
    const { base, state, refusals } = await listen([entryOf(ours), entryOf(theirs)]);
    for (const path of ['', '/fhir']) {
      const said = await fetch(`${base}${path}/.well-known/smart-configuration`);
      const { token_endpoint } = (await said.json()) as { token_endpoint: string };
      assert.equal(token_endpoint, `${base}/auth/token`);
    }
    for (const client of [ours, theirs]) {
      const assertion = await client.assertion(`${base}/auth/token`, startS);
      const got = await askToken(`${base}/auth/token`, assertion, 'system/Patient.c openid');
      assert.deepEqual([got.status, got.scope, got.expires_in], [200, 'system/Patient.c', 300]);
      assert.equal(await post(`${base}/fhir/Patient`, got.access_token, patient), 202);
      state.clock.advance(300_001);
      assert.equal(await post(`${base}/fhir/Patient`, got.access_token, patient), 401);
      state.clock.advance(-300_001);
    }
    const granted = state.seen.filter(({ type }) => type === 'access-granted');
    assert.equal(granted.length, 2);
    assert.deepEqual(refusals(), [' token-unknown', ' token-unknown']);
    assert.equal(await post(`${base}/fhir/Patient`, undefined, patient), 401);
    assert.deepEqual(refusals().at(-1), ' credentials-missing');
  });

  it('refuses each assertion that is wrong in one point, and audits why', async () => {
    const { base, refusals } = await listen([entryOf(ours)]);
    const url = `${base}/auth/token`;
    const wrong: Readonly<Record<string, Wrong>> = {
      'north-emr assertion-audience': { claims: { aud: 'https://elsewhere.example/auth/token' } },
      'north-emr assertion-expired': { expiresIn: -11 },
      'north-emr assertion-lifetime': { expiresIn: 311 },
      'north-emr assertion-kid': { header: { kid: '' } },
      'north-emr assertion-key-unknown': { header: { kid: 'north-emr-2' } },
      'north-emr assertion-key-address': { header: { jku: 'https://elsewhere.example/keys' } },
      'north-emr assertion-jti': { claims: { jti: '' } },
      'north-emr client-unknown': { claims: { sub: 'south-emr' } },
      ' client-unknown': { claims: { iss: 'nobody', sub: 'nobody' } },
    };
    for (const [audited, fault] of Object.entries(wrong)) {
      const got = await askToken(url, await ours.assertion(url, startS, fault));
      assert.deepEqual([got.status, got.error], [401, 'invalid_client'], audited);
      assert.equal(refusals().at(-1), audited);
    }
    const both = await ours.assertion(url, startS, { claims: { aud: [url, 'https://b.example'] } });
    assert.equal((await askToken(url, both)).status, 401);
    assert.equal(refusals().at(-1), 'north-emr assertion-audience');
    assert.equal((await askToken(url, 'no assertion at all')).status, 401);
    assert.equal(refusals().at(-1), ' assertion-malformed');
    const scope = 'system/Patient.ur patient/*.rs';
    const noScope = await askToken(url, await ours.assertion(url, startS), scope);
    assert.deepEqual([noScope.status, noScope.error], [400, 'invalid_scope']);
  });

  it('refuses alg none, a secret in place of a key, and the key of another', async () => {
    const { base, refusals } = await listen([entryOf(ours)]);
    const url = `${base}/auth/token`;
    const claims = { iss: ours.id, sub: ours.id, aud: url, jti: 'j', exp: startS + 60 };
    for (const alg of ['none', 'HS256', 'HS384', 'RS256', 'PS384', 'ES256']) {
      const got = await askToken(url, forged({ alg, kid: 'north-emr-1' }, claims, 'c2ln'));
      assert.deepEqual([got.status, refusals().at(-1)], [401, 'north-emr assertion-algorithm']);
    }
    const signature = (await theirs.assertion(url, startS)).split('.')[2];
    const stolen = forged({ alg: 'RS384', kid: 'north-emr-1' }, claims, signature);
    assert.equal((await askToken(url, stolen)).status, 401);
    assert.equal(refusals().at(-1), 'north-emr assertion-signature');
  });

  it('takes no key from a header, none of another kind, no time that is none', async () => {
    const { base, refusals } = await listen([entryOf(ours), entryOf(theirs)]);
    const url = `${base}/auth/token`;
    const refused = async (assertion: string) => {
      const { status } = await askToken(url, assertion);
      return `${status} ${refusals().at(-1)}`;
    };
    const signed = (header: object, claims: object = {}, by = theirs, alg = 'ES384') =>
      new SignJWT({
        ...{ iss: ours.id, sub: ours.id, aud: url, jti: randomUUID(), exp: startS + 60 },
        ...claims,
      })
        .setProtectedHeader({ alg, kid: 'north-emr-1', ...header })
        .sign(by.privateKey);
    const own = { jwk: theirs.jwks.keys[0] } as object;
    assert.equal(await refused(await signed(own)), '401 north-emr assertion-key-unknown');
    const kid = { kid: 'south-emr-1' };
    assert.equal(await refused(await signed(kid)), '401 north-emr assertion-key-unknown');
    const theirsAs = { iss: theirs.id, sub: theirs.id };
    const rsa = await signed(kid, theirsAs, ours, 'RS384');
    assert.equal(await refused(rsa), '401 south-emr assertion-key-unknown');
    const written = (times: string) => {
      const [iss, aud, jti] = [ours.id, url, randomUUID()].map((one) => JSON.stringify(one));
      const text = `{"iss":${iss},"sub":${iss},"aud":${aud},"jti":${jti},${times}}`;
      return new CompactSign(Buffer.from(text))
        .setProtectedHeader({ alg: 'RS384', kid: 'north-emr-1' })
        .sign(ours.privateKey);
    };
    const inTime = `"exp":${startS + 60}`;
    assert.equal((await askToken(url, await written(inTime))).status, 200);
    const wrong = [`"exp":"${startS + 60}"`, '"exp":null', '"exp":1e400', '"x":1', '"exp":[]'];
    for (const times of [...wrong, `${inTime},"nbf":${startS + 60}`, `${inTime},"nbf":"0"`])
      assert.match(await refused(await written(times)), /^401 north-emr /, times);
    const early = await ours.assertion(url, startS, {
      claims: { nbf: startS + 9, iat: startS + 9 },
    });
    assert.equal((await askToken(url, early)).status, 200, 'clocks differ a little');
    const long = { claims: { filler: 'x'.repeat(20_000) } };
    assert.match(await refused(await ours.assertion(url, startS, long)), /assertion-malformed$/);
  });

  it('tells nobody of what another client sent', async () => {
    const { base, state } = await listen([entryOf(ours), entryOf(theirs)]);
    const url = `${base}/auth/token`;
    const tokenOf = async (client: SmartTestClient) =>
      (await askToken(url, await client.assertion(url, startS))).access_token;
    const [mine, other] = [await tokenOf(ours), await tokenOf(theirs)];
    const sent = await fetch(`${base}/fhir/Patient`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/fhir+json', prefer: 'respond-async' },
        authorization: `Bearer ${mine}`,
      },
      body: JSON.stringify(patient),
    });
    const status = sent.headers.get('content-location');
    assert.match(status ?? '', /^\/fhir\/_status\//);
    const asked = async (token: string | undefined) =>
      (await fetch(`${base}${status}`, { headers: { authorization: `Bearer ${token}` } })).status;
    assert.deepEqual([await asked(mine), await asked(other)], [201, 404]);
    assert.equal(state.landings.length, 1);
  });

  it('takes an assertion once, also after a restart, and again never', async () => {
    const first = await listen([entryOf(ours)]);
    const url = `${first.base}/auth/token`;
    const assertion = await ours.assertion(url, startS);
    assert.equal((await askToken(url, assertion)).status, 200);
    assert.equal((await askToken(url, assertion)).status, 401);
    await first.source.close(100);
    const again = await openListener([entryOf(ours)], first.context, first.state, first.port);
    assert.equal(again.base, first.base);
    assert.equal((await askToken(url, assertion)).status, 401);
    const replayed = 'north-emr assertion-replayed';
    assert.deepEqual(again.refusals(), [replayed, replayed]);
  });

  it('binds a client to its source: 403 with its token elsewhere, and it is audited', async () => {
    const north = await listen([entryOf(ours)], 'north');
    const south = await listen([entryOf(theirs)], 'south');
    const url = `${north.base}/auth/token`;
    const { access_token } = await askToken(url, await ours.assertion(url, startS));
    assert.equal(await post(`${north.base}/fhir/Patient`, access_token, patient), 202);
    assert.equal(await post(`${south.base}/fhir/Patient`, access_token, patient), 403);
    assert.deepEqual(south.refusals(), ['north-emr other-source']);
    const there = `${south.base}/auth/token`;
    const strange = await askToken(there, await ours.assertion(there, startS));
    assert.equal(strange.status, 401);
    assert.deepEqual(south.state.landings, []);
  });

  it('holds every request and every entry of a Bundle to the scopes', async () => {
    const allowed = ['system/Patient.c', 'system/Observation.write'];
    const { base, refusals, state } = await listen([entryOf(ours, allowed)]);
    const url = `${base}/auth/token`;
    const got = await askToken(url, await ours.assertion(url, startS), 'system/*.*');
    assert.equal(got.scope, 'system/Patient.c system/Observation.cud');
    const bundle = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry });
    const create = { request: { method: 'POST', url: 'Patient' }, resource: patient };
    const update = { request: { method: 'PUT', url: 'Patient?a=b' }, resource: patient };
    const remove = { request: { method: 'DELETE', url: 'Observation/1' } };
    const cases: [string, object, number][] = [
      ['/Patient', patient, 202],
      ['/Observation', { resourceType: 'Observation' }, 202],
      ['/Encounter', { resourceType: 'Encounter' }, 403],
      ['', bundle(create, remove), 202],
      ['', bundle(create, update), 403],
      ['', bundle(create, { resource: { resourceType: 'Encounter' } }), 403],
      ['', bundle(create, { request: null, resource: null }), 403],
      ['', bundle({ ...create, request: { method: 'delete', url: 'Patient/1' } }), 202],
      ['', bundle({ request: { method: 'DELETE', url: 'x/Observation/1' } }), 403],
      ['', bundle({ request: { method: 'DELETE', url: '/Observation/1' } }), 403],
      ['/$process-message', { ...bundle(create), type: 'message' }, 403],
    ];
    for (const [path, body, status] of cases)
      assert.equal(await post(`${base}/fhir${path}`, got.access_token, body), status, path);
    assert.deepEqual(refusals(), Array(7).fill('north-emr scope-missing'));
    assert.equal(state.landings.length, 4);
  });

  it('asks the address of a client for its keys, and says so when it gives none', async () => {
    let answer: object = ours.jwks;
    const keys = createServer((_request, response) => response.end(JSON.stringify(answer)));
    servers.push(keys);
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const { port } = keys.address() as { port: number };
    const jwks_url = `http://127.0.0.1:${port}/jwks`;
    const entry = { client_id: ours.id, jwks_url, scopes: ['system/*.cruds'] };
    const broken = { keys: [{ ...ours.jwks.keys[0], d: 'private' }] };
    for (const [given, status] of [
      [ours.jwks, 200],
      [broken, 503],
      [{ keys: [], padding: 'x'.repeat(300_000) }, 503],
    ] as const) {
      answer = given;
      const { base } = await listen([entry]);
      const url = `${base}/auth/token`;
      assert.equal((await askToken(url, await ours.assertion(url, startS))).status, status);
    }
  });

  it('uses the keys of a file that was replaced', async () => {
    const file = join(folder, 'rotated.json');
    writeFileSync(file, JSON.stringify(theirs.jwks));
    const { base } = await listen([{ ...entryOf(ours), jwks_file: file }]);
    const url = `${base}/auth/token`;
    assert.equal((await askToken(url, await ours.assertion(url, startS))).status, 401);
    writeFileSync(file, JSON.stringify(ours.jwks));
    assert.equal((await askToken(url, await ours.assertion(url, startS))).status, 200);
  });

  it('reads no more of a stranger than a form, and only a well-formed one', async () => {
    const { base } = await listen([entryOf(ours)]);
    const url = `${base}/auth/token`;
    const form = 'application/x-www-form-urlencoded';
    const ask = async (body: string, type = form, method = 'POST') => {
      const init = { method, headers: { 'content-type': type } };
      const response = await fetch(url, method === 'GET' ? init : { ...init, body });
      await response.text();
      return response.status;
    };
    assert.equal(await ask('', form, 'GET'), 405);
    assert.equal(await ask('{}', 'application/json'), 415);
    assert.equal(await ask(`grant_type=${'x'.repeat(40_000)}`), 413);
    assert.equal(await ask('grant_type=password'), 400);
    assert.equal(await ask('grant_type=client_credentials&grant_type=client_credentials'), 400);
  });
});
