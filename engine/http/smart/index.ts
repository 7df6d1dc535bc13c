export type { SmartClient } from './assertion.ts';
export { type KeySource, keySetFault } from './key-sets.ts';
export { parseScope, permits } from './scopes.ts';
export { createSmartServer, type SmartOptions, type SmartServer, tokenPath } from './server.ts';
