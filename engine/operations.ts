import type { ChannelState } from './events.ts';
import type { MessageId } from './ids.ts';
import type { Issue } from './issue.ts';
import type { MessageOutcome } from './outcome.ts';
import type { ResourceLine } from './sink.ts';
import type { Listening } from './source.ts';

/**
 * What a person can ask of the engine or tell it. The command line and the HTTP API are two faces
 * of this one interface; the reading half also works on a data folder whose engine does not run.
 */
export type Reader = {
  channels(): readonly ChannelView[];
  /**
   * Oldest first; without `limit` every message. Duplicates that got their stored ACK have no row.
   */
  messages(query: MessageQuery): Iterable<MessageView>;
  trace(id: MessageId): TraceView | undefined;
  /** One row a fingerprint (channel, destination, stage, code, path). */
  quarantine(query: QuarantineQuery): readonly HeldGroup[];
  held(query: QuarantineQuery): Iterable<HeldView>;
  conservation(): readonly Conservation[];
};

/** What can be done to a channel, in the words of command line and API. */
export const channelVerbs = ['start', 'stop', 'pause', 'drain', 'deploy', 'rollback'] as const;

export type Operations = Reader & {
  listening(): readonly Listening[];
  start(channel: string): Promise<void>;
  /** Stops taking in, finishes the claimed, keeps the queue. */
  stop(channel: string): Promise<void>;
  /** Takes in and acknowledges, processes nothing. */
  pause(channel: string): Promise<void>;
  /** Stops taking in and works the queue off, then stops. */
  drain(channel: string): Promise<void>;
  /**
   * Reads the configuration again, tries it, and swaps what changed (G12). Names the channels
   * swapped. A channel that was rolled back stays as it is.
   */
  reload(): Promise<readonly string[]>;
  deploy(channel: string): Promise<string>;
  /**
   * Back to the revision deployed before the one that runs, and stays there until `deploy`; answers
   * with it. Throws `revision-missing`.
   */
  rollback(channel: string): Promise<string>;
  assign(selection: HeldSelection, owner: string, by: string): Promise<number>;
  replay(selection: HeldSelection, by: string): Promise<number>;
  /**
   * Replays one held message on a copy that somebody mended; the raw bytes are never touched. Gives
   * 0 when it is not held. Throws `edit-of-delivery` for what a route held.
   */
  edit(id: MessageId, raw: Buffer, reason: string, by: string): Promise<number>;
  /** Gives held deliveries to another route of their channel. Throws `unknown-route`. */
  move(selection: HeldSelection, to: string, reason: string, by: string): Promise<number>;
  waive(selection: HeldSelection, reason: string, by: string): Promise<number>;
  /**
   * Runs messages that were done with once more through today's chain, as a new generation, so that
   * routes publish again. Gives how many: what is open, held or expired is not among them.
   */
  rerun(ids: readonly MessageId[], reason: string, by: string): Promise<number>;
  /**
   * The same after the mapping has changed: what is held runs as well, and routes that forward
   * messages as they came do not get them again. Gives how many.
   */
  reconvert(messages: readonly Reconverted[], reason: string, by: string): Promise<number>;
  /** Which of these messages the chain has still to work off, and how many of the channel. */
  waiting(channel: string, ids: readonly MessageId[]): Waiting;
};

/** A message to convert again, and its latest generation in the spine, if it has one there. */
export type Reconverted = { readonly id: MessageId; readonly generation?: number };

export type Waiting = { readonly open: readonly MessageId[]; readonly inAll: number };

export type MessageQuery = {
  readonly channel?: string;
  readonly controlId?: string;
  readonly outcome?: MessageOutcome;
  readonly sinceUs?: number;
  readonly untilUs?: number;
  readonly sha256?: string;
  /** The newest `limit` messages, still oldest first. */
  readonly limit?: number;
};

export type MessageView = {
  readonly id: MessageId;
  readonly channel: string;
  readonly controlId: string;
  readonly receivedUs: number;
  readonly outcome: MessageOutcome;
  readonly sha256: string;
};

export type TraceView = MessageView & {
  readonly bytes: number;
  readonly duplicates: readonly number[];
  readonly steps: readonly TraceStep[];
  readonly destinations: readonly DestinationView[];
  /** What people did to it while it was held, oldest first. */
  readonly history: readonly HistoryView[];
  /** Populated fields that no rule read when it ran last, as `PID-11`. */
  readonly unvisited: readonly string[];
  readonly resources: readonly ResourceLine[];
};

export type HistoryView = {
  readonly generation: number;
  /** The name of a route; empty for the chain. */
  readonly destination: string;
  readonly atUs: number;
  readonly action: string;
  readonly by: string;
  readonly reason: string;
};

export type TraceStep = {
  readonly generation: number;
  readonly stage: string;
  readonly outcome: string;
  readonly tookUs: number;
  readonly issues: readonly Issue[];
  readonly revision: string;
};

export type DestinationView = {
  readonly destination: string;
  readonly generation: number;
  readonly state: WorkState;
  readonly attempts: number;
  readonly code: string;
};

export type WorkState =
  | 'ready'
  | 'retry'
  | 'held'
  | 'settled'
  | 'filtered'
  | 'waived'
  | 'superseded';

export type ChannelView = {
  readonly channel: string;
  readonly owner: string;
  readonly source: string;
  readonly state: ChannelState;
  readonly revision: string;
  /** Rolled back: reload and restart leave it at this revision until the next deployment. */
  readonly pinned: boolean;
  readonly received: number;
  readonly pending: number;
  readonly held: number;
  readonly settled: number;
  readonly filtered: number;
  readonly duplicates: number;
  readonly lastReceivedUs: number;
  readonly oldestPendingUs: number;
  readonly destinations: readonly QueueView[];
};

export type QueueView = {
  readonly destination: string;
  readonly pending: number;
  readonly held: number;
  readonly delivered: number;
  readonly oldestPendingUs: number;
};

export type QuarantineQuery = {
  readonly channel?: string;
  readonly code?: string;
  readonly owner?: string;
};

export type HeldGroup = {
  readonly fingerprint: string;
  readonly channel: string;
  readonly destination: string;
  readonly stage: string;
  readonly code: string;
  readonly path: string;
  readonly diagnostics: string;
  readonly owner: string;
  readonly count: number;
  readonly oldestUs: number;
  readonly newestUs: number;
};

export type HeldView = {
  readonly id: MessageId;
  readonly generation: number;
  readonly fingerprint: string;
  readonly channel: string;
  readonly destination: string;
  readonly stage: string;
  readonly issues: readonly Issue[];
  readonly owner: string;
  readonly heldUs: number;
  readonly attempts: number;
};

/** One message, or all of one fingerprint. */
export type HeldSelection = { readonly id: MessageId } | { readonly fingerprint: string };

/** G13: received = duplicate + filtered + waived + held + pending + settled. */
export type Conservation = {
  readonly channel: string;
  readonly received: number;
  readonly duplicate: number;
  readonly filtered: number;
  readonly waived: number;
  readonly held: number;
  readonly pending: number;
  readonly settled: number;
  readonly violations: number;
  readonly destinations: readonly {
    readonly destination: string;
    readonly enqueued: number;
    readonly delivered: number;
    readonly waived: number;
    readonly held: number;
    readonly pending: number;
  }[];
};
