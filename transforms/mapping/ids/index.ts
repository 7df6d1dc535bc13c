export { type CorrectionPlan, correctionPlan } from './correction-plan.ts';
export {
  compileRuleCondition,
  findInstance,
  type Instances,
  instanceAt,
  type RuleCondition,
} from './instances.ts';
export { compileKey, type KeyReader, keyWords } from './keys.ts';
export { compileList, isEmptied, type ListPlan, listings } from './listings.ts';
export { type FullRun, type Made, makeInstances } from './make-instances.ts';
export { compileOthers } from './numbers.ts';
export { isVisitField, numberedBy, visitNumberOf } from './visit-fields.ts';
