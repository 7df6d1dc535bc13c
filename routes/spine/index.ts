export {
  openSpineReader,
  type SpineReader,
  type SpineVersion,
  type ToldLast,
  type TypeCount,
} from './reader.ts';
export { type Stored, storeStage } from './store.ts';
export { type Told, toldBy, toldOfList, toldOfMove } from './told.ts';
