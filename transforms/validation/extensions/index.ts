export { extensionJudge } from './judge.ts';
export {
  dueForReview,
  type Extensions,
  extensionFiles,
  extensionsSchema,
  type Registered,
  readExtensions,
} from './registry.ts';
