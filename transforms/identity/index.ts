export { identifyStage } from './identify.ts';
export { type IdentityReader, openIdentityReader } from './reader.ts';
