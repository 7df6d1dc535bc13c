import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'plexus');

/** What the harness signs in with; the engine takes it from its environment. */
export const token = 'faults-harness-token';

export type Listening = {
  readonly channel: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
};

export type Engine = {
  readonly pid: number;
  /** Resolves at `{ready:true}` with the open ports; rejects when the process ends before. */
  readonly ready: Promise<readonly Listening[]>;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Everything that it wrote for people. */
  stderr(): string;
  signal(name: NodeJS.Signals): void;
};

export type StartOptions = {
  readonly config: string;
  readonly data: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A program that runs the engine, e.g. strace with its arguments. */
  readonly through?: readonly string[];
  /** What is run instead of `./plexus run`: program and arguments. */
  readonly command?: readonly string[];
};

/** Starts the engine as a process group of its own, so that a kill reaches all of it. */
export function startEngineProcess(options: StartOptions): Engine {
  const args = ['--ports', 'any', '--json', '--config', options.config, '--data', options.data];
  const command = options.command ?? [launcher, 'run'];
  const [program, ...rest] = [...(options.through ?? []), ...command, ...args];
  const child = spawn(program as string, rest, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PLEXUS_TOKEN: token, ...options.env },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-20_000);
  });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  ended.catch(() => undefined);
  const ready = whenReady(child, ended, () => stderr);
  ready.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    stderr: () => stderr,
    signal(name) {
      try {
        process.kill(-(child.pid as number), name);
      } catch {
        // The group is gone already: what was to be ended has ended.
      }
    },
  };
}

function whenReady(
  child: ChildProcess,
  ended: Promise<number | string>,
  stderr: () => string,
): Promise<readonly Listening[]> {
  const listening: Listening[] = [];
  return new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error('no standard output'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const row = JSON.parse(line) as { listening?: Listening; ready?: boolean };
      if (row.listening) listening.push(row.listening);
      if (row.ready) resolve(listening);
    });
    ended.then(
      (end) => reject(new Error(`the engine ended (${end}) before it was ready: ${stderr()}`)),
      reject,
    );
  });
}

export type Finished = { readonly code: number | null; readonly stdout: string; stderr: string };

/** Runs a command of the command line to its end. */
export function runCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Finished {
  const result = spawnSync(launcher, [...args], {
    encoding: 'utf8',
    env: { ...process.env, PLEXUS_TOKEN: token, ...env },
    maxBuffer: 1024 * 1024 * 1024,
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

export function parseNdjson<Row>(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** The port of a channel's listener of this kind. Throws when there is none. */
export function portOf(listening: readonly Listening[], kind: string): number {
  const found = listening.find((one) => one.kind === kind);
  if (!found) throw new Error(`no ${kind} listener among ${JSON.stringify(listening)}`);
  return found.port;
}

/** Reads a path of the running engine's HTTP API. */
export async function getApi<Row>(listening: readonly Listening[], path: string): Promise<Row> {
  const response = await fetch(`http://127.0.0.1:${portOf(listening, 'http')}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as Row;
}
