export { definitionsFor, openGate } from './open-gate.ts';
export { type ValidateConfig, validateSchema } from './pinned-profiles.ts';
export { validateStage } from './validate-stage.ts';
