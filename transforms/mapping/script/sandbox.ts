import { join } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import {
  type ScriptReply,
  type ScriptRequest,
  type ScriptSource,
  scriptLimits,
} from './protocol.ts';

type Sandbox = {
  readonly port: MessagePort;
  readonly signal: Int32Array<SharedArrayBuffer>;
  readonly loaded: Set<string>;
};

let sandbox: Sandbox | undefined;

/** One a thread, made when the first script is needed; the process ends without waiting for it. */
function open(): Sandbox {
  if (sandbox) return sandbox;
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const broker = new Worker(join(import.meta.dirname, 'broker.ts'), {
    workerData: { port: port2, signal },
    transferList: [port2],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  broker.unref();
  port1.unref();
  sandbox = { port: port1, signal, loaded: new Set() };
  return sandbox;
}

/** Makes files known under a key, a hash of their text. */
export function loadScripts(key: string, sources: readonly ScriptSource[]): void {
  const { port, loaded } = open();
  if (loaded.has(key)) return;
  loaded.add(key);
  port.postMessage({ kind: 'load', key, sources } satisfies ScriptRequest);
}

/** Asks and waits: a conversion is a plain function. */
export function askSandbox(request: ScriptRequest): ScriptReply {
  const { port, signal } = open();
  Atomics.store(signal, 0, 0);
  port.postMessage(request);
  // Generous, for the start of thread and process on a machine that has much to do.
  Atomics.wait(signal, 0, 0, scriptLimits.wallMs * 15);
  const received = receiveMessageOnPort(port);
  if (received) return received.message as ScriptReply;
  sandbox = undefined;
  return { kind: 'failed', code: 'script-timeout', where: '' };
}
