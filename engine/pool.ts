import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { ChainReplies, ChainTask } from './chain/index.ts';
import { limits } from './limits.ts';
import { createTurns } from './turns.ts';

export type PoolOptions = {
  /** The worker's entry file: it exports `runChainTask`. */
  readonly file: string;
  /** Given to every worker at its start. */
  readonly workerData: unknown;
  /** Threads; one less than the machine's cores unless told. */
  readonly threads?: number;
  readonly timeoutMs?: number;
};

export type Pool = ReturnType<typeof createPool>;

/**
 * Worker threads for the heavy stages. A worker that dies or hangs fails its batch and is replaced.
 */
export function createPool(options: PoolOptions) {
  const threads = options.threads ?? Math.max(1, availableParallelism() - 1);
  const piscina = new Piscina({
    filename: options.file,
    name: 'runChainTask',
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: options.workerData,
  });
  // A worker that dies between tasks is replaced; the next task tells whether it was more than
  // that.
  piscina.on('error', () => {});
  let free = threads;
  const waiting: (() => void)[] = [];
  return {
    threads,
    /**
     * For messages in whose processing something died, of all channels: what runs beside the one
     * that ends the process is claimed as often as it, and would be taken for it.
     */
    alone: createTurns(),
    /**
     * Runs a batch; rejects when the worker died or took longer than the limit. A batch waits here
     * for a thread, not in piscina, where its time would run: the batches behind one that hangs
     * would be given up with it, and their messages taken for poison.
     */
    async run(task: ChainTask): Promise<ChainReplies> {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await begin(task);
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
    close: () => piscina.close({ force: true }),
  };

  function begin(task: ChainTask): Promise<ChainReplies> {
    return piscina.run(task, {
      transferList: [task.bytes.buffer as ArrayBuffer],
      signal: AbortSignal.timeout(options.timeoutMs ?? limits.workerTimeoutMs),
    }) as Promise<ChainReplies>;
  }
}
