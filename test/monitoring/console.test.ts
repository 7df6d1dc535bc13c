// Goal: the console's doors open to the token alone and pass orders on as they were given; what is
// wrong is told with a code.
// Method: the whole of monitoring on a real listener, in front of a fake engine that keeps what it
// was told.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type HttpServer, serveHttp } from '../../engine/http/index.ts';
import type { Event } from '../../engine/index.ts';
import { createMonitoring, type Monitoring } from '../../monitoring/index.ts';
import {
  channelView,
  createFakeEngine,
  type FakeEngine,
  handClock,
  heldGroup,
  messageView,
} from './fake-engine.ts';

const token = 'the-token-of-this-test';
const pageFolder = new URL('../../monitoring/console/page/', import.meta.url);

describe('monitoring over HTTP', () => {
  let engine: FakeEngine;
  let monitoring: Monitoring;
  let server: HttpServer;
  let isUp: boolean;
  let emitted: Event[];
  const bugs: unknown[] = [];

  before(async () => {
    engine = createFakeEngine();
    engine.channels = [channelView('a')];
    engine.quarantine = [heldGroup('a')];
    engine.messages = [1, 2, 3].map((id) => messageView(id));
    const { clock } = handClock();
    monitoring = createMonitoring({
      events: engine.events,
      clock,
      engine: () => (isUp ? engine.operations : undefined),
      token,
      version: '1.2.3',
      network: 'example',
      bug: (cause) => bugs.push(cause),
    });
    const { app, http } = monitoring;
    server = await serveHttp({ host: '127.0.0.1', port: 0, app, ...http });
    engine.events.subscribe((event) => emitted.push(event));
  });
  after(async () => {
    monitoring.close();
    await server.close(100);
  });
  beforeEach(() => {
    isUp = true;
    emitted = [];
    engine.told.length = 0;
    bugs.length = 0;
  });

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${token}` },
    });
  const get = async (path: string) => (await ask(path)).json();
  const post = async (path: string, body?: unknown): Promise<[number, unknown]> => {
    const answer = await ask(path, {
      method: 'POST',
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return [answer.status, await answer.json()];
  };

  it('shows a stranger the page, the metrics and the health, and nothing else', async () => {
    const anonymous = async (path: string, method = 'GET') =>
      (await fetch(`http://127.0.0.1:${server.port}${path}`, { method })).status;
    assert.equal(await anonymous('/'), 200);
    assert.equal(await anonymous('/metrics'), 200);
    assert.equal(await anonymous('/health/live'), 200);
    assert.equal(await anonymous('/health/ready'), 503);
    const closed = ['/api/channels', '/api/events', '/api/session', '/api', '/nowhere', '/fhir'];
    for (const path of closed) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        assert.equal(await anonymous(path, method), 401, `${method} ${path}`);
      }
    }
    assert.ok(emitted.every(({ type }) => type === 'sign-in-refused'));
    assert.equal(emitted.length, closed.length * 4);
    assert.equal(await anonymous('/metrics', 'POST'), 401);
  });

  it('is ready after recovery, and not while the journal fails or the engine stops', async () => {
    const ready = async () => {
      const answer = await ask('/health/ready');
      return [answer.status, ((await answer.json()) as { checks: unknown }).checks];
    };
    const good = { recovered: true, journal: true, accepting: true };
    engine.events.emit({ type: 'recovered', claimed: 0, ready: 0, held: 0, tookMs: 1 });
    assert.deepEqual(await ready(), [200, good]);
    engine.events.emit({ type: 'commit-failed', cause: 'no space' });
    assert.deepEqual(await ready(), [503, { ...good, journal: false }]);
    engine.events.emit({ type: 'journal-reopened', partition: '1' });
    assert.deepEqual(await ready(), [200, good]);
    engine.events.emit({ type: 'engine-stopping', reason: 'SIGTERM' });
    assert.deepEqual(await ready(), [503, { ...good, accepting: false }]);
    assert.equal((await ask('/health/live')).status, 200);
  });

  it('serves every file of the page, loads nothing from elsewhere and nothing inline', async () => {
    const html = readFileSync(new URL('index.html', pageFolder), 'utf8');
    const style = readFileSync(new URL('page.css', pageFolder), 'utf8');
    assert.doesNotMatch(html, /<script(?![^>]*src="\/)|\son\w+=|style=|https?:/);
    assert.doesNotMatch(style, /url\(|@import/);
    const policy = (await ask('/')).headers.get('content-security-policy') ?? '';
    assert.match(policy, /script-src 'self';/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    for (const file of readdirSync(pageFolder)) {
      const path =
        file === 'index.html' ? '/' : file.endsWith('.svg') ? `/${file}` : `/console/${file}`;
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
      assert.equal(answer.status, 200, path);
      assert.equal(await answer.text(), readFileSync(new URL(file, pageFolder), 'utf8'));
      const again = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        headers: { 'If-None-Match': answer.headers.get('etag') ?? '' },
      });
      assert.equal(again.status, 304);
    }
  });

  it('answers what the engine shows', async () => {
    assert.deepEqual(await get('/api/session'), {
      principal: 'operator',
      version: '1.2.3',
      network: 'example',
    });
    assert.deepEqual(emitted, [{ type: 'signed-in', principal: 'operator' }]);
    assert.deepEqual(await get('/api/channels'), engine.channels);
    assert.deepEqual(await get('/api/quarantine'), engine.quarantine);
    assert.deepEqual(await get('/api/conservation'), []);
    assert.deepEqual(await get('/api/messages?limit=2'), engine.messages.slice(-2));
    assert.deepEqual(await get('/api/listening'), engine.operations.listening());
    assert.equal(((await get('/api/trace/2')) as { controlId: string }).controlId, 'C2');
    const held = (await get('/api/held?fingerprint=odd&limit=3')) as { id: number }[];
    assert.deepEqual(
      held.map(({ id }) => id),
      [1, 3, 5],
    );
  });

  it('passes orders on, in the caller’s name unless another is given', async () => {
    assert.deepEqual(await post('/api/channels/a/pause'), [
      200,
      { channel: 'a', state: 'running', revision: '0123456789ab' },
    ]);
    assert.deepEqual(await post('/api/channels/a/deploy'), [
      200,
      { channel: 'a', state: 'running', revision: 'ba9876543210' },
    ]);
    assert.deepEqual(await post('/api/reload'), [200, { swapped: ['a'] }]);
    const selection = { fingerprint: 'f0f0f0f0' };
    const assigned = await post('/api/quarantine/assign', { selection, owner: 'kim' });
    assert.deepEqual(assigned, [200, { count: 3 }]);
    assert.deepEqual(await post('/api/quarantine/replay', { selection: { id: '68719476737' } }), [
      200,
      { count: 4 },
    ]);
    const waiver = { selection, reason: 'sent by a test', by: 'kim' };
    assert.deepEqual(await post('/api/quarantine/waive', waiver), [200, { count: 5 }]);
    assert.deepEqual(engine.told, [
      ['pause', 'a'],
      ['deploy', 'a'],
      ['reload'],
      ['assign', selection, 'kim', 'operator'],
      ['replay', { id: 68719476737 }, 'operator'],
      ['waive', selection, 'sent by a test', 'kim'],
    ]);
  });

  it('refuses what it does not understand, with a code, and tells the engine nothing', async () => {
    const selection = { fingerprint: 'f' };
    const wrong: readonly (readonly [string, unknown, number, string])[] = [
      ['/api/quarantine/waive', { selection }, 400, 'not-understood'],
      ['/api/quarantine/waive', { selection, reason: '  ' }, 400, 'not-understood'],
      ['/api/quarantine/replay', {}, 400, 'not-understood'],
      ['/api/quarantine/replay', { selection: { id: -1 } }, 400, 'not-understood'],
      ['/api/quarantine/replay', { selection: { ...selection, id: 1 } }, 400, 'not-understood'],
      ['/api/quarantine/assign', '{"selection":', 400, 'not-understood'],
      ['/api/quarantine/assign', 'x'.repeat(70_000), 413, 'body-too-large'],
      ['/api/channels/zz/start', undefined, 404, 'unknown-channel'],
      ['/api/channels/a/explode', undefined, 404, 'unknown-path'],
      ['/api/channels/a/rollback', undefined, 503, 'nothing-to-roll-back'],
    ];
    for (const [path, body, status, code] of wrong) {
      const [got, answer] = await post(path, body);
      assert.equal(got, status, path);
      assert.equal((answer as { error: { code: string } }).error.code, code, path);
    }
    assert.deepEqual(engine.told, []);
    for (const path of [
      'messages?limit=0',
      'messages?limit=9999',
      'messages?chanel=a',
      'trace/x',
    ]) {
      assert.equal((await ask(`/api/${path}`)).status, 400, path);
    }
    assert.equal((await ask('/api/trace/99')).status, 404);
  });

  it('says that the engine starts until it is there', async () => {
    isUp = false;
    assert.equal((await ask('/api/channels')).status, 503);
    assert.equal((await ask('/metrics')).status, 200);
  });

  it('keeps what a bug says to itself', async () => {
    const trace = engine.operations.trace;
    Object.assign(engine.operations, {
      trace() {
        throw new Error('PUBLIC^JANE is no number');
      },
    });
    const answer = await ask('/api/trace/1');
    Object.assign(engine.operations, { trace });
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /JANE/);
    assert.equal(bugs.length, 1);
  });
});
