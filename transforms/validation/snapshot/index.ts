export { generateSnapshot } from './generate.ts';
