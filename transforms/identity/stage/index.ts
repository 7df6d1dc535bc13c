export { identifying } from './identify-run.ts';
export { blockedBy, openPeople, type People } from './people.ts';
export { isSamePatient, rawPatient } from './raw-patient.ts';
export { type Answer, type Message, type Method, type Resolved, resolve } from './resolve.ts';
export { contextOf } from './search.ts';
export { type IdentityStore, openIdentityStore, type StoreOptions } from './store.ts';
export { type Tallied, tallied } from './tally.ts';
