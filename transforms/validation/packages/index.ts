export { compareVersions, findByCanonical, indexByCanonical } from './canonical.ts';
export { createDefinitions, type Definitions } from './definitions.ts';
export { type FhirPackage, readPackage } from './read-package.ts';
