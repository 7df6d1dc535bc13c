// Goal: who looks on sees what happens, and can neither slow the engine down nor make it grow.
// Method: a real listener and real WebSockets, a clock turned by hand; what a reader got and what
// was dropped must add up to what was emitted, for a fast and for a stalled reader.
import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import {
  type HttpServer,
  serveHttp,
  tokenAuthenticator,
  tokenProtocol,
} from '../../engine/http/index.ts';
import type { Event, MessageId } from '../../engine/index.ts';
import {
  createLive,
  eventsProtocol,
  type Live,
  liveLimits,
} from '../../monitoring/console/index.ts';
import { createSnapshots } from '../../monitoring/snapshot/index.ts';
import { channelView, createFakeEngine, type FakeEngine, handClock } from './fake-engine.ts';

const token = 'tøken with a space';
type Frame = { type: string; dropped: number; events: Event[]; channels?: unknown };

const message = (n: number, channel = 'a'): Event => ({
  type: 'message',
  channel,
  id: n as MessageId,
  controlId: `C${n}`,
  outcome: 'delivered',
  sha256: '0'.repeat(64),
  receivedUs: n,
  resources: 2,
});

describe('the live stream', () => {
  let engine: FakeEngine;
  let live: Live;
  let server: HttpServer;
  let hands: ReturnType<typeof handClock>;
  const sockets: WebSocket[] = [];

  beforeEach(async () => {
    engine = createFakeEngine();
    hands = handClock();
    const snapshot = createSnapshots(
      () => engine.operations,
      hands.clock,
      (cause) => assert.fail(String(cause)),
    );
    live = createLive({ events: engine.events, clock: hands.clock, snapshot });
    server = await serveHttp({
      host: '127.0.0.1',
      port: 0,
      app: { fetch: () => new Response() },
      authenticate: tokenAuthenticator([
        { token, principal: { id: 'operator', kind: 'operator' } },
      ]),
      upgrades: { '/api/events': live.upgrade },
    });
  });
  afterEach(async () => {
    live.close();
    for (const socket of sockets.splice(0)) socket.terminate();
    await server.close(100);
  });

  const lookOn = async (query = '') => {
    const protocol = `${tokenProtocol}${Buffer.from(token).toString('base64url')}`;
    const url = `ws://127.0.0.1:${server.port}/api/events${query}`;
    const socket = new WebSocket(url, [eventsProtocol, protocol]);
    sockets.push(socket);
    const frames: Frame[] = [];
    socket.on('message', (data) => frames.push(JSON.parse(data.toString())));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    assert.equal(socket.protocol, eventsProtocol);
    return { socket, frames };
  };
  /** Resolves once the condition holds; mocha's own limit ends a wait that never does. */
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const got = (frames: Frame[]) => frames.flatMap(({ events }) => events ?? []);
  const dropped = (frames: Frame[]) => frames.reduce((sum, frame) => sum + (frame.dropped ?? 0), 0);

  it('brings events in order, those of one channel where one is asked for', async () => {
    const all = await lookOn();
    const one = await lookOn('?channel=b&types=message');
    const events = [message(1), message(2, 'b'), { type: 'config-refused', mistakes: 1 } as const];
    for (const event of events) engine.events.emit(event);
    engine.events.emit({ type: 'landed', channel: 'b', count: 1, bytes: 1 });
    hands.turn(liveLimits.frameMs);
    await until(() => all.frames.length > 0 && one.frames.length > 0);
    assert.deepEqual(got(all.frames), events);
    assert.deepEqual(got(one.frames), [message(2, 'b')]);
  });

  it('asks for costly events only while somebody wants them', async () => {
    assert.equal(engine.events.watched(), false);
    const { socket } = await lookOn();
    await until(() => live.lookersOn() === 1);
    assert.equal(engine.events.watched(), true);
    socket.close();
    await until(() => live.lookersOn() === 0);
    assert.equal(engine.events.watched(), false);
    assert.equal(hands.waiting(), 0, 'no timer runs while nobody looks on');
    await lookOn('?types=held');
    await until(() => live.lookersOn() === 1);
    assert.equal(engine.events.watched(), false);
  });

  it('sends the state at once and every second', async () => {
    engine.channels = [channelView('a')];
    const { frames } = await lookOn('?state=1&types=held');
    await until(() => frames.length === 1);
    assert.deepEqual(frames[0]?.channels, engine.channels);
    engine.channels = [channelView('a', { received: 5 })];
    hands.turn(liveLimits.stateMs);
    await until(() => frames.length === 2);
    assert.deepEqual(frames[1]?.channels, engine.channels);
  });

  it('gives a frame as many events as were asked for and counts the rest', async () => {
    const { frames } = await lookOn('?max=10');
    for (let n = 1; n <= 25; n += 1) engine.events.emit(message(n));
    hands.turn(liveLimits.frameMs);
    await until(() => frames.length > 0);
    assert.equal(got(frames).length, 10);
    assert.equal(dropped(frames), 15);
  });

  it('drops and counts what a stalled reader cannot take', async () => {
    const { socket, frames } = await lookOn();
    const rounds = 400;
    const perRound = 500;
    let n = 0;
    socket.pause();
    const heapBefore = process.memoryUsage().heapUsed;
    for (let round = 0; round < rounds; round += 1) {
      for (let k = 0; k < perRound; k += 1) {
        n += 1;
        engine.events.emit(message(n));
      }
      hands.turn(liveLimits.frameMs);
      await new Promise(setImmediate);
    }
    const grownBytes = process.memoryUsage().heapUsed - heapBefore;
    assert.ok(grownBytes < 64e6, `grew by ${grownBytes} bytes`);
    socket.resume();
    const total = rounds * perRound;
    const isComplete = () => got(frames).length + dropped(frames) === total;
    while (!isComplete()) {
      hands.turn(liveLimits.frameMs);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(dropped(frames) > 0, 'a stalled reader lost something');
    const ids = got(frames).map((event) => (event.type === 'message' ? event.id : 0));
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
  });

  it('lets go of a peer that answers no ping', async () => {
    const { socket } = await lookOn();
    await until(() => live.lookersOn() === 1);
    socket.pause();
    hands.turn(liveLimits.pingMs);
    hands.turn(liveLimits.pingMs);
    await until(() => live.lookersOn() === 0);
  });

  it('refuses strangers, wrong questions, big frames and too many', async () => {
    const url = `ws://127.0.0.1:${server.port}/api/events`;
    const refusal = (target: string, headers: Record<string, string> = {}) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(target, { headers });
        socket.on('error', (error) => resolve(error.message));
        socket.on('open', () => {
          socket.terminate();
          resolve('opened');
        });
      });
    assert.match(await refusal(url), /401/);
    assert.match(await refusal(`${url}?token=${encodeURIComponent(token)}`), /401/);
    const { socket } = await lookOn();
    await assert.rejects(lookOn('?chanel=a'), /400/);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send('x'.repeat(5_000));
    assert.equal(await closed, 1009);
    await until(() => live.lookersOn() === 0);
    for (let n = 0; n < liveLimits.lookersMax; n += 1) await lookOn('?types=held');
    await assert.rejects(lookOn('?types=held'), /503/);
  });
});
