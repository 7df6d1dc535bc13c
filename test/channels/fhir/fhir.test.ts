import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { fhirSource } from '../../../channels/fhir/index.ts';
import { PlexusError, type Settlement, type Source } from '../../../engine/index.ts';
import { handClock, memoryContext } from '../source-context.ts';

// Goal: a 2xx means that the bytes are durable, and every other answer is an OperationOutcome with
// the right status; strangers are turned away before their body is read.
// Method: the real listener on a free loopback port, a journal in memory that waits or fails on
// demand.
describe('channels/fhir', () => {
  const open: Source[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(100)));
  });

  async function listen(
    memory = memoryContext(),
    config: Record<string, unknown> = {},
  ): Promise<string> {
    const parsed = fhirSource.schema.parse({ port: 8661, ...config });
    const source = fhirSource.create(parsed, memory.context);
    open.push(source);
    const [listening] = await source.open();
    assert.equal(listening?.kind, 'fhir');
    return `http://${listening.host}:${listening.port}/fhir`;
  }

  it('answers 202 after the landing and not before', async () => {
    const memory = memoryContext();
    let letLand = () => {};
    memory.state.gate = new Promise((resolve) => {
      letLand = resolve;
    });
    const url = await listen(memory);
    let isAnswered = false;
    const bytes = '{"resourceType":"Patient", "id":"p1" }';
    const answer = post(`${url}/Patient`, bytes).finally(() => {
      isAnswered = true;
    });
    await fetch(`${url}/metadata`).then((response) => response.text());
    assert.equal(isAnswered, false);
    letLand();
    assert.equal((await answer).status, 202);
    assert.equal(memory.state.landings[0]?.raw.toString(), bytes);
    assert.deepEqual(memory.state.landings[0]?.orderingKeys, ['Patient/p1']);
  });

  it('answers 503 when the bytes are not durable, and takes the next when they are', async () => {
    const memory = memoryContext();
    const url = await listen(memory);
    memory.state.failFrom = 0;
    const refused = await post(`${url}/Patient`, '{"resourceType":"Patient"}');
    assert.deepEqual([refused.status, refused.code], [503, 'journal-unavailable']);
    memory.state.failFrom = Number.POSITIVE_INFINITY;
    assert.equal((await post(`${url}/Patient`, '{"resourceType":"Patient"}')).status, 202);
  });

  it('gives a repeated request the same answer and lands it once', async () => {
    const memory = memoryContext();
    const url = await listen(memory);
    const bundle = JSON.stringify({
      resourceType: 'Bundle',
      type: 'message',
      identifier: { system: 'urn:example:feed', value: 'b-1' },
    });
    const first = await post(url, bundle);
    const again = await post(url, bundle, { 'X-Request-Id': 'another-try' });
    assert.deepEqual(again, first);
    const named = { 'X-Request-Id': 'r-7' };
    await post(`${url}/Patient`, '{"resourceType":"Patient"}', named);
    await post(`${url}/Patient`, '{"resourceType":"Patient"}', named);
    assert.deepEqual(
      memory.state.landings.map((landing) => landing.controlId),
      ['urn:example:feed|b-1', 'r-7'],
    );
  });

  it('takes a patient by identifier (ITI-104), in order with who replaces them', async () => {
    const memory = memoryContext();
    const url = await listen(memory);
    const patient = JSON.stringify({
      resourceType: 'Patient',
      active: false,
      identifier: [{ system: 'urn:a', value: '18' }],
      link: [{ type: 'replaced-by', other: { identifier: { system: 'urn:a', value: '17' } } }],
    });
    const answer = await post(`${url}/Patient?identifier=urn:a%7C18`, patient, {}, 'PUT');
    assert.equal(answer.status, 201);
    const landed = memory.state.landings[0];
    assert.deepEqual(JSON.parse(landed?.raw.toString() ?? ''), {
      request: { method: 'PUT', url: 'Patient?identifier=urn:a%7C18' },
      resource: JSON.parse(patient),
    });
    assert.ok(landed?.raw.toString().includes(patient), 'the body is there byte for byte');
    assert.deepEqual(landed?.orderingKeys, ['urn:a|18', 'urn:a|17']);
  });

  it('says with status and code what is wrong with a request', async () => {
    const url = await listen(memoryContext(), { body_bytes_max: 2048 });
    const patient = '{"resourceType":"Patient"}';
    const deep = `{"resourceType":"Patient","x":${'['.repeat(70)}${']'.repeat(70)}}`;
    const big = JSON.stringify({ resourceType: 'Patient', text: 'x'.repeat(4000) });
    const jsonPatch = { 'Content-Type': 'application/json-patch+json' };
    const twice = 'fhir-duplicate-key';
    const stu3 = { 'Content-Type': 'application/fhir+json; fhirVersion=3.0' };
    const xml = { 'Content-Type': 'application/fhir+xml' };
    const cases: [Promise<Answer>, number, string][] = [
      [post(`${url}/Patient`, '{"resourceType":'), 400, 'fhir-json-invalid'],
      [post(`${url}/Patient`, Buffer.from([0x7b, 0xff, 0x7d])), 400, 'fhir-not-utf8'],
      [post(`${url}/Patient`, '[]'), 400, 'fhir-not-a-resource'],
      [post(`${url}/Patient`, '{}'), 400, 'fhir-resource-type-missing'],
      [post(`${url}/Patient`, deep), 400, 'fhir-too-deep'],
      [post(`${url}/Observation`, patient), 400, 'fhir-type-mismatch'],
      [post(url, patient), 400, 'fhir-type-mismatch'],
      [post(`${url}/patient`, patient), 404, 'fhir-address-unknown'],
      [post(`${url}/Pet`, '{"resourceType":"Pet"}'), 404, 'fhir-type-unknown'],
      [
        post(`${url}/Pet/1`, '{"resourceType":"Pet","id":"1"}', {}, 'PUT'),
        404,
        'fhir-type-unknown',
      ],
      [post(`${url}/Pet/$validate`, '{}'), 404, 'fhir-type-unknown'],
      [post(`${url}/_status/77`, patient), 405, 'method-not-allowed'],
      [post(`${url}/Patient`, patient, {}, 'PUT'), 400, 'fhir-condition-unsupported'],
      [post(`${url}/Patient?identifier=1`, patient, {}, 'PUT'), 400, 'fhir-condition-unsupported'],
      [post(`${url}/Patient?name=x`, patient, {}, 'PUT'), 400, 'fhir-condition-unsupported'],
      [post(`${url}/Patient?identifier=a|1`, patient, {}, 'PUT'), 400, 'fhir-condition-mismatch'],
      [post(`${url}/Patient/1`, patient, {}, 'PUT'), 400, 'fhir-id-mismatch'],
      [post(`${url}/Patient`, '[]', jsonPatch, 'PATCH'), 400, 'fhir-condition-unsupported'],
      [post(`${url}/Group/1`, '{}', jsonPatch, 'PATCH'), 400, 'fhir-patch-invalid'],
      [post(`${url}/Group/1`, '[]', {}, 'PATCH'), 400, 'fhir-patch-invalid'],
      [post(`${url}/Group/1`, '[]', xml, 'PATCH'), 415, 'media-type'],
      [post(`${url}/Group/1`, '{}', { 'If-Match': 'x' }, 'PUT'), 400, 'fhir-request-invalid'],
      [post(`${url}/Group`, '{}', { 'If-None-Exist': 'x=1' }), 400, 'fhir-condition-unsupported'],
      [post(`${url}/Group`, '{"resourceType":"Group","id":"1","\\u0069d":"2"}'), 400, twice],
      [post(`${url}/Patient`, big), 413, 'body-too-large'],
      [post(`${url}/Patient`, patient, xml), 415, 'media-type'],
      [post(`${url}/Patient`, patient, stu3), 415, 'media-type'],
      [post(`${url}/Patient`, patient, { 'Content-Encoding': 'gzip' }), 415, 'media-type'],
    ];
    for (const [request, status, code] of cases) {
      const answer = await request;
      assert.deepEqual([answer.status, answer.code], [status, code]);
    }
  });

  it('says that a Bundle which is one message has too many entries, unread', async () => {
    const url = await listen(memoryContext(), { transaction_entries_max: 2 });
    const entry = { resource: { resourceType: 'Location', id: 'a' } };
    const bundle = (type: string, entries: number) =>
      JSON.stringify({ resourceType: 'Bundle', type, entry: Array(entries).fill(entry) });
    const ndjson = { 'Content-Type': 'application/fhir+ndjson' };
    const told = async (body: string, headers = {}) => {
      const { status, code } = await post(url, body, headers);
      return [status, code];
    };
    const tooLarge = [413, 'fhir-transaction-too-large'];
    assert.deepEqual(await told(bundle('transaction', 3)), tooLarge);
    assert.deepEqual(await told(bundle('collection', 3)), tooLarge);
    assert.deepEqual(await told(bundle('transaction', 2)), [202, 'landed']);
    assert.deepEqual(await told(bundle('batch', 3)), [202, 'landed']);
    const line = `${bundle('transaction', 3)}\n`;
    assert.deepEqual(await told(line, ndjson), [200, 'fhir-transaction-too-large']);
  });

  it('never fails on bytes, whatever they are', async () => {
    const memory = memoryContext();
    const url = await listen(memory);
    const odd = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
      fc
        .jsonValue({ maxDepth: 3 })
        .map((value) =>
          Buffer.from(JSON.stringify({ resourceType: 'Bundle', entry: value, identifier: value })),
        ),
      fc
        .jsonValue({ maxDepth: 3 })
        .map((value) =>
          Buffer.from(JSON.stringify({ resourceType: 'Bundle', entry: [{ resource: value }] })),
        ),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (bytes) => {
        const before = memory.state.landings.length;
        const { status } = await post(url, bytes);
        const hasLanded = memory.state.landings.length > before;
        assert.ok(hasLanded ? status === 202 : status === 202 || status === 400, String(status));
      }),
      { numRuns: 150 },
    );
  });

  it('turns a stranger away before the body, and lets a known token in', async () => {
    const memory = memoryContext();
    const tokens_sha256 = [createHash('sha256').update('open-sesame').digest('hex')];
    const url = await listen(memory, { auth: { tokens_sha256 } });
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
    const [answer] = await once(socket, 'data');
    socket.destroy();
    assert.match(String(answer), /^HTTP\/1\.1 401 /);
    const stranger = await post(`${url}/Nothing/here/1`, 'x', {}, 'PATCH');
    assert.deepEqual([stranger.status, stranger.code], [401, 'unauthorized']);
    const wrong = { Authorization: 'Bearer open-sesam' };
    assert.equal((await post(`${url}/Patient`, '{}', wrong)).status, 401);
    assert.equal(memory.state.landings.length, 0);
    const known = { Authorization: 'Bearer open-sesame' };
    const patient = '{"resourceType":"Patient"}';
    assert.equal((await post(`${url}/Patient`, patient, known)).status, 202);
  });

  it('wants tokens where others can reach it', () => {
    const at = () => ({ file: 'c.yaml', line: 1, column: 1 });
    const context = { configDir: '.', channel: 'c', at };
    const codes = (config: object) =>
      fhirSource
        .check?.(fhirSource.schema.parse({ port: 1, ...config }), context)
        .map((issue) => issue.code);
    assert.deepEqual(codes({}), []);
    assert.deepEqual(codes({ host: '127.0.0.2' }), []);
    assert.deepEqual(codes({ host: '0.0.0.0' }), ['auth-required', 'tls-missing']);
    const auth = { tokens_sha256: ['ab'.repeat(32)] };
    assert.deepEqual(codes({ host: '::', auth }), ['tls-missing']);
  });

  it('speaks TLS with the files it is given, and says which one is not there', async () => {
    const file = (name: string) => join(import.meta.dirname, '../../certificates', name);
    const tls = { key: file('server.key'), cert: file('server.pem') };
    const url = await listen(memoryContext(), { tls });
    const ca = await readFile(file('ca.pem'));
    const status = await new Promise((done, fail) => {
      const headers = { 'Content-Type': 'application/fhir+json' };
      const address = `${url.replace('http:', 'https:')}/Patient`;
      request(address, { method: 'POST', headers, ca, agent: false }, (answer) => {
        answer.resume();
        done(answer.statusCode);
      })
        .on('error', fail)
        .end('{"resourceType":"Patient"}');
    });
    assert.equal(status, 202);
    const nowhere = { tls: { ...tls, key: file('nothing.key') } };
    await assert.rejects(
      listen(memoryContext(), nowhere),
      (error) => error instanceof PlexusError && error.code === 'tls-file-unreadable',
    );
    const at = () => ({ file: 'c.yaml', line: 1, column: 1 });
    const parsed = fhirSource.schema.parse({ port: 1, ...nowhere });
    const issues = fhirSource.check?.(parsed, { configDir: '.', channel: 'c', at });
    assert.deepEqual(
      issues?.map(({ code }) => code),
      ['file-missing'],
    );
  });

  it('answers after settlement when the channel says so', async () => {
    const outcomes: [Settlement, number][] = [
      [{ outcome: 'delivered', issues: [] }, 201],
      [{ outcome: 'filtered', issues: [] }, 200],
      [
        {
          outcome: 'quarantined',
          issues: [{ severity: 'error', code: 'x-held', diagnostics: 'Held.' }],
        },
        422,
      ],
    ];
    const memory = memoryContext({ ack: 'settled' });
    const url = await listen(memory);
    for (const [settlement, status] of outcomes) {
      memory.state.settlement = Promise.resolve(settlement);
      assert.equal((await post(`${url}/Patient`, '{"resourceType":"Patient"}')).status, status);
    }
  });

  it('gives a status URL when settling takes over ten seconds', async () => {
    const clock = handClock();
    const memory = memoryContext({ ack: 'settled', clock });
    let settle: (settlement: Settlement) => void = () => {};
    memory.state.settlement = new Promise((resolve) => {
      settle = resolve;
    });
    const url = await listen(memory);
    const request = fetch(`${url}/Patient`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/fhir+json' },
      body: '{"resourceType":"Patient"}',
    });
    while (memory.state.landings.length === 0) await new Promise((done) => setImmediate(done));
    await new Promise((done) => setImmediate(done));
    clock.advance(10_001);
    const response = await request;
    assert.equal(response.status, 202);
    const status = new URL(response.headers.get('content-location') ?? '', url).href;
    assert.equal((await fetch(status)).status, 202);
    settle({ outcome: 'delivered', issues: [] });
    assert.equal((await fetch(status)).status, 201);
    assert.equal((await fetch(`${url}/_status/4242`)).status, 404);
  });
});

type Answer = { status: number; code: string | undefined };

async function post(
  url: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/fhir+json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const outcome = (await response.json()) as {
    resourceType: string;
    issue: { details: { coding: { code: string }[] } }[];
  };
  assert.equal(outcome.resourceType, 'OperationOutcome');
  return { status: response.status, code: outcome.issue[0]?.details.coding[0]?.code };
}
