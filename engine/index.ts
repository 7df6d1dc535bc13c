export * from './access-tokens.ts';
export * from './audit.ts';
export type {
  Chain,
  ChainReplies,
  ChainReply,
  ChainResult,
  ChainSpec,
  ChainTask,
} from './chain/index.ts';
export * from './clock.ts';
export * from './component.ts';
export * from './config/index.ts';
export { dataFolder, holdsData } from './data-folder.ts';
export type { Engine, EngineOptions } from './engine.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './folder.ts';
export * from './gate.ts';
export * from './ids.ts';
export * from './issue.ts';
export { readJsonBody } from './json-body.ts';
export { isTooDeep } from './json-depth.ts';
export * from './keys.ts';
export * from './limits.ts';
export * from './operations.ts';
export * from './outcome.ts';
export * from './pem-files.ts';
export type { IdRange, RawMessage, RawQuery, RawReader } from './reader/index.ts';
export { createRegistry, type Listed } from './registry.ts';
export * from './settlement.ts';
export * from './sink.ts';
export * from './source.ts';
export * from './stage.ts';
export { startEngine } from './start.ts';
export * from './store/index.ts';
