import type { Assessment } from '../../assessment.ts';
import type { RecordNo } from '../../events.ts';

/** Evidence that two records are one person; the person of `a` survives. */
export type Link = {
  readonly a: RecordNo;
  readonly b: RecordNo;
  /** In bits; among edges of the same standing the heavier holds when a person is split. */
  readonly weight: number;
  /** Kept with the link, for the steward who asks why. */
  readonly score?: Score;
};

export type Score = {
  readonly assessment: Assessment;
  readonly verdict: string;
  readonly model: string;
  readonly policy: string;
};
