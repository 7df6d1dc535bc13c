export { mllpSource } from './mllp.ts';
