/**
 * `npm run bench`: the floor and the engine under the same load in the same run, at 1, 8 and 64
 * connections, and writes what it measured to bench/results/ with date and machine.
 *
 *   ./bin/node24 bench/run.ts [--seconds 8] [--connections 1,8,64] [--dry]
 *
 * The load generator, the floor and the engine are processes of their own on the same machine, so
 * they share its cores. `floor` frames, writes one row, fsyncs and answers; `ack` is the engine
 * with its channel paused (all guarantees of landing, no conversion); `full` converts, stores and
 * writes NDJSON.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngineRun, writeConfig } from './engine-run.ts';
import type { FloorResult } from './floor.ts';
import type { LoadResult } from './load.ts';

type Row = {
  readonly variant: 'floor' | 'ack' | 'full';
  readonly connections: number;
  readonly per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly messages: number;
  readonly cpu_ms_per_message: number;
  readonly stored_per_raw_byte: number;
  readonly rss_mb: number;
  /** From the end of the load until every queue is empty. */
  readonly caught_up_ms?: number;
  readonly resource_lines?: number;
  readonly idle_rss_mb?: number;
  readonly start_ms?: number;
};

const node = join(import.meta.dirname, '..', 'bin', 'node24');
const script = (name: string): string => join(import.meta.dirname, name);
const mb = (bytes: number): number => Math.round(bytes / 1024 / 1024);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function load(
  port: number,
  connections: number,
  seconds: number,
  seed = connections,
): Promise<LoadResult> {
  const args = ['--port', String(port), '--connections', String(connections)];
  const text = await output(script('load.ts'), [
    ...args,
    '--seconds',
    String(seconds),
    '--seed',
    String(seed),
  ]);
  return JSON.parse(text) as LoadResult;
}

function output(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('exit', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${file} ended with ${code}`)),
    );
  });
}

async function measureFloor(connections: number, seconds: number): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-bench-floor-'));
  const child = spawn(node, [script('floor.ts'), '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const port = await new Promise<number>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [first] = text.split('\n');
      if (text.includes('\n')) resolve(JSON.parse(first!).listening.port);
    });
  });
  const result = await load(port, connections, seconds);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
  const cost = JSON.parse(text.trim().split('\n').at(-1)!) as FloorResult;
  return {
    variant: 'floor',
    ...latency(result),
    cpu_ms_per_message: round(cost.cpu_ms_per_message, 3),
    stored_per_raw_byte: round(cost.stored_bytes_per_raw_byte, 2),
    rss_mb: mb(cost.rss_bytes),
  };
}

async function measureEngine(
  variant: 'ack' | 'full',
  connections: number,
  seconds: number,
): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-bench-engine-'));
  writeConfig(folder);
  const engine = await startEngineRun(folder);
  await sleep(2_000);
  const idle = engine.rssBytes();
  if (variant === 'ack') await engine.post('/channels/bench/pause');
  // The first seconds belong to the compiler; their bytes are counted, their time is not.
  const warmUp = await load(engine.mllpPort, connections, 2, 1_000 + connections);
  while (variant === 'full' && (await engine.pending()) > 0) await sleep(50);
  const cpuBefore = engine.cpuMs();
  const result = await load(engine.mllpPort, connections, seconds);
  const ended = performance.now();
  if (variant === 'full') while ((await engine.pending()) > 0) await sleep(50);
  const caughtUpMs = performance.now() - ended;
  const cpuMs = engine.cpuMs() - cpuBefore;
  const rss = engine.peakRssBytes();
  await engine.stop();
  const row: Row = {
    variant,
    ...latency(result),
    cpu_ms_per_message: round(cpuMs / Math.max(1, result.acked), 3),
    stored_per_raw_byte: round(engine.journalBytes() / Math.max(1, warmUp.bytes + result.bytes), 2),
    rss_mb: mb(rss),
    idle_rss_mb: mb(idle),
    start_ms: Math.round(engine.startMs),
    ...(variant === 'full'
      ? { caught_up_ms: Math.round(caughtUpMs), resource_lines: engine.outLines() }
      : {}),
  };
  rmSync(folder, { recursive: true, force: true });
  return row;
}

const latency = (result: LoadResult) => ({
  connections: result.connections,
  per_second: result.per_second,
  p50_ms: round(result.p50_ms, 2),
  p99_ms: round(result.p99_ms, 2),
  messages: result.acked,
});

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      connections: { type: 'string' },
      dry: { type: 'boolean' },
    },
  });
  const seconds = Number(values.seconds ?? 8);
  const rows: Row[] = [];
  for (const connections of (values.connections ?? '1,8,64').split(',').map(Number)) {
    for (const measure of [
      () => measureFloor(connections, seconds),
      () => measureEngine('ack', connections, seconds),
      () => measureEngine('full', connections, seconds),
    ]) {
      const row = await measure();
      rows.push(row);
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
  }
  if (!values.dry) write(rows, seconds);
}

function write(rows: readonly Row[], seconds: number): void {
  const date = new Date().toISOString().slice(0, 10);
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
  };
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${date}.json`);
  writeFileSync(file, `${JSON.stringify({ date, machine, seconds, rows }, null, 2)}\n`);
  process.stdout.write(`written: bench/results/${date}.json\n`);
}

await main();
