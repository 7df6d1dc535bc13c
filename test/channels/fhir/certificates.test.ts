// Goal: over mutual TLS a certificate opens the source that lists it and no other; lint says what
// is missing before anybody connects.
// Method: real handshakes with the certificates of the test authority, which signed those of a
// laboratory and of the server itself: two clients, one of them listed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fhirSource } from '../../../channels/fhir/index.ts';
import { createAccessTokens, type EventOf, type Source } from '../../../engine/index.ts';
import { memoryContext } from '../source-context.ts';

const folder = join(import.meta.dirname, '../../certificates');
const pem = (name: string) => join(folder, name);

describe('client certificates at channels/fhir', () => {
  const open: Source[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(100)));
  });

  async function listen(auth: object) {
    const tls = { key: pem('server.key'), cert: pem('server.pem'), client_ca: pem('ca.pem') };
    const { context, state } = memoryContext();
    const source = fhirSource.create(fhirSource.schema.parse({ port: 1, tls, auth }), {
      ...context,
      tokens: createAccessTokens(),
    });
    open.push(source);
    const [listening] = await source.open();
    const refusals = () =>
      state.seen
        .filter((event): event is EventOf<'access-refused'> => event.type === 'access-refused')
        .map(({ reason }) => reason);
    return { port: listening!.port, refusals };
  }

  async function post(port: number, client: string | undefined, token?: string) {
    const { readFileSync } = await import('node:fs');
    const shown = client
      ? { cert: readFileSync(pem(`${client}.pem`)), key: readFileSync(pem(`${client}.key`)) }
      : {};
    return new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        {
          ...shown,
          ...{ host: '127.0.0.1', port, path: '/fhir/Patient', method: 'POST', agent: false },
          ca: readFileSync(pem('ca.pem')),
          headers: {
            'content-type': 'application/fhir+json',
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
        },
        (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode));
        },
      );
      sent.on('error', reject);
      sent.end('{"resourceType":"Patient"}');
    });
  }

  it('lets in who is listed, by name or fingerprint, and no others of its CA', async () => {
    const { X509Certificate } = await import('node:crypto');
    const { readFileSync } = await import('node:fs');
    const { fingerprint256 } = new X509Certificate(readFileSync(pem('lab.pem')));
    for (const entry of ['cn:lab.test', `sha256:${fingerprint256}`]) {
      const { port, refusals } = await listen({ certificates: [entry] });
      assert.equal(await post(port, 'lab'), 202);
      assert.equal(await post(port, 'server'), 403);
      assert.deepEqual(refusals(), ['certificate-other-source']);
      await assert.rejects(post(port, 'stranger'));
      await assert.rejects(post(port, undefined));
      const handshake = 'tls-handshake';
      assert.deepEqual(refusals(), ['certificate-other-source', handshake, handshake]);
    }
  });

  it('lets no token make up for a certificate of another source', async () => {
    const { createHash } = await import('node:crypto');
    const tokens_sha256 = [createHash('sha256').update('secret').digest('hex')];
    const { port, refusals } = await listen({ certificates: ['cn:other.test'], tokens_sha256 });
    assert.equal(await post(port, 'lab', 'secret'), 403);
    assert.deepEqual(refusals(), ['certificate-other-source']);
    const both = await listen({ certificates: ['cn:lab.test'], tokens_sha256 });
    assert.equal(await post(both.port, 'lab', 'secret'), 202);
    assert.equal(await post(both.port, 'lab', 'wrong'), 401);
  });
});

describe('lint of auth', () => {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-auth-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const at = () => ({ file: 'f', line: 1, column: 1 });
  const context = { channel: 'c', configDir: join(dir, 'config'), baseDir: dir, at };

  function codes(config: object): string[] {
    const parsed = fhirSource.schema.safeParse({ port: 8661, ...config });
    if (!parsed.success) return parsed.error.issues.map(({ path }) => `schema ${path.join('.')}`);
    return (fhirSource.check?.(parsed.data, context) ?? []).map(({ code }) => code);
  }

  it('says what an open listener and a client want', () => {
    const scopes = ['system/*.cruds'];
    const client = { client_id: 'a', jwks_url: 'https://emr.example/jwks', scopes };
    const inline = { client_id: 'b', jwks_file: 'b.json', scopes };
    const clientsOf = (...clients: object[]) => ({ auth: { clients } });
    const host = '0.0.0.0';
    assert.deepEqual(codes({}), []);
    assert.deepEqual(codes({ host, auth: {} }), ['auth-required', 'tls-missing']);
    assert.deepEqual(codes(clientsOf(client)), []);
    assert.deepEqual(codes({ host, ...clientsOf(client) }), ['base-url-missing', 'tls-missing']);
    assert.deepEqual(codes(clientsOf(client, client)), ['client-twice']);
    assert.deepEqual(codes(clientsOf(inline)), ['key-set-invalid']);
    assert.deepEqual(codes({ auth: { certificates: ['cn:lab.test'] } }), ['client-ca-missing']);
    const plain = { ...client, jwks_url: 'http://emr.example/jwks' };
    assert.deepEqual(codes(clientsOf(plain)), ['schema auth.clients.0.jwks_url']);
    const wide = { ...client, scopes: ['user/*.cruds'] };
    assert.deepEqual(codes(clientsOf(wide)), ['schema auth.clients.0.scopes.0']);
    assert.deepEqual(codes(clientsOf({ client_id: 'c', scopes })), ['schema auth.clients.0']);
  });

  it('refuses a key set with a private key, with one kid twice, or a weak key', () => {
    const client = { client_id: 'a', jwks_file: 'keys.json', scopes: ['system/*.read'] };
    const key = { kty: 'EC', kid: 'k', crv: 'P-384', x: 'x', y: 'y' };
    const judge = (keys: object[]) => {
      writeFileSync(join(dir, 'keys.json'), JSON.stringify({ keys }));
      return codes({ auth: { clients: [client] } });
    };
    assert.deepEqual(judge([key]), []);
    const other = { kty: 'OKP', kid: 'o', crv: 'Ed25519', x: 'x' };
    assert.deepEqual(judge([key, other]), [], 'a key of another kind is left alone');
    assert.deepEqual(judge([other]), ['key-set-invalid']);
    for (const keys of [[], [{ ...key, d: 'x' }], [key, key], [{ kty: 'oct', kid: 'k', k: 'x' }]])
      assert.deepEqual(judge(keys), ['key-set-invalid']);
    assert.deepEqual(judge([{ kty: 'RSA', kid: 'r', n: 'short', e: 'AQAB' }]), ['key-set-invalid']);
  });
});
