// Goal: over TLS a client certificate counts as a sign-in only when our authority signed it.
// Method: real handshakes with the certificates of the test authority: a client of ours, a stranger
// who bears the same name, and nobody; TLS asked for and TLS demanded.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Hono } from 'hono';
import {
  type Authenticate,
  type HttpEnv,
  type HttpServer,
  serveHttp,
} from '../../../engine/http/index.ts';

const pem = (name: string) => readFileSync(new URL(`../../certificates/${name}`, import.meta.url));
const authority = pem('ca.pem');
const own = { cert: pem('server.pem'), key: pem('server.key'), ca: authority };

const byCertificate: Authenticate = ({ certificate }) =>
  certificate?.commonName === 'lab.test' ? { id: 'lab', kind: 'client' } : undefined;
const app = new Hono<HttpEnv>().get('*', (c) => c.text(c.env.principal?.id ?? 'nobody'));

type Answer = { status: number | undefined; text: string; strict: string | undefined };

function ask(port: number, client?: string): Promise<Answer> {
  const shown = client ? { cert: pem(`${client}.pem`), key: pem(`${client}.key`) } : {};
  const options = { host: '127.0.0.1', port, path: '/x', ca: authority, agent: false, ...shown };
  return new Promise((resolve, reject) => {
    const sent = request(options, (answer) => {
      const strict = answer.headers['strict-transport-security'];
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, text, strict }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('serveHttp over TLS', () => {
  const open: HttpServer[] = [];
  const start = async (requireClientCertificate: boolean) => {
    const tls = { ...own, requireClientCertificate };
    const options = { host: '127.0.0.1', port: 0, app, authenticate: byCertificate, tls };
    const server = await serveHttp(options);
    open.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close(100);
  });

  it('knows a client by a certificate of its authority, and nobody by a look-alike', async () => {
    const { port } = await start(false);
    const known = await ask(port, 'lab');
    assert.equal(known.text, 'lab');
    assert.match(known.strict ?? '', /max-age/);
    assert.equal((await ask(port, 'other')).status, 401);
    assert.equal((await ask(port, 'stranger')).status, 401);
    assert.equal((await ask(port)).status, 401);
  });

  it('ends the handshake of everybody else where a certificate is demanded', async () => {
    const { port } = await start(true);
    assert.equal((await ask(port, 'lab')).text, 'lab');
    await assert.rejects(ask(port, 'stranger'));
    await assert.rejects(ask(port));
    assert.equal((await ask(port, 'lab')).text, 'lab', 'the listener goes on');
  });

  it('does not demand certificates that nobody could judge', async () => {
    const tls = { cert: own.cert, key: own.key, requireClientCertificate: true };
    const options = { host: '127.0.0.1', port: 0, app, authenticate: byCertificate, tls };
    await assert.rejects(serveHttp(options), /no authority/);
  });
});
