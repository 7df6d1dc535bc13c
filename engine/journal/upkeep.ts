import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Partition } from './partition.ts';
import type { UpkeepReply, UpkeepTask } from './upkeep-worker.ts';

export type Upkeep = ReturnType<typeof createUpkeep>;

/** Bytes committed between two checkpoints: the WAL stays a few times this, not more. */
const checkpointBytes = 8 * 1024 * 1024;
/** Fewer frames than this are worth an inline checkpoint, which lets the WAL begin anew. */
const inlineFrames = 256;

/** The thread that checkpoints and compacts journal files, started when it is first needed. */
export function createUpkeep(key: Buffer) {
  let worker: Worker | undefined;
  let count = 0;
  const waiting = new Map<number, (reply: UpkeepReply) => void>();
  let bytes = 0;
  let busy = false;

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

  async function checkpoint(partition: Partition): Promise<void> {
    busy = true;
    const reply = await ask({ kind: 'checkpoint', file: partition.file });
    busy = false;
    if (!reply.ok || reply.framesLeft > inlineFrames || !partition.db.open) return;
    try {
      partition.db.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // A checkpoint that fails leaves the WAL as it is; the next one takes over.
    }
  }

  return {
    ask,
    /** Told of every commit; begins a checkpoint when enough has come together. */
    committed(partition: Partition, committedBytes: number): void {
      bytes += committedBytes;
      if (busy || bytes < checkpointBytes) return;
      bytes = 0;
      void checkpoint(partition);
    },
    async close(): Promise<void> {
      await worker?.terminate();
    },
  };
}
