/**
 * `npm run bench:reconvert`: how fast history is converted again. An engine takes in messages of
 * many patients; then, without it, the time of `reconvert --dry-run` under the same rules, the same
 * with one rule changed that touches every message, and of committing that.
 *
 *   ./bin/node24 bench/reconvert.ts [--messages 50000] [--patients 20000]
 *
 * Prints one JSON object. `per_second` times 600 is what ten minutes are enough for.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngineRun, writeConfig } from './engine-run.ts';
import { loadDefaults, runLoad } from './load.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '50000' },
    patients: { type: 'string', default: '20000' },
  },
});
const [messages, patients] = [Number(values.messages), Number(values.patients)];
if (!(Number.isInteger(messages) && Number.isInteger(patients) && messages > 0 && patients > 0)) {
  console.error('usage: reconvert [--messages N] [--patients N]');
  process.exit(64);
}
const plexus = join(import.meta.dirname, '..', 'plexus');
const folder = mkdtempSync(join(tmpdir(), 'plexus-bench-'));

async function fill(): Promise<void> {
  writeConfig(folder);
  const engine = await startEngineRun(folder);
  const port = engine.mllpPort;
  const load = { ...loadDefaults, port, messages, patients, seconds: Number.POSITIVE_INFINITY };
  await runLoad(load);
  while ((await engine.pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  await engine.stop();
}

/** Seconds that `reconvert` took, and what it said in the end. */
async function reconvert(...words: string[]) {
  const place = ['--config', join(folder, 'config'), '--data', join(folder, 'data')];
  const args = ['reconvert', '--channel', 'bench', '--since', '1d', '--json', ...words, ...place];
  const began = performance.now();
  const child = spawn(plexus, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`reconvert ended with ${code}`);
  const seconds = (performance.now() - began) / 1000;
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; messages?: number; same?: number });
  const { messages: compared = 0, same = 0 } = rows.find(({ kind }) => kind === 'summary') ?? {};
  const rate = Math.round(compared / seconds);
  return { seconds: Math.round(seconds * 10) / 10, compared, same, per_second: rate };
}

try {
  await fill();
  const unchanged = await reconvert('--dry-run');
  const mapping = join(folder, 'config', 'mappings', 'bench.yaml');
  writeFileSync(
    mapping,
    `mapping: bench
extends: base
source: bench
dialect: { timezone: America/Chicago }
rules:
  - { id: patient-name, with: { use: official } }
`,
  );
  const changed = await reconvert('--dry-run');
  const committed = await reconvert();
  const machine = { cpu: cpus()[0]?.model ?? '', cores: availableParallelism() };
  console.log(JSON.stringify({ messages, patients, machine, unchanged, changed, committed }));
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(folder, 'data.key'), { force: true });
}
