// A worker for the test of the pool: a batch of one message hangs, any other is done at once.
import type { ChainReplies, ChainTask } from '../../engine/index.ts';

export function runChainTask(task: ChainTask): ChainReplies {
  if (task.messages.length === 1) for (;;);
  return { replies: [], unvisited: [] };
}
