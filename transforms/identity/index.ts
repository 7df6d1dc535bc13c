export { identifyStage } from './identify.ts';
export * from './policy/index.ts';
export { type IdentityReader, openIdentityReader } from './reader.ts';
