export { type Crosswalk, openCrosswalk } from './crosswalk.ts';
export { identifyStage } from './identify.ts';
export { type Answer, type Message, type Method, type Resolved, resolve } from './resolve.ts';
export { type IdentityStore, openIdentityStore, type StoreOptions } from './store.ts';
export { type Tallied, tallied } from './tally.ts';
