export { batchValidate } from './batch.ts';
export { validateInSystem } from './in-system.ts';
export { validateInValueSet } from './validate.ts';
