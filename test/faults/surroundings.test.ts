// Goal: surroundings that are not as they should be give one clear line, and the rest goes on where
// it safely can: a port in use, a data folder that cannot be one, a damaged journal file, a second
// engine. Method: the real engine as a process, each time in a workspace that is broken on purpose.
import assert from 'node:assert/strict';
import { mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { portOf, runCommand, startEngineProcess } from './process.ts';
import { seeded } from './random.ts';
import { stop, whenAtRest } from './rounds.ts';
import { createSenders } from './sender.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const run = (workspace: Workspace, data = workspace.data) =>
  runCommand(['run', '--ports', 'any', '--config', workspace.config, '--data', data]);

async function feed(port: number, count: number): Promise<void> {
  const senders = createSenders({ connections: 1, patients: 3, random: seeded(7) });
  senders.start(port);
  while (senders.acknowledged.size < count) await new Promise((done) => setTimeout(done, 10));
  senders.stop();
}

describe('surroundings that are wrong', function () {
  this.timeout(600_000);
  let workspace: Workspace;
  beforeEach(() => {
    workspace = createWorkspace();
  });
  afterEach(() => workspace.remove());

  it('a data folder that is a file: one line, exit 74', () => {
    writeFileSync(workspace.data, 'a file');
    const { code, stderr } = run(workspace);
    assert.equal(code, 74, stderr);
    assert.ok(!/\n\s+at /.test(stderr), `a stack trace: ${stderr}`);
  });

  it('a second engine on the same data folder: one line, and the first goes on', async () => {
    const engine = startEngineProcess(workspace);
    try {
      const listening = await engine.ready;
      const { code, stderr } = run(workspace);
      assert.ok(code === 69 || code === 74, `exit ${code}: ${stderr}`);
      assert.ok(!/\n\s+at /.test(stderr), `a stack trace: ${stderr}`);
      await feed(portOf(listening, 'mllp'), 5);
      await stop(engine);
    } finally {
      engine.signal('SIGKILL');
      await engine.ended;
    }
  });

  it('a port in use: the line names it', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    const network = `network: faults\nhttp: { host: 127.0.0.1, port: ${port} }\n`;
    writeFileSync(join(workspace.config, 'plexus.yaml'), network);
    try {
      // With the configured ports, of which one is taken.
      const folders = ['--config', workspace.config, '--data', workspace.data];
      const { code, stderr } = runCommand(['run', ...folders]);
      assert.equal(code, 69, stderr);
      assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}`));
      assert.ok(!/\n\s+at /.test(stderr), `a stack trace: ${stderr}`);
    } finally {
      squatter.close();
    }
  });

  it('a damaged journal file: it is set aside with a line, and new messages land', async () => {
    const first = startEngineProcess(workspace);
    const opened = await first.ready;
    await feed(portOf(opened, 'mllp'), 20);
    await whenAtRest(opened);
    await stop(first);
    const folder = join(workspace.data, 'journal');
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.db'))) {
      writeSync(openSync(join(folder, name), 'r+'), Buffer.alloc(8192, 0x5a), 0, 8192, 0);
    }
    const second = startEngineProcess(workspace);
    try {
      const listening = await second.ready;
      await feed(portOf(listening, 'mllp'), 5);
      assert.match(second.stderr(), /unreadable/);
      await stop(second);
    } finally {
      second.signal('SIGKILL');
      await second.ended;
    }
  });
});
