export { judgeExtensions } from './extensions/judge.ts';
export {
  dueForReview,
  type Extensions,
  extensionFiles,
  extensionsSchema,
  type Registered,
  readExtensions,
} from './extensions/registry.ts';
