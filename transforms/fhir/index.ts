export type { Contribution, Conversion, IdentityDecision, Provenance } from './contribution.ts';
