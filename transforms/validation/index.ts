export {
  dueForReview,
  type Extensions,
  extensionFiles,
  extensionsSchema,
  judgeExtensions,
  type Registered,
  readExtensions,
} from './extensions/index.ts';
