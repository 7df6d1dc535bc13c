// Goal: G2, a full disk gives AE and never AA, raises an alarm metric, and is over once there is
// room, without a restart; nothing that was acknowledged is lost. Method: the real engine in a
// mount namespace of its own, its data folder a small memory file system that this test fills and
// empties through /proc while messages arrive over a socket.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from './ledger.ts';
import { portOf, startEngineProcess } from './process.ts';
import { seeded } from './random.ts';
import { readMessages, stop, whenAtRest } from './rounds.ts';
import { createSenders, type Senders } from './sender.ts';
import { createWorkspace, readDelivered } from './workspace.ts';

/** Why a small file system cannot be mounted on this machine; undefined where it can. */
function whyNoMount(): string | undefined {
  const script = 'mount -t tmpfs -o size=1m none "$0"';
  const tried = spawnSync('unshare', ['-rm', 'sh', '-c', script, import.meta.dirname]);
  if (tried.error) return 'unshare is not installed';
  return tried.status === 0 ? undefined : `no small disk: ${String(tried.stderr).trim()}`;
}

/** Fills a file system to the last byte. */
function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (const bytes of [1024 * 1024, 4096, 1]) {
      const chunk = Buffer.alloc(bytes);
      for (;;) {
        if (writeSync(handle, chunk) < bytes) break;
      }
    }
  } catch (cause) {
    assert.equal((cause as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(handle);
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 12_000) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
}

const refusals = (senders: Senders): number =>
  [...senders.refused.values()].reduce((sum, count) => sum + count, 0);

describe('a full disk', function () {
  this.timeout(600_000);

  it('answers AE, alarms, and recovers without a restart', async () => {
    const reason = whyNoMount();
    if (reason) return console.log(`      not run: ${reason}`);
    const workspace = createWorkspace();
    mkdirSync(workspace.data, { recursive: true });
    const mount = 'mount -t tmpfs -o size=48m none "$0" && exec "$@"';
    const through = ['unshare', '-rm', 'sh', '-c', mount, workspace.data];
    const env = { PLEXUS_KEY: '5a'.repeat(32) };
    const engine = startEngineProcess({ ...workspace, through, env });
    const senders = createSenders({
      connections: 2,
      patients: 5,
      random: seeded(3),
      padding: 4000,
    });
    try {
      const listening = await engine.ready;
      // The engine's own view of its folder: the mount is invisible from here.
      const inside = `/proc/${engine.pid}/root${workspace.data}`;
      const ballast = `${inside}/ballast`;
      senders.start(portOf(listening, 'mllp'));
      await until('some are acknowledged', () => senders.acknowledged.size > 20);
      fill(ballast);
      await until('messages are refused', () => refusals(senders) > 5);
      assert.deepEqual([...senders.refused.keys()], ['AE']);
      const metrics = await fetch(`http://127.0.0.1:${portOf(listening, 'http')}/metrics`);
      assert.match(await metrics.text(), /^plexus_commit_failures_total(\{[^}]*\})? [1-9]/m);
      const before = senders.acknowledged.size;
      rmSync(ballast);
      await until('it takes messages again', () => senders.acknowledged.size > before + 20);
      senders.stop();
      const conservation = await whenAtRest(listening);
      // SQLite follows the link out of /proc to a folder that is empty here, so it gets a copy.
      const copy = `${workspace.data}-copy`;
      cpSync(inside, copy, { recursive: true });
      const books = {
        acknowledged: senders.acknowledged,
        sent: senders.sent,
        messages: readMessages({ ...workspace, data: copy }, env),
        delivered: readDelivered(workspace.out),
        conservation,
      };
      assert.deepEqual(audit(books), []);
      await stop(engine);
    } finally {
      senders.stop();
      engine.signal('SIGKILL');
      await engine.ended;
      workspace.remove();
    }
  });
});
