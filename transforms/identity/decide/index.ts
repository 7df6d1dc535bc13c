export { assessPair, assessRelated, explainPair, vetoesBetween } from './assess.ts';
export { decide } from './decide.ts';
export { type AssessmentContext, isEnoughEvidence } from './evidence.ts';
export { judgePair, type PairVerdict } from './judge-pair.ts';
export type {
  AssessedPair,
  Candidate,
  Decision,
  Judgement,
  Member,
  Subject,
} from './judgement.ts';
export { isBeyondRivals, isSomebodyElse } from './rivalry.ts';
export type { PairScorer } from './scorer.ts';
export { pairVetoes, type VetoRule } from './vetoes.ts';
