import { Worker } from 'node:worker_threads';
import { PlexusError } from '../../../engine/index.ts';
import type { LinkWorkers } from './link.ts';
import type { LinkOrder, LinkReply, LinkTask } from './messages.ts';

export type LinkProgress = (step: 'read' | 'score', done: number) => void;

/** Threads that link; `close` MUST be called. */
export type LinkThreads = LinkWorkers & { close(): Promise<void> };

type Final = Exclude<LinkReply, { type: 'progress' | 'failed' }>;

/**
 * Starts threads that each read all records, and share the comparing: reading them is cheaper than
 * handing them over. Throws what `readPeople` throws.
 */
export async function openLinkThreads(
  task: Omit<LinkTask, 'tellsIds'>,
  count: number,
  onProgress: LinkProgress = () => {},
): Promise<LinkThreads> {
  const done = new Float64Array(count);
  const threads = Array.from({ length: count }, (_, no) =>
    startThread({ ...task, tellsIds: no === 0 }, (step, value) => {
      if (step === 'read') return onProgress(step, value);
      done[no] = value;
      onProgress(step, done.reduce((sum, part) => sum + part, 0) / count);
    }),
  );
  const close = async () => {
    await Promise.all(threads.map(({ stop }) => stop()));
  };
  try {
    const [first] = await Promise.all(threads.map(({ next }) => next('read')));
    const { ids, secondFrom } = first!;
    const [one] = threads;
    return {
      ids,
      secondFrom,
      close,
      fit: async () => (await one!.ask({ do: 'fit' }, 'fitted')).model,
      async score(model) {
        const parts = await Promise.all(
          threads.map(({ ask }, no) =>
            ask({ do: 'score', model, share: { no, of: count } }, 'scored'),
          ),
        );
        const all = parts.map(({ candidates }) => candidates);
        return {
          pairs: all.flatMap(({ pairs }) => pairs),
          compared: all.reduce((sum, { compared }) => sum + compared, 0),
          hotKeys: all[0]?.hotKeys ?? 0,
          leftOut: all.reduce((sum, { leftOut }) => sum + leftOut, 0),
        };
      },
      assess: async (model, pairs) =>
        (await one!.ask({ do: 'assess', model, pairs }, 'assessed')).pairs,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A million records take some three gigabytes in each thread. */
const heapMb = 12_288;

function startThread(task: LinkTask, onProgress: LinkProgress) {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const next = <T extends Final['type']>(type: T): Promise<Extract<Final, { type: T }>> =>
    new Promise((resolve, reject) => {
      const settle = () => {
        worker.off('message', hear);
        worker.off('error', fail);
      };
      const fail = (error: unknown) => {
        settle();
        reject(error);
      };
      const hear = (reply: LinkReply) => {
        if (reply.type === 'progress') return onProgress(reply.step, reply.done);
        if (reply.type === 'failed')
          return fail(new PlexusError(reply.code, reply.text, { exit: reply.exit }));
        if (reply.type !== type) return fail(new Error(`expected ${type}, got ${reply.type}`));
        settle();
        resolve(reply as Extract<Final, { type: T }>);
      };
      worker.on('message', hear);
      worker.on('error', fail);
    });
  return {
    next,
    ask<T extends Final['type']>(order: LinkOrder, type: T) {
      const answer = next(type);
      worker.postMessage(order);
      return answer;
    },
    stop: () => worker.terminate(),
  };
}
