export { packageInputs } from './package.ts';
export { readFhirJson } from './read-json.ts';
export { isTerminology } from './resource.ts';
export { listOf, misshapen, textOf } from './shape.ts';
