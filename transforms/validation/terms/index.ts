export { type CodeSystem, type Expansion, expand, type Terms, type ValueSet } from './expand.ts';
export { isNoCodeOf, type Measured, measures } from './grammars.ts';
export { createValueSets, firstOf, type MoreTerms, type ValueSets } from './value-sets.ts';
export type { Verdict } from './verdict.ts';
