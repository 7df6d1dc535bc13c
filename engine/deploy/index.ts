export { createChanges } from './changes.ts';
export { deployments } from './deployments.ts';
export { createLeftBehind } from './left-behind.ts';
