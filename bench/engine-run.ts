import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One engine, started as a user starts it, on a folder of its own. */
export type EngineRun = {
  readonly mllpPort: number;
  readonly startMs: number;
  /** User and system time so far, all threads. */
  cpuMs(): number;
  rssBytes(): number;
  peakRssBytes(): number;
  post(path: string): Promise<void>;
  /** Messages and deliveries that still wait, over all queues. */
  pending(): Promise<number>;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
  journalBytes(): number;
  outLines(): number;
};

const root = join(import.meta.dirname, '..');
const token = 'bench-token-of-no-worth';

/**
 * The channel that is measured: conversion, identity, spine and the file route, or nothing of it.
 */
export function writeConfig(folder: string): void {
  const config = join(folder, 'config');
  for (const part of ['channels', 'mappings']) mkdirSync(join(config, part), { recursive: true });
  writeFileSync(
    join(config, 'plexus.yaml'),
    'network: bench\nhttp: { host: 127.0.0.1, port: 0 }\n',
  );
  writeFileSync(
    join(config, 'mappings', 'bench.yaml'),
    'mapping: bench\nextends: base\nsource: bench\ndialect: { timezone: America/Chicago }\n',
  );
  writeFileSync(
    join(config, 'channels', 'bench.yaml'),
    `channel: bench
owner: bench@example.test
source:
  mllp: { port: 6661 }
stages:
  - convert: { mapping: bench }
  - identify
  - store
routes:
  - files: { folder: out }
`,
  );
}

const ticksPerSecond = 100;

/** Starts `./plexus run` on a folder that `writeConfig` filled; resolves when it says ready. */
export async function startEngineRun(folder: string): Promise<EngineRun> {
  const data = join(folder, 'data');
  const args = [
    'run',
    '--config',
    join(folder, 'config'),
    '--data',
    data,
    '--ports',
    'any',
    '--json',
  ];
  const started = performance.now();
  const child = spawn(join(root, 'plexus'), args, {
    env: { ...process.env, PLEXUS_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ports = await readPorts(child);
  const startMs = performance.now() - started;
  const proc = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  const status = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(proc('status'))?.[1] ?? 0) * 1024;
  const api = async (path: string, method: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${ports.http}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
    return response.json();
  };
  return {
    mllpPort: ports.mllp,
    startMs,
    cpuMs() {
      const fields = proc('stat')
        .slice(proc('stat').lastIndexOf(')') + 2)
        .split(' ');
      return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
    },
    rssBytes: () => status('VmRSS'),
    peakRssBytes: () => status('VmHWM'),
    post: async (path) => void (await api(path, 'POST')),
    async pending() {
      const rows = (await api('/conservation', 'GET')) as {
        pending: number;
        destinations: { pending: number }[];
      }[];
      return rows.reduce(
        (sum, row) => row.destinations.reduce((all, each) => all + each.pending, sum + row.pending),
        0,
      );
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
    journalBytes: () => sizeOf(join(data, 'journal')),
    outLines: () => linesIn(join(folder, 'out')),
  };
}

function readPorts(child: ChildProcess): Promise<{ mllp: number; http: number }> {
  return new Promise((resolve, reject) => {
    const ports = { mllp: 0, http: 0 };
    let rest = '';
    child.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const row = JSON.parse(line) as {
          listening?: { kind: string; port: number };
          ready?: true;
        };
        if (row.listening?.kind === 'mllp') ports.mllp = row.listening.port;
        if (row.listening?.kind === 'http') ports.http = row.listening.port;
        if (row.ready) resolve(ports);
      }
    });
  });
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

function linesIn(folder: string): number {
  let lines = 0;
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.ndjson')) continue;
    for (const byte of readFileSync(join(folder, file))) if (byte === 10) lines += 1;
  }
  return lines;
}
