export { compare, newLevels } from './compare.ts';
export { isGivenName } from './given-names.ts';
export { comparisonLevels, comparisonVersion, levelNo, nullLevel } from './levels.ts';
export { type Prepared, type PreparedAddress, type PreparedName, prepare } from './prepare.ts';
export {
  createSketches,
  levelSetsBetween,
  newLevelSets,
  type Sketches,
} from './sketch.ts';
export type { Sketched } from './sketch-room.ts';
export { isOneEdit, jaroWinkler } from './strings.ts';
