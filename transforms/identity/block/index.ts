export { hash52 } from './hash.ts';
export {
  type BlockingRule,
  blockingKeys,
  blockingRules,
  blockingVersion,
  eachKey,
} from './keys.ts';
