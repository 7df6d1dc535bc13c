// Goal: nobody reaches a handler without a sign-in, no body is read before it, and no sender can
// hold the listener up.
// Method: a real listener on a free loopback port, spoken to over raw sockets and over fetch;
// random methods and paths by fast-check.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import fc from 'fast-check';
import { Hono } from 'hono';
import {
  type Authenticate,
  type HttpEnv,
  type HttpOptions,
  type HttpServer,
  requireToken,
  serveHttp,
  tokenAuthenticator,
  tokenProtocol,
} from '../../../engine/http/index.ts';
import { PlexusError } from '../../../engine/index.ts';

const token = 'a-token-of-the-test';
const authenticate: Authenticate = tokenAuthenticator([
  { token, principal: { id: 'operator', kind: 'operator' } },
]);

let calls = 0;
const app = new Hono<HttpEnv>();
app.get('/', (c) => c.text('page'));
app.get('/health/live', (c) => c.text('ok'));
app.all('*', async (c) => {
  calls += 1;
  const body = await c.req.text();
  return c.json({ principal: c.env.principal?.id, bytes: body.length });
});

/**
 * Sends bytes, answers with everything that came back until the peer closed or `until` was seen.
 */
function talk(port: number, bytes: string, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }, () =>
      socket.write(bytes),
    );
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (until?.test(answer)) socket.destroy();
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer ? resolve(answer) : reject(error)));
  });
}

describe('serveHttp', () => {
  const open: HttpServer[] = [];
  const start = async (options: Partial<HttpOptions> = {}) => {
    const server = await serveHttp({
      host: '127.0.0.1',
      port: 0,
      app,
      authenticate,
      publicPaths: ['/', '/health/live'],
      ...options,
    });
    open.push(server);
    return server;
  };
  beforeEach(() => {
    calls = 0;
  });
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close(200);
  });

  it('answers 401 to a stranger on every path and method, and runs no handler', async () => {
    const { port } = await start();
    const methods = [
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'QUERY',
      'LINK',
    ];
    const paths = fc.oneof(
      fc.webPath(),
      fc.constantFrom('/api/x', '//', '/./', '/health/../api', '/%2e', '/HEALTH/live', '/?', '*'),
      fc.constantFrom('http://127.0.0.1/api', '/health/live/', '/health/live%00', '/metrics'),
    );
    const request = fc.tuple(fc.constantFrom(...methods), paths);
    await fc.assert(
      fc.asyncProperty(request, async ([method, path]) => {
        const target = path === '' ? '/x' : path;
        const isPublic = /^(\/|\/health\/live)(\?|$)/.test(target) && /^(GET|HEAD)$/.test(method);
        fc.pre(!isPublic);
        const answer = await talk(
          port,
          `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
        );
        assert.match(answer, /^HTTP\/1.1 401 /, `${method} ${target}`);
        assert.match(answer, /www-authenticate: bearer/i);
      }),
      { numRuns: 150 },
    );
    assert.equal(calls, 0);
  });

  it('answers a refused sender before its body is there, then cuts it off', async () => {
    const { port } = await start();
    for (const header of ['Content-Length: 1000000000', 'Transfer-Encoding: chunked']) {
      const answer = await talk(
        port,
        `POST /api/reload HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`,
        /unauthorized/,
      );
      assert.match(answer, /^HTTP\/1.1 401 /);
    }
    const closed = await new Promise<number>((resolve) => {
      let sent = 0;
      const socket = connect({ host: '127.0.0.1', port });
      const chunk = Buffer.alloc(64 * 1024, 120);
      const write = () => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
      };
      socket.on('drain', write);
      socket.on('error', () => {});
      socket.on('close', () => resolve(sent));
      socket.write('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n');
      write();
    });
    assert.ok(closed < 100e6, `cut off after ${closed} bytes`);
  });

  it('never asks a stranger for the body with "100 Continue"', async () => {
    const { port } = await start();
    const head = 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n';
    const refused = await talk(port, `${head}\r\n`);
    assert.match(refused, /^HTTP\/1.1 401 /);
    const admitted = await talk(
      port,
      `${head}Authorization: Bearer ${token}\r\n\r\nbody`,
      /"bytes":4/,
    );
    assert.match(admitted, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
  });

  it('gives the handler the principal, and the public paths to everybody', async () => {
    const { port } = await start();
    const url = `http://127.0.0.1:${port}`;
    const known = await fetch(`${url}/x`, {
      method: 'POST',
      body: 'abc',
      headers: { Authorization: `Bearer ${token}` },
    });
    assert.deepEqual(await known.json(), { principal: 'operator', bytes: 3 });
    assert.equal((await fetch(`${url}/?utm=1`)).status, 200);
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
    assert.equal((await fetch(`${url}/`, { method: 'POST', body: 'x' })).status, 401);
  });

  it('refuses every token that is not the token', async () => {
    const { port } = await start();
    const offered = fc.oneof(
      fc.stringMatching(/^[\x21-\x7e]{1,60}$/),
      fc.constantFrom(`${token}x`, token.slice(1), token.toUpperCase(), 'undefined', 'null'),
    );
    await fc.assert(
      fc.asyncProperty(offered, async (guess) => {
        fc.pre(guess !== token);
        const answer = await fetch(`http://127.0.0.1:${port}/x`, {
          headers: { Authorization: `Bearer ${guess}` },
        });
        assert.equal(answer.status, 401);
      }),
      { numRuns: 60 },
    );
    const basic = { Authorization: `Basic ${btoa(`x:${token}`)}` };
    assert.equal((await fetch(`http://127.0.0.1:${port}/x`, { headers: basic })).status, 401);
    assert.equal((await fetch(`http://127.0.0.1:${port}/x?token=${token}`)).status, 401);
  });

  it('knows a token by its SHA-256 and refuses a digest that is none', async () => {
    const principal = { id: 'emr', kind: 'client' } as const;
    const sha256 = Buffer.from(
      await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)),
    ).toString('hex');
    const byDigest = tokenAuthenticator([{ sha256: sha256.toUpperCase(), principal }]);
    assert.deepEqual(await byDigest({ token }), principal);
    assert.equal(await byDigest({ token: sha256 }), undefined);
    assert.equal(await byDigest({}), undefined);
    assert.throws(() => tokenAuthenticator([{ sha256: 'abc', principal }]), /emr/);
  });

  it('stops a body at the limit, whether its length is declared or not', async () => {
    const refusals: string[] = [];
    const { port } = await start({
      limits: { bodyBytesMax: 1000 },
      refused: (refusal) => refusals.push(refusal),
    });
    const headers = { Authorization: `Bearer ${token}` };
    const post = (body: RequestInit['body']) =>
      fetch(`http://127.0.0.1:${port}/x`, {
        method: 'POST',
        headers,
        ...(body ? { body } : {}),
        duplex: 'half',
      } as RequestInit);
    const streamed = (bytes: number) =>
      new ReadableStream({
        start(controller) {
          for (let sent = 0; sent < bytes; sent += 100) controller.enqueue(new Uint8Array(100));
          controller.close();
        },
      });
    assert.equal((await post('x'.repeat(1000))).status, 200);
    assert.equal((await post(streamed(1000))).status, 200);
    assert.equal((await post('x'.repeat(1001))).status, 413);
    assert.equal((await post(streamed(1100))).status, 413);
    assert.deepEqual(refusals, ['body-too-large', 'body-too-large']);
    assert.equal(calls, 2);
  });

  it('cuts off slow senders and holds no more than its connections', async () => {
    const refusals: string[] = [];
    const { port } = await start({
      limits: { headersMs: 100, connectionsMax: 3 },
      refused: (refusal) => refusals.push(refusal),
    });
    const slow = await talk(port, 'GET / HTTP/1.1\r\nHost: x\r\n');
    assert.match(slow, /^HTTP\/1.1 408 /);
    const sockets = Array.from({ length: 3 }, () => connect({ host: '127.0.0.1', port }));
    for (const socket of sockets) socket.on('error', () => {});
    await Promise.all(sockets.map((s) => new Promise((resolve) => s.once('connect', resolve))));
    const fourth = await talk(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n').catch(() => '');
    assert.equal(fourth, '');
    assert.deepEqual(refusals, ['too-many-connections']);
    for (const socket of sockets) socket.destroy();
  });

  it('names host and port when the port is taken', async () => {
    const { port } = await start();
    const error = await start({ port }).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof PlexusError);
    assert.equal(error.code, 'port-in-use');
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`));
  });

  it('hands a socket over only to a known sender and a known path', async () => {
    const { port } = await start({
      upgrades: { '/live': (_request, socket, _head, { id }) => socket.end(`hello ${id}`) },
    });
    const upgrade = (path: string, header: string) =>
      talk(
        port,
        `GET ${path} HTTP/1.1\r\nHost: x\r\n` +
          `Connection: Upgrade\r\nUpgrade: websocket\r\n${header}\r\n`,
      );
    const protocol = `${tokenProtocol}${Buffer.from(token).toString('base64url')}`;
    assert.equal(await upgrade('/live', `Authorization: Bearer ${token}\r\n`), 'hello operator');
    assert.equal(
      await upgrade('/live', `Sec-WebSocket-Protocol: plexus.events, ${protocol}\r\n`),
      'hello operator',
    );
    assert.match(await upgrade('/live', ''), /^HTTP\/1.1 401 /);
    assert.match(await upgrade('/', ''), /^HTTP\/1.1 401 /);
    assert.match(await upgrade('/live?token=x', ''), /^HTTP\/1.1 401 /);
    assert.match(await upgrade('/constructor', `Authorization: Bearer ${token}\r\n`), / 404 /);
    const tunnel = await talk(port, 'CONNECT example:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(tunnel, /^HTTP\/1.1 401 /);
  });

  it('sets security headers on every answer, refusals too', async () => {
    const { port } = await start();
    for (const path of ['/', '/x']) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    }
  });

  it('lets an answer under way go out when it closes, but not for ever', async () => {
    const slow = new Hono();
    slow.get('/slow/:ms', async (c) => {
      await new Promise((resolve) => setTimeout(resolve, Number(c.req.param('ms'))));
      return c.text('late');
    });
    const server = await serveHttp({ host: '127.0.0.1', port: 0, app: slow, authenticate });
    const headers = { Authorization: `Bearer ${token}` };
    const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
    const within = get('/slow/150').then((answer) => answer.text());
    const beyond = get('/slow/60000').then(
      () => 'answered',
      () => 'cut off',
    );
    await new Promise((resolve) => setTimeout(resolve, 60));
    await server.close(600);
    assert.equal(await within, 'late');
    assert.equal(await beyond, 'cut off');
  });
});

describe('requireToken', () => {
  it('answers 401 where an app is served without a guard', async () => {
    const bare = new Hono<HttpEnv>().use(requireToken).get('/x', (c) => c.text('in'));
    assert.equal((await bare.request('/x')).status, 401);
    const principal = { id: 'operator', kind: 'operator' } as const;
    assert.equal((await bare.request('/x', {}, { principal })).status, 200);
  });
});
