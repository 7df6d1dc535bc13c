import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PlexusError } from '../../../engine/index.ts';
import type { FromThread, TerminologyOptions, ToThread } from './protocol.ts';

export type { TerminologyOptions } from './protocol.ts';

/** The FHIR face of terminology, answered in a thread of its own. */
export type TerminologyThread = {
  /** `principal` is who asks; undefined is refused with 401, before the body is read. */
  fetch(request: Request, principal: string | undefined): Promise<Response>;
  close(): Promise<void>;
};

/** Who runs Plexus hears of what went wrong; who asked hears that it did. */
export type ToldOfFaults = {
  bug(cause: unknown): void;
  /** The store or the closure tables cannot be used; `code` is a PlexusError's. */
  unavailable(code: string): void;
};

type Waiting = {
  /** The head of the answer. */
  readonly resolve: (response: Response) => void;
  readonly reject: (cause: unknown) => void;
  controller: ReadableStreamDefaultController<Uint8Array> | undefined;
};

/** Some seconds of work; who waits for longer has gone. */
const waitingMax = 200;

/**
 * No expansion holds up a socket: the thread starts with the first question, one that dies fails
 * what it was at, and the next question starts another. Too many at once are refused with
 * `terminology-busy`.
 */
export function startTerminology(
  options: TerminologyOptions,
  told: ToldOfFaults,
): TerminologyThread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let count = 0;

  function failAll(cause: unknown): void {
    worker = undefined;
    for (const one of waiting.values()) fail(one, cause);
    waiting.clear();
  }

  function started(): Worker {
    if (worker !== undefined) return worker;
    const file = join(import.meta.dirname, 'terminology-worker.ts');
    const made = new Worker(file, { workerData: options });
    made.unref();
    made.on('message', (message: FromThread) => hear(message, waiting, say, told));
    made.on('error', failAll);
    worker = made;
    return made;
  }

  const say = (message: ToThread) => started().postMessage(message);

  return {
    async fetch(request, principal) {
      if (waiting.size >= waitingMax)
        throw new PlexusError('terminology-busy', 'too many questions are waiting; ask again');
      const hasBody = principal !== undefined && request.body !== null;
      const body = hasBody ? await request.arrayBuffer() : undefined;
      count += 1;
      const n = count;
      const { method, url } = request;
      return new Promise((resolve, reject) => {
        waiting.set(n, { resolve, reject, controller: undefined });
        say({ kind: 'ask', n, method, url, headers: [...request.headers], body, principal });
      });
    },
    async close() {
      const ended = worker;
      failAll(new PlexusError('terminology-busy', 'the engine is stopping'));
      await ended?.terminate();
    },
  };
}

function fail({ reject, controller }: Waiting, cause: unknown): void {
  reject(cause);
  controller?.error(cause);
}

function hear(
  message: FromThread,
  waiting: Map<number, Waiting>,
  say: (message: ToThread) => void,
  told: ToldOfFaults,
): void {
  if (message.kind === 'bug') {
    told.bug(message.error);
    return;
  }
  if (message.kind === 'unavailable') {
    told.unavailable(message.code);
    return;
  }
  const { n } = message;
  const one = waiting.get(n);
  if (one === undefined) return;
  switch (message.kind) {
    case 'head': {
      const body = bodyOf(n, one, waiting, say);
      const headers = message.headers.map(([name, value]): [string, string] => [name, value]);
      one.resolve(new Response(body, { status: message.status, headers }));
      break;
    }
    case 'piece':
      one.controller?.enqueue(message.bytes);
      break;
    case 'end':
      waiting.delete(n);
      one.controller?.close();
      break;
    case 'failed':
      waiting.delete(n);
      fail(one, message.error);
      break;
    default:
      throw new Error(`no such message: ${JSON.stringify(message satisfies never)}`);
  }
}

/** The body of an answer; it asks for the next piece when the one before has been taken. */
function bodyOf(
  n: number,
  one: Waiting,
  waiting: Map<number, Waiting>,
  say: (message: ToThread) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      start(controller) {
        one.controller = controller;
      },
      pull: () => say({ kind: 'more', n }),
      cancel() {
        waiting.delete(n);
        say({ kind: 'cancel', n });
      },
    },
    { highWaterMark: 1 },
  );
}
