export { type Chain, type ChainResult, createChain } from './chain.ts';
export { runTask, type Yield } from './run-task.ts';
export {
  type ChainReplies,
  type ChainReply,
  type ChainSpec,
  type ChainTask,
  packBytes,
} from './task.ts';
