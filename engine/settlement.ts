import type { Issue } from './issue.ts';
import type { SettledOutcome } from './outcome.ts';

/** How a landed message ended, for `ack: settled`. */
export type Settlement = {
  readonly outcome: SettledOutcome;
  readonly issues: readonly Issue[];
  /** What the requests in the message came to, where it holds any. */
  readonly written?: Written;
  /** Of a batch: how each of its messages ended, in the order in which they landed. */
  readonly parts?: readonly Settlement[];
};

/** What became of the requests that a message holds: all were granted, or none. */
export type Written = {
  readonly granted: readonly Granted[];
  /** `entry`: which of the message's requests, from 0 on. */
  readonly refused: readonly { readonly entry: number; readonly issue: Issue }[];
};

/** One request, granted, with what its sender is told of the resource. */
export type Granted = {
  readonly entry: number;
  /** `found`: it was there and stays as it is; `absent`: there was nothing to delete. */
  readonly did: 'created' | 'updated' | 'unchanged' | 'deleted' | 'found' | 'absent';
  readonly type: string;
  /** As the sender addresses it. */
  readonly id: string;
  /** 0 where there is none. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly changedMs: number;
};
