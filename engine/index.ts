export * from './access-tokens.ts';
export * from './audit.ts';
export type { ChainReplies, ChainReply, ChainSpec, ChainTask } from './chain/index.ts';
export {
  type Chain,
  type ChainResult,
  type ChainVerdict,
  createChain,
  runTask,
} from './chain/index.ts';
export * from './clock.ts';
export * from './component.ts';
export * from './config/index.ts';
export { holdsData } from './data-folder.ts';
export * from './database.ts';
export { type Engine, type EngineOptions, startEngine } from './engine.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './folder.ts';
export * from './gate.ts';
export * from './ids.ts';
export * from './issue.ts';
export * from './keys.ts';
export * from './limits.ts';
export * from './operations.ts';
export * from './outcome.ts';
export * from './pem-files.ts';
export {
  type IdRange,
  openRawReader,
  openReader,
  type RawMessage,
  type RawQuery,
  type RawReader,
} from './reader/index.ts';
export * from './sink.ts';
export * from './source.ts';
export * from './stage.ts';
export {
  type OpenedStore,
  type StageStore,
  type StageStoreSpec,
  stageStore,
} from './stage-store.ts';
