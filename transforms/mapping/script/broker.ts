import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type MessagePort, workerData } from 'node:worker_threads';
import { type ScriptReply, type ScriptRequest, scriptLimits } from './protocol.ts';

/**
 * Between a thread that waits for its answer and the process in which scripts run: starts that
 * process when it is needed, and answers for it when it dies.
 */
const { port, signal } = workerData as {
  readonly port: MessagePort;
  readonly signal: Int32Array;
};

const loads: ScriptRequest[] = [];
let child: ChildProcess | undefined;
let deadline: NodeJS.Timeout | undefined;
/** A process that nobody asks is ended: its memory is worth more than its start. */
let idle: NodeJS.Timeout | undefined;
const idleMs = 60_000;
let isAsked = false;

port.on('message', (request: ScriptRequest) => {
  if (request.kind === 'load') {
    loads.push(request);
    child?.send(request);
    return;
  }
  isAsked = true;
  clearTimeout(idle);
  child ??= start();
  const made = child;
  // The process sees to its own limits; this is for one that no longer sees to anything.
  deadline = setTimeout(() => made.kill('SIGKILL'), scriptLimits.wallMs * 3);
  made.send(request, (error) => error && end(made));
});

function start(): ChildProcess {
  const made = fork(join(import.meta.dirname, 'child.ts'), [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Nothing of the environment: it may hold secrets.
    env: pick('NODE_COMPILE_CACHE', 'SystemRoot'),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  made.on('message', (reply: ScriptReply) => {
    if (made !== child) return;
    if (reply.kind === 'failed' && reply.last) child = undefined;
    tell(reply);
  });
  made.on('exit', () => end(made));
  made.on('error', () => end(made));
  for (const request of loads) made.send(request);
  return made;
}

function pick(...names: readonly string[]): NodeJS.ProcessEnv {
  const entries = names.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** It was ended by the system or by V8, which is what too much memory looks like from here. */
function end(made: ChildProcess): void {
  if (made !== child) return;
  child = undefined;
  tell({ kind: 'failed', code: 'script-memory', where: '' });
}

function tell(reply: ScriptReply): void {
  if (!isAsked) return;
  isAsked = false;
  clearTimeout(deadline);
  idle = setTimeout(() => {
    child?.disconnect();
    child = undefined;
  }, idleMs);
  port.postMessage(reply);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}
