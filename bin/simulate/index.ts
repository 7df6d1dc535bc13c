export {
  defaultSeed,
  type Feed,
  type FeedOptions,
  feeds,
  generateFeed,
  type SimulatedMessage,
} from './feed.ts';
export { createProgress, type Progress } from './progress.ts';
export { type SimulateOptions, simulate, type Tally, type Target } from './simulate.ts';
export { targetsOf } from './targets.ts';
