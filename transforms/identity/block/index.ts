export { hash52 } from '../hash.ts';
export { type Added, type BlockIndex, type Found, openBlockIndex } from './block-index.ts';
export {
  type CandidateIndex,
  eachCandidatePair,
  indexCandidates,
  type Share,
} from './candidates.ts';
export { attributesOf, type Blocked } from './compound.ts';
export { linkedRecordsMax } from './entries.ts';
export {
  type BlockingRule,
  blockingKeys,
  blockingRules,
  blockingVersion,
  eachContactKey,
} from './keys.ts';
export { blockSchema } from './schema.ts';
export { createTableKeys } from './table-keys.ts';
