export { openGate } from './open-gate.ts';
export { validating } from './validate-run.ts';
