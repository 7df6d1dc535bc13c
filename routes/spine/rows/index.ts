export { type Answer, readAnswer, writeAnswer } from './answers.ts';
export { type IdIndex, idIndexSchema, openIdIndex } from './id-index.ts';
export { isInner, listType, moveType } from './inner-types.ts';
export { type OpenPack, openPack } from './pack.ts';
export { type ContributionRow, unpack } from './packing.ts';
export { packId, spineFile, spineSchema, unpackId } from './schema.ts';
export {
  chain,
  prepareReading,
  prepareShowing,
  prepareWriting,
  type Reading,
  type ResourceRow,
  textAfter,
  type Writing,
} from './statements.ts';
export { wordsOf } from './words.ts';
