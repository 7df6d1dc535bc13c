export { endingOf } from './ending.ts';
export { type Fill, programOf } from './generate.ts';
