// Goal: a rollback stays, over reload and restart, until the next deployment; each rollback goes
// one further back; and what was deployed is kept whole, without keys, as long as it is needed.
// Method: the real engine on a configuration that is edited as an analyst does, told by the command
// line, stopped and started again.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry } from '../../bin/registry.ts';
import { type Serving, serve } from '../../bin/serve.ts';
import { requireNetwork } from '../../engine/index.ts';
import { run } from './capture.ts';

describe('rollback', function () {
  this.timeout(180_000);
  let dir: string;
  let serving: Serving;
  const config = () => join(dir, 'config');
  const data = () => join(dir, 'data');

  const write = (description: string): void => {
    const tls = 'tls: { key: keys/server.key, cert: keys/server.pem }';
    writeFileSync(
      join(config(), 'channels/west.yaml'),
      `channel: west\nowner: t@west.example\ndescription: ${description}\n` +
        `source: { mllp: { port: 1, ${tls} } }\n`,
    );
  };
  const start = async (): Promise<void> => {
    const network = requireNetwork(config(), registry);
    serving = await serve({ network, dataDir: data(), env: {}, anyPort: true });
  };
  const order = async (verb: string) => run(['channel', verb, 'west', '--data', data()]);
  const now = (): [string, boolean] => {
    const { description } = serving.engine.channels.get('west')!.deployment().config;
    return [description, serving.engine.operations.channels()[0]!.pinned];
  };
  const deploy = async (description: string): Promise<void> => {
    write(description);
    assert.equal((await order('deploy')).code, 0);
  };

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-rollback-'));
    mkdirSync(join(config(), 'channels'), { recursive: true });
    writeFileSync(join(config(), 'plexus.yaml'), 'network: example\nhttp: { port: 2 }\n');
    mkdirSync(join(dir, 'keys'));
    const certificates = join(import.meta.dirname, '../certificates');
    cpSync(join(certificates, 'server.key'), join(dir, 'keys/server.key'));
    cpSync(join(certificates, 'server.pem'), join(dir, 'keys/server.pem'));
    write('one');
    await start();
  });
  afterEach(async () => {
    await serving.stop();
    rmSync(dir, { recursive: true });
  });

  it('goes one further back each time, and a deployment lifts it', async () => {
    await deploy('two');
    await deploy('three');
    assert.match((await order('rollback')).said.join(), /stays there until/);
    assert.deepEqual(now(), ['two', true]);
    await order('rollback');
    assert.deepEqual(now(), ['one', true]);
    const last = await order('rollback');
    assert.deepEqual([last.code, /revision-missing/.test(last.said[0]!)], [69, true]);
    await order('deploy');
    assert.deepEqual(now(), ['three', false]);
    await order('rollback');
    assert.deepEqual(now(), ['two', true]);
  });

  it('outlives reload, edit and restart, and is shown', async () => {
    await deploy('two');
    await order('rollback');
    assert.deepEqual(await serving.engine.operations.reload(), []);
    write('three');
    assert.deepEqual(await serving.engine.operations.reload(), []);
    assert.deepEqual(now(), ['one', true]);
    await serving.stop();
    const row = JSON.parse((await run(['list', 'channels', '--json', '--data', data()])).lines[0]!);
    assert.deepEqual([row.channel, row.pinned], ['west', true]);
    await start();
    assert.deepEqual(now(), ['one', true]);
    assert.equal(serving.engine.operations.channels()[0]!.state, 'running');
    assert.equal((await order('deploy')).code, 0);
    assert.deepEqual(now(), ['three', false]);
    await serving.stop();
    await start();
    assert.deepEqual(now(), ['three', false]);
  });

  it('is lifted by deploying what runs; its channel can leave and come back', async () => {
    await deploy('two');
    await order('rollback');
    rmSync(join(config(), 'channels/west.yaml'));
    await serving.engine.operations.reload();
    write('two');
    await serving.engine.operations.reload();
    assert.deepEqual(now(), ['one', true]);
    await deploy('one');
    assert.deepEqual(now(), ['one', false]);
  });

  it('fails rather than run what was rolled back, when its copy is gone', async () => {
    await deploy('two');
    await order('rollback');
    await serving.stop();
    rmSync(join(data(), 'revisions'), { recursive: true });
    await start();
    const [view] = serving.engine.operations.channels();
    assert.deepEqual([view!.state, view!.pinned], ['failed', true]);
    assert.equal((await order('deploy')).code, 0);
    assert.deepEqual(now(), ['two', false]);
  });

  it('keeps copies while they are needed, never a key, and what did not run is none', async () => {
    cpSync(join(dir, 'keys/server.key'), join(config(), 'stray.txt'));
    for (let n = 0; n < 12; n += 1) await deploy(`at ${n}`);
    const folder = join(data(), 'revisions');
    assert.deepEqual(
      readdirSync(join(folder, readdirSync(folder)[0]!)).includes('stray.txt'),
      false,
    );
    assert.equal(readdirSync(folder).length, 13);
    serving.engine.deploy.tidy(30, []);
    assert.equal(readdirSync(folder).length, 13);
    serving.engine.deploy.tidy(0, []);
    assert.equal(readdirSync(folder).length, 10);
    await order('rollback');
    assert.deepEqual(now(), ['at 10', true]);
  });
});
