export { followDatabase } from './follow.ts';
