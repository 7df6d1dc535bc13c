export { exactInterval, type Interval } from './confidence.ts';
export { type Downstream, type DownstreamItem, downstreamOf } from './downstream.ts';
export { type GoldenAttribute, type GoldenRecord, goldenRecord, type Survivor } from './golden.ts';
export { governedBySchema, hasGoverned } from './governed-by.ts';
export { type AuditRate, auditRate, type LabelledPair, labelledPairs } from './labels.ts';
export { recordsSince } from './recent-records.ts';
export { type Explanation, explain, history } from './story.ts';
export { stateText, type Verification, verifyRegistry } from './verify.ts';
export { lastRecord, recordsSaying, type Wording } from './wording.ts';
