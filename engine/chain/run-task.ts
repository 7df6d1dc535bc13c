import type { ResourceLine } from '../sink.ts';
import type { Work } from '../stage.ts';
import type { Chain, ChainResult } from './chain.ts';
import type { ChainReplies, ChainReply, ChainTask } from './task.ts';

/** What the last stage of a chain left of one message. */
export type Yield = {
  readonly resources: readonly ResourceLine[];
  /** Populated fields that nobody read. */
  readonly unvisited: readonly string[];
};

const storeRetryMs = 1_000;

/**
 * Runs one batch in a worker. A chain that cannot be built or whose store cannot commit (a full
 * disk, a lock) makes the batch wait and come again; that counts against no message.
 */
export async function runTask(
  chain: () => Chain,
  task: ChainTask,
  yieldOf: (body: unknown) => Yield,
): Promise<ChainReplies> {
  let results: readonly ChainResult[];
  try {
    results = await chain().run(
      unpack(task),
      task.messages.map(({ keys }) => keys),
    );
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    const reply = waiting(typeof code === 'string' ? code : 'chain-failed');
    return { replies: task.messages.map(() => reply), unvisited: [] };
  }
  const unvisited = new Map<string, number>();
  const replies = results.map(({ verdict, tookUs, issues, bodies }): ChainReply => {
    const yields = bodies.map(yieldOf);
    const unread = [...new Set(yields.flatMap((each) => each.unvisited))];
    for (const field of unread) unvisited.set(field, (unvisited.get(field) ?? 0) + 1);
    const resources = yields.flatMap((each) => each.resources);
    const reply = { verdict, tookUs, issues, resources };
    return unread.length === 0 ? reply : { ...reply, unvisited: unread };
  });
  const { scripts, unmapped } = chain();
  return {
    ...{ replies, unvisited: [...unvisited] },
    ...{ scripts: scripts(), unmapped: unmapped() },
  };
}

const waiting = (cause: string): ChainReply => ({
  verdict: { kind: 'retry', afterMs: storeRetryMs, cause },
  tookUs: [],
  issues: [],
  resources: [],
});

/** The messages of a task, each with its own slice of the bytes. */
function unpack(task: ChainTask): Work[] {
  const bytes = Buffer.from(task.bytes.buffer, task.bytes.byteOffset, task.bytes.length);
  const { channel, revision } = task.spec;
  let offset = 0;
  return task.messages.map(({ length, keys: _, ...message }) => {
    const raw = bytes.subarray(offset, offset + length);
    offset += length;
    return { ...message, channel, revision, raw, body: undefined };
  });
}
