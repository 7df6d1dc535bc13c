export { checkMapping } from './check.ts';
