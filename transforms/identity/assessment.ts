/** What two records are compared by; each gives one level, or null when either side is unknown. */
export const comparisonNames = [
  'given',
  'family',
  'middle',
  'birthDate',
  'sex',
  'address',
  'phone',
  'email',
  'identifier',
] as const;
export type ComparisonName = (typeof comparisonNames)[number];

/**
 * Evidence that is independent of the other groups. A household shares `place` and `contact`, and
 * its twins share `birth`: two groups must agree before anything is linked by itself, one of them
 * not shared by a household.
 */
export const evidenceGroups = ['name', 'birth', 'place', 'contact', 'identifier'] as const;
export type EvidenceGroup = (typeof evidenceGroups)[number];

/** One bar of the waterfall. `weight` is log2(m/u) in bits, after term frequency; 0 for null. */
export type WeightBar = {
  readonly comparison: ComparisonName;
  /** Name of the level, e.g. `exact`, `jaro-winkler-92`, `null`. */
  readonly level: string;
  readonly weight: number;
};

/** A veto that fired. `id` is stable (`strong-identifier-conflict`), its text in the register. */
export type Veto = { readonly id: string };

/** Everything that is known of whether two records are one person. */
export type Assessment = {
  /** Calibrated probability, 0..1. */
  readonly p: number;
  /** Sum of the bars and the prior, in bits. */
  readonly weight: number;
  readonly bars: readonly WeightBar[];
  readonly vetoes: readonly Veto[];
  /** The groups that agree. */
  readonly agreeing: readonly EvidenceGroup[];
};

/** What is done with a pair or a candidate. */
export type Verdict = 'auto' | 'review' | 'distinct';

/** Why a verdict was not `auto` though the score may be high; stable codes, shown to stewards. */
export type VerdictReason =
  | 'above-high-threshold'
  | 'between-thresholds'
  | 'below-low-threshold'
  | 'vetoed'
  | 'margin'
  | 'evidence-groups'
  | 'member-disagrees'
  | 'do-not-link'
  | 'cluster-cap';
