export { openSpineReader, type SpineReader, type SpineVersion, type TypeCount } from './reader.ts';
export { type Stored, storeStage } from './store.ts';
