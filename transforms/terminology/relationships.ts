import type { Relationship } from './knowledge.ts';

/** What an R4 equivalence says as an R5 relationship; R4 words tell what the target is. */
export const relationshipOf: Readonly<Record<string, Relationship>> = {
  relatedto: 'related-to',
  equivalent: 'equivalent',
  equal: 'equivalent',
  wider: 'source-is-narrower-than-target',
  subsumes: 'source-is-narrower-than-target',
  narrower: 'source-is-broader-than-target',
  specializes: 'source-is-broader-than-target',
  inexact: 'related-to',
  unmatched: 'not-related-to',
  disjoint: 'not-related-to',
};
