// Goal: an operator`s orders to a running engine do what they say: a new channel can be deployed, a
// channel that was taken out comes back, a deployment that cannot run leaves the old one running,
// a pause outlives a deployment, and what is refused is refused with its cause.
// Method: the real engine in this process, on ports that were free a moment ago, told over HTTP by
// the command line.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry } from '../../bin/registry.ts';
import { type Serving, serve } from '../../bin/serve.ts';
import { requireNetwork } from '../../engine/index.ts';
import { run } from './capture.ts';

const listen = async (): Promise<Server> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const close = (server: Server) => new Promise((resolve) => server.close(resolve));

describe('orders to the channels of a running engine', function () {
  this.timeout(180_000);
  let dir: string;
  let serving: Serving;
  let ports: readonly number[];
  const config = () => join(dir, 'config');
  const file = (name: string) => join(config(), `channels/${name}.yaml`);

  function write(name: string, port: number, more = ''): void {
    const source = `source: { mllp: { port: ${port} } }`;
    writeFileSync(file(name), `channel: ${name}\nowner: t@${name}.example\n${source}\n${more}`);
  }

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-orders-'));
    mkdirSync(join(config(), 'channels'), { recursive: true });
    const free = await Promise.all([listen(), listen(), listen()]);
    ports = free.map(portOf);
    await Promise.all(free.map(close));
    const http = `http: { port: ${ports[0]} }`;
    writeFileSync(join(config(), 'plexus.yaml'), `network: example\n${http}\n`);
    write('west', ports[1]!);
    serving = await serve({
      network: requireNetwork(config(), registry),
      dataDir: join(dir, 'data'),
      env: {},
      anyPort: false,
    });
  });
  afterEach(async () => {
    await serving.stop();
    rmSync(dir, { recursive: true });
  });

  const order = (...words: string[]) =>
    run(['channel', ...words, '--data', join(dir, 'data'), '--json']);
  const stateOf = (name: string) =>
    serving.engine.operations.channels().find(({ channel }) => channel === name)?.state;
  const open = () => serving.engine.operations.listening().map(({ port }) => port);

  it('deploys a channel that is new', async () => {
    write('east', ports[2]!);
    const { code, lines } = await order('deploy', 'east');
    const now = JSON.parse(lines[0]!);
    assert.deepEqual([code, now.channel, now.state], [0, 'east', 'running']);
    assert.deepEqual(open(), [ports[1], ports[2]]);
    const { code: unknown, said } = await order('deploy', 'nort');
    assert.equal(unknown, 64);
    assert.match(said[0]!, /`nort`/);
  });

  it('starts a channel again that was taken out and put back', async () => {
    const { reload } = serving.engine.operations;
    rmSync(file('west'));
    assert.deepEqual(await reload(), ['west']);
    assert.deepEqual([stateOf('west'), open()], ['stopped', []]);
    const { code, said } = await order('deploy', 'west');
    assert.equal(code, 64);
    assert.match(said[0]!, /configuration has no channel `west`/);
    write('west', ports[1]!);
    assert.deepEqual(await reload(), ['west']);
    assert.deepEqual([stateOf('west'), open()], ['running', [ports[1]]]);
    await order('stop', 'west');
    assert.deepEqual(await reload(), []);
    assert.equal(stateOf('west'), 'stopped');
  });

  it('goes on as before when what is deployed cannot run', async () => {
    const foreign = await listen();
    const before = serving.engine.operations.channels()[0]!.revision;
    write('west', portOf(foreign));
    const refused = await order('deploy', 'west');
    assert.equal(refused.code, 69);
    assert.match(refused.said[0]!, /port-in-use/);
    const now = serving.engine.operations.channels()[0]!;
    assert.deepEqual([now.state, now.revision, open()], ['running', before, [ports[1]]]);
    await close(foreign);
    assert.equal((await order('deploy', 'west')).code, 0);
    assert.notDeepEqual(open(), [ports[1]]);
  });

  it('swaps the others in although one cannot run', async () => {
    const foreign = await listen();
    write('east', portOf(foreign));
    write('west', ports[2]!);
    assert.ok((await serving.engine.operations.reload()).includes('west'));
    assert.deepEqual([stateOf('east'), open()], ['failed', [ports[2]]]);
    await close(foreign);
    await serving.engine.operations.reload();
    assert.equal(stateOf('east'), 'running');
  });

  it('keeps a pause over a deployment, and takes an order twice', async () => {
    for (const verb of ['pause', 'pause']) assert.equal((await order(verb, 'west')).code, 0);
    write('west', ports[1]!, 'lanes: 3\n');
    const { lines } = await order('deploy', 'west');
    assert.equal(JSON.parse(lines[0]!).state, 'paused');
    assert.deepEqual(open(), [ports[1]]);
    assert.equal((await order('start', 'west')).code, 0);
    for (const verb of ['drain', 'drain']) assert.equal((await order(verb, 'west')).code, 0);
    assert.equal((await order('pause', 'west')).code, 69);
  });

  it('ends a channel that is switched off, and begins one that is switched on', async () => {
    write('west', ports[1]!, 'enabled: false\n');
    await order('deploy', 'west');
    assert.deepEqual([stateOf('west'), open()], ['stopped', []]);
    write('west', ports[1]!);
    await order('deploy', 'west');
    assert.deepEqual([stateOf('west'), open()], ['running', [ports[1]]]);
  });

  it('says every mistake of a configuration that it refuses', async () => {
    write('west', ports[1]!, 'stagse: []\n');
    const { code, said } = await order('deploy', 'west');
    assert.equal(code, 78);
    assert.match(said[0]!, /west\.yaml:4:1 error config-unknown-key/);
  });

  it('warns of a queue that is left behind, says so, and gives it to another route', async () => {
    const dead = (name: string) =>
      `routes: [{ mllp: { name: ${name}, port: ${ports[2]}, host: ::1 } }]\n`;
    const where = ['--data', join(dir, 'data'), '--config', config()];
    write('west', ports[1]!, dead('his'));
    await order('deploy', 'west');
    const message = join(dir, 'message.hl7');
    writeFileSync(message, 'MSH|^~\\&|A|B|C|D|20310101||ADT^A01|1|P|2.5\rPID|||7\r');
    assert.equal((await run(['send', message, '--to', `127.0.0.1:${ports[1]}`])).code, 0);
    // Beside the queue of answers that the listener owes its senders.
    const waiting = () =>
      serving.engine.operations
        .channels()[0]!
        .destinations.filter(({ destination }) => destination !== 'sender');
    while (waiting()[0]?.pending !== 1) await new Promise((resolve) => setTimeout(resolve, 10));
    write('west', ports[1]!, dead('lab'));
    const linted = await run(['lint', ...where]);
    assert.match(
      linted.lines.join(),
      /west\.yaml:4:\d+ warning route-left-behind 1 deliver.*`his`/,
    );
    const deployed = await order('deploy', 'west');
    const [, fingerprint] =
      /1 deliver.*west\/his.*move (\w+) --to/.exec(deployed.said.join(' ')) ?? [];
    const refused = await run(['quarantine', 'replay', fingerprint!, ...where]);
    assert.deepEqual([refused.code, /route-gone/.test(refused.said[0]!)], [64, true]);
    const elsewhere = ['quarantine', 'move', fingerprint!, '--to'];
    assert.equal((await run([...elsewhere, 'his', ...where])).code, 64);
    const moved = await run([...elsewhere, 'lab', ...where]);
    assert.deepEqual([moved.code, moved.lines], [0, [`${fingerprint}: 1 message`]]);
    assert.deepEqual(
      waiting().map(({ destination, pending, held }) => [destination, pending, held]),
      [
        ['his', 0, 0],
        ['lab', 1, 0],
      ],
    );
  });
});
