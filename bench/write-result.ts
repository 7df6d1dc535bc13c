import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** Writes what was measured to `bench/results/NAME-DATE.json`, with date and machine. */
export function writeResult(name: string, measured: object): void {
  const date = new Date().toISOString().slice(0, 10);
  const machine = {
    ...{ cpu: cpus()[0]?.model, cpus: cpus().length, os: release(), node: process.version },
    memory_mb: Math.round(totalmem() / 1024 / 1024),
    load: loadavg().map((one) => Number(one.toFixed(1))),
  };
  const target = join(import.meta.dirname, 'results', `${name}-${date}.json`);
  writeFileSync(target, `${JSON.stringify({ date, machine, ...measured }, null, 2)}\n`);
}
