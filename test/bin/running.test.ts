import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from './capture.ts';

// Goal: the commands that look at a running engine, or tell it something, do so through the engine
// that is really there, and print what the design promises to people who script.
// Method: `./plexus run` as a child process on free ports, fed over a real socket by `send`.

const plexus = join(import.meta.dirname, '../../plexus');
const message = (controlId: string) =>
  `MSH|^~\\&|LAB|WEST|P|H|20260101||ADT^A01|${controlId}|P|2.5.1\rPID|1||M1^^^WEST^MR\r`;
const channel = (name: string, port = 0) =>
  `channel: ${name}\nowner: team@${name}.example\nsource: { mllp: { port: ${port} } }\n`;

type Started = {
  readonly child: ChildProcess;
  readonly ports: ReadonlyMap<string, number>;
  readonly lines: readonly unknown[];
  said(): string;
};

describe('a running engine', function () {
  this.timeout(180_000);
  let dir: string;
  let children: ChildProcess[] = [];
  const config = () => join(dir, 'config');
  const data = () => join(dir, 'data');

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-run-'));
    mkdirSync(join(config(), 'channels'), { recursive: true });
    writeFileSync(join(config(), 'plexus.yaml'), 'network: example\n');
    writeFileSync(join(config(), 'channels/west.yaml'), channel('west'));
  });
  afterEach(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    children = [];
    rmSync(dir, { recursive: true });
  });

  const argv = (...words: string[]) => [...words, '--config', config(), '--data', data()];

  async function start(): Promise<Started> {
    const child = spawn(plexus, argv('run', '--ports', 'any', '--json'));
    children.push(child);
    let out = '';
    let said = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    while (!out.includes('"ready"')) {
      assert.equal(child.exitCode, null, said);
      await wait(20);
    }
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const places = lines.flatMap((line) => (line.listening ? [line.listening] : []));
    const ports = new Map(places.map(({ channel: name, port }) => [name, port]));
    return { child, ports, lines, said: () => said };
  }

  async function stop({ child }: Started): Promise<number | null> {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  async function send(engine: Started, text: string): Promise<string> {
    const file = join(dir, 'message.hl7');
    writeFileSync(file, text);
    const to = `127.0.0.1:${engine.ports.get('west')}`;
    const { lines } = await run(['send', file, '--to', to, '--json']);
    return JSON.parse(lines[0]!).ack;
  }

  const rows = async (...words: string[]) =>
    (await run(argv(...words, '--json'))).lines.map((line) => JSON.parse(line));

  async function untilSettled(count: number): Promise<void> {
    for (;;) {
      const found = await rows('messages');
      if (found.length >= count && found.every(({ outcome }) => outcome !== 'pending')) return;
      await wait(20);
    }
  }

  it('tells its listeners, answers, and lists what it received', async () => {
    const engine = await start();
    assert.deepEqual(engine.lines.at(-1), { ready: true });
    assert.deepEqual([...engine.ports.keys()], ['west', 'console']);
    const first = message('ONE');
    assert.equal(await send(engine, first), 'AA');
    assert.equal(await send(engine, first), 'AA');
    assert.equal(await send(engine, message('TWO')), 'AA');
    assert.equal(await send(engine, 'no message at all'), 'AR');
    await untilSettled(3);

    const found = await rows('messages');
    assert.deepEqual(Object.keys(found[0]), [
      'id',
      'channel',
      'control_id',
      'received',
      'outcome',
      'sha256',
    ]);
    assert.deepEqual(
      found.map(({ channel: name, control_id, outcome }) => [name, control_id, outcome]),
      [
        ['west', 'ONE', 'delivered'],
        ['west', 'TWO', 'delivered'],
        ['west', '', 'quarantined'],
      ],
    );
    assert.equal(found[0].sha256, createHash('sha256').update(first).digest('hex'));
    assert.equal(new Date(found[0].received).toISOString(), found[0].received);
    assert.equal((await rows('messages', '--limit', '2'))[0].control_id, 'TWO');
    assert.equal((await rows('messages', '--outcome', 'quarantined')).length, 1);
    assert.equal((await rows('messages', '--control-id', 'TWO')).length, 1);
    assert.equal((await rows('messages', '--until', '1h')).length, 0);

    const [traced] = await rows('trace', String(found[0].id));
    assert.equal(traced.bytes, first.length);
    assert.equal(traced.duplicates.length, 1);
    assert.deepEqual((await rows('trace', 'TWO'))[0].id, found[1].id);
    assert.equal((await run(argv('trace', '7'))).code, 64);

    assert.equal(await stop(engine), 0);
    assert.deepEqual(await rows('messages'), found);
    assert.ok(!existsSync(join(data(), 'engine.json')));
    assert.match(engine.said(), /made the data key .*\n.*asks for this token/);
    const other = { PLEXUS_KEY: 'ab'.repeat(32) };
    assert.equal((await run(argv('messages'), other)).code, 74);
  });

  it('takes orders: quarantine, channel, and refuses what it does not know', async () => {
    const engine = await start();
    await send(engine, 'no message at all');
    await untilSettled(1);
    const [group] = await rows('quarantine', 'ls');
    assert.deepEqual([group.count, group.code, group.owner], [1, 'no-msh', 'team@west.example']);
    await rows('quarantine', 'assign', group.fingerprint, '--owner', 'ann');
    assert.equal((await rows('quarantine', 'ls', '--owner', 'ann')).length, 1);
    assert.equal((await rows('quarantine', 'show'))[0].issues[0].code, 'no-msh');
    assert.equal((await run(argv('quarantine', 'waive', group.fingerprint))).code, 64);
    const [waived] = await rows('quarantine', 'waive', group.fingerprint, '--reason', 'a test');
    assert.equal(waived.count, 1);
    assert.deepEqual(await rows('quarantine', 'ls'), []);

    assert.equal((await rows('channel', 'stop', 'west'))[0].state, 'stopped');
    assert.equal((await rows('channel', 'start', 'west'))[0].state, 'running');
    assert.equal((await run(argv('channel', 'start', 'wset'))).code, 64);
    assert.equal((await run(argv('tap', 'wset'))).code, 64);
    assert.equal((await run(argv('channel', 'stop', 'west'), { PLEXUS_TOKEN: 'x' })).code, 69);
  });

  it('takes orders on the quarantine without an engine too, under its lock', async () => {
    const engine = await start();
    await send(engine, 'no message at all');
    await untilSettled(1);
    await stop(engine);
    const [group] = await rows('quarantine', 'ls');
    const words = ['quarantine', 'waive', group.fingerprint, '--reason', 'a test'];
    assert.equal((await rows(...words))[0].count, 1);
    assert.deepEqual(await rows('quarantine', 'ls'), []);
    assert.equal((await run(argv('channel', 'start', 'west'))).code, 69);
    const nowhere = ['--config', config(), '--data', join(dir, 'nowhere')];
    assert.equal((await run([...words, ...nowhere])).code, 74);
    assert.ok(!existsSync(join(dir, 'nowhere.key')));
    assert.equal(await stop(await start()), 0);
  });

  it('shows messages live', async () => {
    const engine = await start();
    const tapped = run(argv('tap', 'west', '--limit', '1', '--json'));
    const isShown = tapped.then(() => true);
    for (let count = 0; !(await Promise.race([isShown, wait(100, false)])); count += 1)
      await send(engine, message(`TAP${count}`));
    const { code, lines } = await tapped;
    const row = JSON.parse(lines[0]!);
    assert.deepEqual([code, row.channel, row.outcome], [0, 'west', 'delivered']);
    assert.match(row.control_id, /^TAP\d+$/);
  });

  it('keeps its configuration when the new one is wrong, takes it when right', async () => {
    const engine = await start();
    const file = join(config(), 'channels/west.yaml');
    writeFileSync(file, `${channel('west')}lane: 3\n`);
    engine.child.kill('SIGHUP');
    while (!engine.said().includes('stays')) await wait(20);
    assert.match(engine.said(), /west\.yaml:4:1 error config-unknown-key .*`lanes`/);
    assert.equal(await send(engine, message('STILL')), 'AA');
    writeFileSync(file, `${channel('west')}lanes: 3\n`);
    engine.child.kill('SIGHUP');
    while (!engine.said().includes('swapped: west')) await wait(20);
  });

  it('is one to a data folder, and says in one line why it cannot start', async () => {
    await start();
    const words = argv('run', '--ports', 'any');
    const second = spawnSync(plexus, words, { encoding: 'utf8' });
    assert.equal(second.status, 69);
    assert.match(second.stderr, /^plexus: another engine runs on .* \(engine-running\)\n$/);
    const file = join(dir, 'a-file');
    writeFileSync(file, '');
    const bad = spawnSync(plexus, ['run', '--config', config(), '--data', join(file, 'data')], {
      encoding: 'utf8',
    });
    assert.deepEqual([bad.status, bad.stderr.split('\n').length], [74, 2]);
    writeFileSync(join(config(), 'channels/west.yaml'), 'channel: west\n');
    const wrong = spawnSync(plexus, words, { encoding: 'utf8' });
    assert.equal(wrong.status, 78);
    assert.match(wrong.stderr, /west\.yaml:1:1 error config-missing `owner` is missing/);
  });

  it('goes on without the channel whose port is taken, and says so', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port: httpPort } = free.address() as AddressInfo;
    free.close();
    writeFileSync(
      join(config(), 'plexus.yaml'),
      `network: example\nhttp: { host: 127.0.0.1, port: ${httpPort} }\n`,
    );
    writeFileSync(join(config(), 'channels/east.yaml'), channel('east', port));
    const child = spawn(plexus, argv('run'));
    children.push(child);
    let out = '';
    let said = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    while (!out.includes('ready')) {
      assert.equal(child.exitCode, null, said);
      await wait(20);
    }
    taken.close();
    assert.match(said, new RegExp(`channel east failed: .*${port}`));
    assert.match(out, /west listens on mllp/);
    assert.ok(!out.includes('east listens'));
  });
});
