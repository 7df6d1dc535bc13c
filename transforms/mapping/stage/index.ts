export { convertStage } from './convert.ts';
