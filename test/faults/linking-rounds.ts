import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyRegistry } from '../../transforms/identity/registry/index.ts';
import { key } from '../transforms/identity/registry/workbench.ts';
import { seeded } from './random.ts';

export type KillReport = {
  readonly rounds: number;
  readonly events: number;
  readonly findings: readonly string[];
};

/** A file serves so many rounds: the fold from zero reads all of it after each. */
const roundsPerFile = 25;

/**
 * Kills a linking process with SIGKILL at a random moment, again and again on the same file, and
 * audits after each: what it said was committed is there, and the graph is the fold of its events.
 */
export async function runLinkingKills(options: {
  readonly rounds: number;
  readonly seed: number;
}): Promise<KillReport> {
  const random = seeded(options.seed);
  const folder = mkdtempSync(join(tmpdir(), 'plexus-linking-'));
  let events = 0;
  const findings: string[] = [];
  try {
    for (let round = 0; round < options.rounds && findings.length === 0; round += 1) {
      const file = join(folder, `identity-${Math.floor(round / roundsPerFile)}.db`);
      const said = await killOnce(file, options.seed + round, random() * 40);
      const verified = verifyRegistry(file, key);
      if (verified.events < said)
        findings.push(`round ${round}: ${said} events were safe, ${verified.events} are there`);
      findings.push(...verified.findings.map((finding) => `round ${round}: ${finding}`));
      if ((round + 1) % roundsPerFile === 0 || round + 1 === options.rounds)
        events += verified.events;
    }
    return { rounds: options.rounds, events, findings };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each round commits at least so many events, however slow the machine is. */
const roundEvents = 16;

/** Lets it commit so many events, and a while; gives the last count that it called safe. */
async function killOnce(file: string, seed: number, afterMs: number): Promise<number> {
  const script = join(import.meta.dirname, 'linking.ts');
  const child = spawn(process.execPath, [script, file, String(seed)]);
  const end = once(child, 'close') as Promise<[number | null, string | null]>;
  let [out, err] = ['', ''];
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const started = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const counts = out.slice(0, out.lastIndexOf('\n')).split('\n').map(Number);
      if (counts.at(-1)! - counts[0]! >= roundEvents) resolve();
    });
  });
  await Promise.race([started, end]);
  await sleep(afterMs);
  child.kill('SIGKILL');
  const [code, signal] = await end;
  if (signal !== 'SIGKILL') throw new Error(`it ended by itself (${code}): ${err}`);
  // The last line may be cut off.
  return Number(out.slice(0, out.lastIndexOf('\n')).split('\n').at(-1));
}
