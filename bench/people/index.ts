export { corrupt, mistype } from './corrupt.ts';
export { type DuplicateOptions, duplicatePairs } from './duplicates.ts';
export { householdOf, people } from './households.ts';
export {
  type Completeness,
  complete,
  mrSystem,
  type Person,
  recordOf,
  ssnSystem,
  usual,
} from './person.ts';
export { type Random, randomOf } from './random.ts';
export {
  type TrapClass,
  type TrapOptions,
  type TrapPair,
  trapClasses,
  trapPairs,
} from './traps.ts';
