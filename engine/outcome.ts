import type { Issue } from './issue.ts';

/** How a message ended, in the one word of command line, API, events and channel tests. */
export const settledOutcomes = ['delivered', 'filtered', 'quarantined'] as const;

export type SettledOutcome = (typeof settledOutcomes)[number];

/** The same for a message that may still be under way. */
export const messageOutcomes = ['pending', ...settledOutcomes] as const;

export type MessageOutcome = (typeof messageOutcomes)[number];

/** What a chain made of one message. */
export type ChainVerdict =
  | { readonly kind: 'settled' }
  | { readonly kind: 'filtered'; readonly reason: string }
  | { readonly kind: 'held'; readonly stage: string; readonly issues: readonly Issue[] }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly cause: string };

/** What the verdict of a chain is for those who look at the message. */
export const outcomeOfVerdict = {
  settled: 'delivered',
  filtered: 'filtered',
  held: 'quarantined',
  retry: 'pending',
} as const satisfies Record<ChainVerdict['kind'], MessageOutcome>;
