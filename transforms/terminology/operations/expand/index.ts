export { expand } from './expand.ts';
export { type ExpandedCode, expandedCodes, valueSetBy } from './expanded-codes.ts';
