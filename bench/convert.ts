/**
 * `npm run bench:convert`: one thread from bytes to transaction Bundle, for messages of about 2 kB
 * by type, a result of 16,000 OBX and a document of 8 MB, with the mapping `base` and with a
 * facility's. Beside them, in the same run, two floors that convert nothing: our parse, and
 * @medplum/core's. CPU time of the process, so that what else runs on the machine counts little.
 * Writes what it measured to bench/results/ with date and machine.
 *
 *   ./bin/node24 bench/convert.ts [--seconds 2] [--kinds ADT^A01,ORU^R01] [--dry]
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Hl7Message as MedplumMessage } from '@medplum/core';
import { parse } from '../transforms/hl7v2/index.ts';
import { convertBytes, loadMapping } from '../transforms/mapping/index.ts';
import { attachment, type Kind, kinds, largeResult, messagesOf } from './convert-messages.ts';

type Work = (bytes: Buffer) => unknown;

const root = join(import.meta.dirname, '..');
const poolSize = 400;
const largeRuns = 8;

function converter(name: string): Work {
  const mapping = loadMapping(join(root, 'config'), name);
  return (bytes) => {
    const { bundle } = convertBytes(mapping, bytes);
    if (bundle === undefined) throw new Error(`${name} did not convert a message of the bench`);
    return bundle;
  };
}

const works: Readonly<Record<string, Work>> = {
  medplum_parse: (bytes) => MedplumMessage.parse(bytes.toString('utf8')),
  parse: (bytes) => parse(bytes),
  base: converter('base'),
  'mercy-west': converter('mercy-west'),
};

function cpuUs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The best of several turns: what lies above it is the machine's, or the compiler's. */
function usEach(work: Work, pool: readonly Buffer[], seconds: number): number {
  let best = Number.POSITIVE_INFINITY;
  let spent = 0;
  while (spent < seconds * 1e6) {
    const us = cpuUs(() => {
      for (const bytes of pool) work(bytes);
    });
    spent += us;
    best = Math.min(best, us / pool.length);
  }
  return Number(best.toFixed(1));
}

function measure(seconds: number, of: readonly Kind[]) {
  const rows: Record<string, Record<string, number>> = {};
  const pools = of.map((kind) => [kind, messagesOf(kind, poolSize)] as const);
  // All kinds have been seen before one is measured, as in a feed.
  for (const work of Object.values(works))
    for (let turn = 0; turn < 3; turn += 1)
      for (const [, pool] of pools) for (const bytes of pool) work(bytes);
  for (const [kind, pool] of pools) {
    const bytes = Math.round(pool.reduce((sum, { length }) => sum + length, 0) / pool.length);
    const row: Record<string, number> = { bytes };
    for (const [name, work] of Object.entries(works))
      row[`${name}_us`] = usEach(work, pool, seconds);
    rows[kind] = row;
    process.stdout.write(`${kind} ${JSON.stringify(row)}\n`);
  }
  return rows;
}

function measureLarge(name: string, bytes: Buffer): Record<string, number> {
  const row: Record<string, number> = { bytes: bytes.length };
  for (const [work, run] of Object.entries(works)) {
    const times = Array.from({ length: largeRuns }, () => cpuUs(() => run(bytes)) / 1000);
    row[`${work}_first_ms`] = Number(times[0]!.toFixed(1));
    row[`${work}_ms`] = Number(Math.min(...times).toFixed(1));
  }
  process.stdout.write(`${name} ${JSON.stringify(row)}\n`);
  return row;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      kinds: { type: 'string' },
      dry: { type: 'boolean' },
    },
  });
  const seconds = Number(values.seconds ?? 2);
  const of = values.kinds === undefined ? kinds : (values.kinds.split(',') as Kind[]);
  const messages = measure(seconds, of);
  const mean = (name: string): number =>
    Object.values(messages).reduce((sum, row) => sum + row[name]!, 0) / of.length;
  const mix = Object.fromEntries(
    Object.keys(works).map((name) => [name, Math.round(1e6 / mean(`${name}_us`))]),
  );
  process.stdout.write(`messages a second of CPU ${JSON.stringify(mix)}\n`);
  const large = {
    'ORU^R01 of 16,000 OBX': measureLarge('16,000 OBX', largeResult(16_000)),
    'ORU^R01 with 8 MB': measureLarge('8 MB', attachment(6 * 1024 * 1024)),
  };
  if (values.dry) return;
  const date = new Date().toISOString().slice(0, 10);
  const file = join(root, 'bench', 'results', `convert-${date}.json`);
  const machine = {
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    memory_mb: Math.round(totalmem() / 1024 / 1024),
    os: release(),
    node: process.version,
    load: loadavg().map((one) => Number(one.toFixed(1))),
  };
  const written = { date, machine, messages, mix_per_second: mix, large };
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
}

main();
