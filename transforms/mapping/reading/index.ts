export { actionFields, isListed } from './action-codes.ts';
export { type Cell, cellText, component, nested, subcomponent } from './cell.ts';
export { type Collector, createCollector } from './collector.ts';
export { canHold, compileCondition, isAmong, type Place, type Predicate } from './conditions.ts';
export { compileDialect, compileTable, type Dialect } from './dialect.ts';
export { fieldPath, parseFieldPath } from './field-path.ts';
export {
  copyOf,
  type Memos,
  memosFor,
  ownText,
  type Remembered,
  recall,
  remember,
  rememberedField,
  rememberedPath,
} from './memo.ts';
export {
  createReader,
  type Field,
  plainText,
  type Reader,
  type ReadPath,
  readField,
  readPath,
  readText,
} from './reader.ts';
export { mayRepeat } from './repeating-fields.ts';
export { type Scope, scopeOf, segmentNumber } from './scope-of-shape.ts';
