export { findGaps, type Gap, type GapReport, gapKinds } from './gaps.ts';
export { type Observations, observe } from './observe.ts';
export { type Unlisted, type Unread, writeMapping } from './write.ts';
