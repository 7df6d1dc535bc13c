export {
  type Audit,
  createIdentityService,
  type IdentityAccess,
  type IdentityService,
  type IdentityServiceOptions,
  refusalOutcome,
} from './api/index.ts';
export * from './assessment.ts';
export {
  type BlockingRule,
  blockingKeys,
  blockingRules,
  blockingVersion,
  eachCandidatePair,
  hash52,
  indexCandidates,
} from './block/index.ts';
export {
  compare,
  comparisonLevels,
  comparisonVersion,
  createSketches,
  levelSetsBetween,
  newLevelSets,
  newLevels,
  nullLevel,
  type Prepared,
  prepare,
} from './compare/index.ts';
export {
  type AssessedPair,
  type AssessmentContext,
  assessPair,
  type Candidate,
  type Decision,
  decide,
  explainPair,
  isEnoughEvidence,
  type Judgement,
  judgePair,
  type Member,
  type PairScorer,
  type PairVerdict,
  pairVetoes,
  type Subject,
  type VetoRule,
  vetoesBetween,
} from './decide/index.ts';
export {
  type DecideOrder,
  type Desk,
  type DeskInput,
  type DeskOptions,
  type DeskOutput,
  type DeskVerb,
  type Named,
  namedBy,
  openDesk,
  orderVerbs,
  type Refit,
  type RefitOrder,
  refit,
  startDesk,
} from './desk/index.ts';
export { reviewOutcomes } from './events.ts';
export { identifyStage } from './identify/index.ts';
export { identityFile } from './identity-file.ts';
export * from './link/index.ts';
export {
  baseModel,
  calibrate,
  checkModel,
  type FitOptions,
  fitModel,
  type IdentityModel,
  type JudgedPair,
  parseModel,
  type Score,
  type Scorer,
  scorerOf,
  sealModel,
} from './model/index.ts';
export { normalisePerson, type RawPerson, rawOf } from './normalise/index.ts';
export * from './policy/index.ts';
export * from './preview/index.ts';
export { type IdentityFigures, type IdentityReader, openIdentityReader } from './reader.ts';
export * from './record.ts';
export {
  type AuditRate,
  type Downstream,
  type DownstreamItem,
  downstreamOf,
  type LabelledPair,
  type ReviewCase,
  type ReviewSide,
  type ReviewState,
  type Unmerged,
  type Verification,
  verifyRegistry,
} from './registry/index.ts';
export {
  type Answer,
  type IdentityStore,
  isSamePatient,
  openIdentityStore,
  resolve,
} from './stage/index.ts';
