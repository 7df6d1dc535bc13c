// Goal: G1, no positive ACK before the fsync of the raw bytes; the test itself fails when the store
// runs with synchronous=NORMAL, which SQLite does not fsync at a commit. Method: the real engine as
// a process, run with FULL and with NORMAL. One instrument traces the system calls and looks for
// the fsync between the journal's bytes and the ACK. The other stops the engine in mid-flow, asks
// the kernel which pages are not on the disk, and opens a copy without them, as a power cut would
// leave it. FULL must pass both; NORMAL must fail both.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyForgetting, folderOnDisk, whyNoForgetting } from './forget.ts';
import { parseNdjson, portOf, runCommand, startEngineProcess } from './process.ts';
import { seeded } from './random.ts';
import { createSenders, type Senders } from './sender.ts';
import { checkTrace, straceArguments, type TraceReport } from './trace.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

type Mode = 'FULL' | 'NORMAL';

const unsafe = [process.execPath, join(import.meta.dirname, 'unsafe-engine.ts')];
const key = randomBytes(32).toString('hex');
const env = { PLEXUS_KEY: key };

/** The product as it is, or (for NORMAL) an entry of this test that weakens the journal. */
const commandOf = (mode: Mode) => (mode === 'FULL' ? {} : { command: unsafe });

async function untilAcknowledged(senders: Senders, count: number): Promise<void> {
  for (let tries = 0; senders.acknowledged.size < count; tries += 1) {
    if (tries > 12_000) throw new Error(`only ${senders.acknowledged.size} acknowledged`);
    await sleep(10);
  }
}

async function traceOf(mode: Mode): Promise<TraceReport> {
  const workspace = createWorkspace();
  const output = join(workspace.folder, 'trace');
  const senders = createSenders({ connections: 4, patients: 5, random: seeded(1) });
  const through = straceArguments(output);
  const engine = startEngineProcess({ ...workspace, env, through, ...commandOf(mode) });
  try {
    senders.start(portOf(await engine.ready, 'mllp'));
    await untilAcknowledged(senders, 40);
    engine.signal('SIGKILL');
    await engine.ended;
    return checkTrace(readFileSync(output, 'latin1'));
  } finally {
    senders.stop();
    engine.signal('SIGKILL');
    workspace.remove();
  }
}

/** Control ids that were acknowledged and are not in the journal after a power cut in mid-flow. */
async function lostInPowerCut(mode: Mode): Promise<string[]> {
  const workspace = createWorkspace({ within: folderOnDisk() });
  const senders = createSenders({ connections: 2, patients: 5, random: seeded(2) });
  const engine = startEngineProcess({ ...workspace, env, ...commandOf(mode) });
  try {
    senders.start(portOf(await engine.ready, 'mllp'));
    await untilAcknowledged(senders, 60);
    engine.signal('SIGSTOP');
    // Answers that left before the stop still arrive.
    await sleep(100);
    const copy = join(workspace.folder, 'copy');
    copyForgetting(workspace.data, copy);
    engine.signal('SIGKILL');
    const left = idsIn(workspace, copy);
    return [...senders.acknowledged.keys()].filter((id) => !left.has(id));
  } finally {
    senders.stop();
    engine.signal('SIGKILL');
    await engine.ended;
    workspace.remove();
  }
}

function idsIn(workspace: Workspace, data: string): Set<string> {
  const folders = ['--config', workspace.config, '--data', data];
  const { stdout } = runCommand(['messages', '--json', ...folders], env);
  return new Set(parseNdjson<{ control_id: string }>(stdout).map((row) => row.control_id));
}

function whyNoTrace(): string | undefined {
  const tried = spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true']);
  if (tried.error) return 'strace is not installed (apt-get install strace)';
  return tried.status === 0
    ? undefined
    : `strace cannot trace here: ${String(tried.stderr).trim()}`;
}

describe('durability of an ACK', function () {
  this.timeout(600_000);
  const notRun = (reason: string): void => console.log(`      not run: ${reason}`);

  it('has an fsync between the bytes and the ACK, in the trace of system calls', async () => {
    const reason = whyNoTrace();
    if (reason) return notRun(reason);
    const full = await traceOf('FULL');
    assert.ok(full.acknowledged >= 40, `saw ${full.acknowledged} ACKs`);
    assert.deepEqual(full.early, []);
  });

  it('is seen to be missing from the trace with synchronous=NORMAL', async () => {
    const reason = whyNoTrace();
    if (reason) return notRun(reason);
    const normal = await traceOf('NORMAL');
    assert.ok(normal.early.length >= 30, `${normal.early.length} early of ${normal.acknowledged}`);
  });

  it('survives a power cut that forgets what was not fsynced', async () => {
    const reason = whyNoForgetting(import.meta.filename);
    if (reason) return notRun(reason);
    assert.deepEqual(await lostInPowerCut('FULL'), []);
  });

  it('does not survive it with synchronous=NORMAL', async () => {
    const reason = whyNoForgetting(import.meta.filename);
    if (reason) return notRun(reason);
    // The kernel may write pages by itself in between: three tries, of which one must lose.
    for (let tries = 0; tries < 3; tries += 1) {
      if ((await lostInPowerCut('NORMAL')).length > 0) return;
    }
    assert.fail('nothing was lost: this instrument sees no missing fsync');
  });
});
