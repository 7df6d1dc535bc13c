export type {
  Contribution,
  Conversion,
  IdentityDecision,
  Mark,
  Provenance,
} from './contribution.ts';
