export { type Fill, programOf } from './generate.ts';
