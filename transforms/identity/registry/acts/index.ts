export { type Decision, type Decisions, type EffectKey, openDecisions } from './decisions.ts';
export {
  type LinkRefusal,
  type LinkResult,
  link,
  type Merge,
  merge,
  mergeRefusal,
  vetoedPairs,
} from './joining.ts';
export type { Link, Score } from './link.ts';
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
