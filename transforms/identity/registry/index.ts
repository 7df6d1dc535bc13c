export { fingerprintOf } from './attributes.ts';
export { exactInterval, type Interval } from './confidence.ts';
export type { Crosswalk } from './crosswalk.ts';
export type { Decision, EffectKey } from './decisions.ts';
export { type Downstream, type DownstreamItem, downstreamOf } from './downstream.ts';
export { personIdOf } from './event-rows.ts';
export type { GoldenAttribute, GoldenRecord, Survivor } from './golden.ts';
export { governedBySchema, hasGoverned } from './governed-by.ts';
export type { Link, LinkRefusal, LinkResult, Merge, Score } from './joining.ts';
export type { AuditRate, LabelledPair } from './labels.ts';
export { openToRead } from './layout.ts';
export type { Judge, Occasion, RegistryOptions } from './log.ts';
export type { Parting, Unmerged } from './parting.ts';
export type { Edge } from './partition.ts';
export { recordsSince } from './recent-records.ts';
export type { RecordState, SourceIdentifier } from './records.ts';
export { type IdentityRegistry, openRegistry, type SeenRecord } from './registry.ts';
export type {
  ReviewCase,
  Reviewed,
  ReviewOrder,
  ReviewRequest,
  ReviewSide,
} from './reviewing.ts';
export type { ReviewCount, ReviewState } from './reviews.ts';
export type { Explanation } from './story.ts';
export { transact } from './transact.ts';
export { stateText, type Verification, verifyRegistry } from './verify.ts';
export { lastRecord, recordsSaying, type Wording } from './wording.ts';
