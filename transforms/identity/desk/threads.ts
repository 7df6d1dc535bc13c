import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ConfigError, PlexusError } from '../../../engine/index.ts';
import type { Desk, DeskOutput, DeskVerb } from './calls.ts';
import type { DeskOptions } from './desk.ts';
import type { DeskReply, DeskRequest, Fault } from './desk-worker.ts';

type Waiting = { resolve(out: unknown): void; reject(cause: unknown): void };

/**
 * A desk in a thread of its own: no scan and no wait for the chain workers holds up a socket. The
 * thread starts with the first question; one that dies fails what it was at, and the next question
 * starts another. Too many at once are refused with `identity-busy`.
 */
export function startDesk(options: DeskOptions): Desk {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let count = 0;

  function failAll(cause: unknown): void {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(cause);
    waiting.clear();
  }

  function started(): Worker {
    if (worker !== undefined) return worker;
    const made = new Worker(join(import.meta.dirname, 'desk-worker.ts'), { workerData: options });
    made.unref();
    made.on('message', (reply: DeskReply) => {
      const asked = waiting.get(reply.n);
      waiting.delete(reply.n);
      if ('out' in reply) asked?.resolve(reply.out);
      else asked?.reject(errorOf(reply.fault));
    });
    made.on('error', failAll);
    worker = made;
    return made;
  }

  return {
    ask(verb, input) {
      if (waiting.size >= waitingMax) {
        const message = 'too many questions about identity are waiting; ask again';
        return Promise.reject(new PlexusError('identity-busy', message));
      }
      count += 1;
      const n = count;
      return new Promise<DeskOutput<DeskVerb>>((resolve, reject) => {
        waiting.set(n, { resolve: resolve as Waiting['resolve'], reject });
        started().postMessage({ n, verb, input } satisfies DeskRequest);
      }) as Promise<DeskOutput<typeof verb>>;
    },
    renew: () => worker?.postMessage({ renew: true } satisfies DeskRequest),
    async close() {
      const ended = worker;
      failAll(new PlexusError('identity-busy', 'the engine is stopping'));
      await ended?.terminate();
    },
  };
}

/** Some seconds of work; who waits for longer has gone. */
const waitingMax = 200;

function errorOf(fault: Fault): unknown {
  if (fault.kind === 'bug') return fault.error;
  const { code, message, exit, issues } = fault;
  return issues === undefined ? new PlexusError(code, message, { exit }) : new ConfigError(issues);
}
