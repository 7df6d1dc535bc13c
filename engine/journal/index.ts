export { type Control, openControl, type PartitionRow, type RevisionRow } from './control.ts';
export { expire, type Retention } from './expiry.ts';
export { sha256 } from './hash.ts';
export { type Journal, type JournalOptions, openJournal } from './journal.ts';
export { batchCode, type ChannelRef, heldCode, type LandingResult } from './landing.ts';
export { lockData } from './lock.ts';
export type { StoredMessage } from './partition.ts';
export {
  actOnHeld,
  fingerprintOf,
  type HeldAction,
  type HeldResult,
  type Place,
} from './quarantine.ts';
export { decodeRaw } from './queue.ts';
export { type Rerun, type RerunOrder, rerun } from './rerun.ts';
export { type CountKind, counts, stateNames, states } from './schema.ts';
export type { SettleContext, Settling } from './settlement.ts';
export { sourceState } from './source-state.ts';
export { strand, takeBack } from './stranded.ts';
