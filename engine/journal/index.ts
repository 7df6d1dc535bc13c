export { type Control, openControl } from './control.ts';
export { expire, type Retention } from './expiry.ts';
export { hash48, sha256 } from './hash.ts';
export { type Journal, type JournalOptions, openJournal } from './journal.ts';
export { type ChannelRef, heldCode, type LandingResult } from './landing.ts';
export { lockData } from './lock.ts';
export { actOnHeld, type HeldAction, type HeldResult } from './quarantine.ts';
export { type CountKind, counts, stateNames, states } from './schema.ts';
export type { SettleContext, Settling } from './settlement.ts';
