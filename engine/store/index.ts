export {
  type DatabaseHandle,
  moveDatabase,
  openDatabase,
  removeDatabase,
  type Statement,
} from './database.ts';
export {
  type OpenedStore,
  type StageStore,
  type StageStoreSpec,
  stageStore,
} from './stage-store.ts';
export { rememberWords, type Words, type WordTable } from './words.ts';
