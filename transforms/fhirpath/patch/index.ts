export { applyPathPatch } from './apply.ts';
