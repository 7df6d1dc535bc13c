export {
  type CandidateIndex,
  eachCandidatePair,
  indexCandidates,
  type Share,
} from './candidates.ts';
export { linkedRecordsMax } from './entries.ts';
export { hash52 } from './hash.ts';
export {
  type BlockingRule,
  blockingKeys,
  blockingRules,
  blockingVersion,
  eachKey,
} from './keys.ts';
