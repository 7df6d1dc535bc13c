import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { limits } from '../limits.ts';
import type { Partition } from './partition.ts';
import type { UpkeepReply, UpkeepTask } from './upkeep-worker.ts';

export type Upkeep = ReturnType<typeof createUpkeep>;

/** The thread that checkpoints and compacts journal files, started when it is first needed. */
export function createUpkeep(key: Buffer) {
  let worker: Worker | undefined;
  let count = 0;
  const waiting = new Map<number, (reply: UpkeepReply) => void>();
  const dirty = new Set<Partition>();
  let timer: NodeJS.Timeout | undefined;

  function failAll(): void {
    worker = undefined;
    for (const resolve of waiting.values())
      resolve({ ok: false, cause: 'the upkeep thread ended' });
    waiting.clear();
  }

  function started(): Worker {
    if (worker) return worker;
    const made = new Worker(join(import.meta.dirname, 'upkeep-worker.ts'), { workerData: { key } });
    made.unref();
    made.on('message', ({ n, reply }: { n: number; reply: UpkeepReply }) => {
      waiting.get(n)?.(reply);
      waiting.delete(n);
    });
    made.on('error', failAll);
    worker = made;
    return made;
  }

  function ask(task: UpkeepTask): Promise<UpkeepReply> {
    count += 1;
    const n = count;
    return new Promise((resolve) => {
      waiting.set(n, resolve);
      started().postMessage({ n, task });
    });
  }

  async function checkpointDirty(): Promise<void> {
    const partitions = [...dirty];
    dirty.clear();
    for (const partition of partitions) await checkpoint(partition);
    timer = undefined;
    if (dirty.size > 0) arm();
  }

  /** Most of it beside the running commits; the little that came in meanwhile inline. */
  async function checkpoint(partition: Partition): Promise<void> {
    for (let pass = 0; pass < limits.checkpointPasses; pass += 1) {
      // A day that was let go: its file may be unlinked by now, and to open it would make another.
      if (!partition.db.open) return;
      const reply = await ask({ kind: 'checkpoint', file: partition.file });
      if (!reply.ok || !partition.db.open) return;
      if (reply.framesLeft > limits.checkpointInlineFrames) continue;
      try {
        partition.db.pragma('wal_checkpoint(PASSIVE)');
      } catch {
        // A checkpoint that fails leaves the WAL as it is; the next one takes over.
      }
      return;
    }
  }

  function arm(): void {
    timer ??= setTimeout(() => void checkpointDirty(), limits.checkpointMs).unref();
  }

  return {
    ask,
    /** Told of every commit. */
    committed(partition: Partition): void {
      dirty.add(partition);
      arm();
    },
    async close(): Promise<void> {
      clearTimeout(timer);
      dirty.clear();
      await worker?.terminate();
    },
  };
}
