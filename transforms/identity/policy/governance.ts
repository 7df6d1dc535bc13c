import { hash } from 'node:crypto';
import { builtInPolicy, type IdentityPolicy } from './policy.ts';
import type { PolicySignature } from './signed-text.ts';

/** Which record's value of an attribute a golden record shows. Ties go on to the next rule. */
export const survivorshipRules = ['most-trusted', 'most-agreed', 'most-recent'] as const;
export type SurvivorshipRule = (typeof survivorshipRules)[number];

/** The attributes of a golden record that survivorship chooses. */
export const survivingAttributes = [
  'names',
  'birthDate',
  'sex',
  'addresses',
  'phones',
  'emails',
  'deceased',
] as const;
export type SurvivingAttribute = (typeof survivingAttributes)[number];

export type Survivorship = {
  readonly rules: Readonly<Record<SurvivingAttribute, SurvivorshipRule>>;
  /** Assigning authorities, the most trusted first; those that are not here come last, alike. */
  readonly trust: readonly string[];
};

/** A fitted model, named and pinned by its hash. */
export type ModelPin = { readonly name: string; readonly sha256: string };

/** What governs identity here and now: the numbers, and who answers for them. */
export type Governance = {
  readonly name: string;
  readonly version: number;
  /** SHA-256 in lower-case hex; a decision names the policy by it. */
  readonly hash: string;
  readonly origin: 'built-in' | 'file';
  readonly rationale: string;
  /** `YYYY-MM-DD` in UTC; absent for the built-in policy. */
  readonly effective?: string;
  /** Absent: the model that Plexus ships. */
  readonly model?: ModelPin;
  readonly rules: IdentityPolicy;
  readonly survivorship: Survivorship;
  /** Share of the automatic links that a steward is asked about blindly, 0..1. */
  readonly auditShare: number;
  readonly signatures: readonly PolicySignature[];
};

const builtInSurvivorship: Survivorship = {
  rules: {
    names: 'most-agreed',
    birthDate: 'most-agreed',
    sex: 'most-agreed',
    addresses: 'most-recent',
    phones: 'most-recent',
    emails: 'most-recent',
    deceased: 'most-trusted',
  },
  trust: [],
};

const builtInContent = {
  rules: builtInPolicy,
  survivorship: builtInSurvivorship,
  auditShare: 0.01,
} as const;

/** The policy of an installation without `config/identity/policy.yaml`. */
export const builtInGovernance: Governance = {
  ...builtInContent,
  name: 'built-in',
  version: 1,
  hash: hash('sha256', JSON.stringify(builtInContent), 'hex'),
  origin: 'built-in',
  rationale: 'The conservative policy that Plexus ships: it would rather ask than link.',
  signatures: [],
};
