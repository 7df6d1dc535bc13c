// Goal: no patient's name in any byte of the data folder, while the engine runs or after; a wrong
// key is refused with one clear line. Method: messages with a planted name through the real engine;
// every byte of every file under the data folder is searched, in UTF-8, UTF-16 and base64, while it
// runs, after kill -9 and after a stop. The files route, which holds clear NDJSON outside the data
// folder by design, shows that the name arrived.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOf, runCommand, startEngineProcess } from '../faults/process.ts';
import { seeded } from '../faults/random.ts';
import { stop, whenAtRest } from '../faults/rounds.ts';
import { createSenders } from '../faults/sender.ts';
import { createWorkspace } from '../faults/workspace.ts';

const name = 'XYLOPHANTES';
const needles = [
  Buffer.from(name),
  Buffer.from(name, 'utf16le'),
  ...[0, 1, 2].map((shift) => {
    // Base64 has three alignments; the first and last characters depend on the neighbours.
    const text = Buffer.from(`${'_'.repeat(shift)}${name}`).toString('base64');
    return Buffer.from(text.slice(4, -4));
  }),
];

function findName(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((entry) => {
    const file = join(folder, entry);
    if (!statSync(file).isFile()) return false;
    const bytes = readFileSync(file);
    return needles.some((needle) => bytes.includes(needle));
  });
}

describe('data at rest', function () {
  this.timeout(600_000);
  const env = { PLEXUS_KEY: randomBytes(32).toString('hex') };
  const workspace = createWorkspace();
  after(() => workspace.remove());

  it('holds no planted name in any byte, running, killed or stopped', async () => {
    const random = seeded(4);
    const senders = createSenders({ connections: 2, patients: 5, random, plant: name });
    let engine = startEngineProcess({ ...workspace, env });
    try {
      senders.start(portOf(await engine.ready, 'mllp'));
      while (senders.acknowledged.size < 100) await sleep(10);
      assert.deepEqual(findName(workspace.data), [], 'while it runs');
      engine.signal('SIGKILL');
      senders.stop();
      await engine.ended;
      assert.deepEqual(findName(workspace.data), [], 'after kill -9');
      engine = startEngineProcess({ ...workspace, env });
      await whenAtRest(await engine.ready);
      await stop(engine);
      assert.deepEqual(findName(workspace.data), [], 'after a stop');
      assert.ok(findName(workspace.out).length > 0, 'the name never came through');
    } finally {
      senders.stop();
      engine.signal('SIGKILL');
    }
  });

  it('is refused to a wrong key, in one line, without harm', async () => {
    const folders = ['--config', workspace.config, '--data', workspace.data];
    const wrong = { PLEXUS_KEY: randomBytes(32).toString('hex') };
    const refused = runCommand(['messages', '--json', ...folders], wrong);
    assert.equal(refused.code, 74);
    assert.equal(refused.stdout, '');
    assert.equal(refused.stderr.trim().split('\n').length, 1, refused.stderr);
    assert.match(refused.stderr, /key/);
    const started = runCommand(['run', '--ports', 'any', ...folders], wrong);
    assert.equal(started.code, 74, started.stderr);
    const right = runCommand(['messages', '--json', ...folders], env);
    assert.equal(right.code, 0);
    assert.ok(right.stdout.split('\n').length > 100);
  });

  it('is readable by its owner alone', () => {
    const modeOf = (file: string): number => statSync(file).mode & 0o777;
    assert.equal(modeOf(workspace.data), 0o700);
    for (const entry of readdirSync(workspace.data, { recursive: true }) as string[]) {
      const mode = modeOf(join(workspace.data, entry));
      assert.equal(mode & 0o077, 0, `${entry} has mode ${mode.toString(8)}`);
    }
  });
});
