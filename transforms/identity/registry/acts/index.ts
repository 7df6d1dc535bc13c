export { type Decision, type Decisions, type EffectKey, openDecisions } from './decisions.ts';
export {
  type Link,
  type LinkRefusal,
  type LinkResult,
  link,
  type Merge,
  merge,
  mergeRefusal,
  type Score,
  vetoedPairs,
} from './joining.ts';
export { detach, doNotLink, type Parting, separate, type Unmerged, unmerge } from './parting.ts';
export {
  queue,
  type ReviewCase,
  type Reviewed,
  type ReviewOrder,
  type ReviewRequest,
  type ReviewSide,
  review,
  reviewCase,
} from './reviewing.ts';
