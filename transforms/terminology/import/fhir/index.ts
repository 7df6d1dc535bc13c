export { packageInputs } from './package.ts';
export { readFhirJson } from './read-json.ts';
export { listOf, textOf } from './shape.ts';
