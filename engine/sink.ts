import type { Clock } from './clock.ts';
import type { Events } from './events.ts';
import type { MessageId } from './ids.ts';
import type { Issue } from './issue.ts';
import type { Settlement, Written } from './settlement.ts';

/** One message to be delivered to one destination. */
export type Delivery = {
  readonly id: MessageId;
  readonly generation: number;
  readonly channel: string;
  readonly sha256: string;
  readonly receivedUs: number;
  /** How often delivery was tried before, durable; 0 at the first try. */
  readonly attempts: number;
  /** True when an attempt was under way as the engine died: the peer may have it already. */
  readonly uncertain: boolean;
  /**
   * Hashes of its ordering keys: after a `retry` no later delivery that shares one may go out (G5).
   * Absent: it may share one with any other.
   */
  readonly keys?: readonly number[];
  /** The bytes as they came. */
  raw(): Buffer;
  /** How the chain settled it, which an answer to its sender tells; undefined: it runs again. */
  settlement(): Settlement | undefined;
  /** The resources that this message made, each as one line of JSON without line end. */
  resources(): readonly ResourceLine[];
};

export type ResourceLine = {
  readonly type: string;
  readonly id: string;
  readonly json: string;
  /** The resource is there no more: `json` is a tombstone, with id, version and that mark alone. */
  readonly deleted?: true;
};

/** Reads what a message made, for destinations and for `trace`; the spine fills it. */
export type ResourceReader = {
  resourcesOf(id: MessageId, generation: number): readonly ResourceLine[];
  /** What a sender's requests came to; undefined where a message holds none. */
  writtenBy?(id: MessageId): Written | undefined;
};

export type Verdict =
  | { readonly kind: 'delivered' }
  /** This message failed for now: its key waits with backoff, others flow. */
  | { readonly kind: 'retry'; readonly cause: string }
  /**
   * The destination as a whole cannot take anything now: all of it waits, no attempt is counted.
   */
  | { readonly kind: 'unavailable'; readonly cause: string }
  /** The destination refused it for good (AR), or policy wants a person to look. */
  | { readonly kind: 'hold'; readonly issues: readonly Issue[] };

/** What a batch came to. `cursors` are committed in the same transaction as the verdicts. */
export type Delivered = {
  readonly verdicts: readonly Verdict[];
  readonly cursors?: readonly { readonly path: string; readonly bytes: number }[];
};

export type SinkContext = {
  readonly channel: string;
  /** The destination's own name, unique in the network: `channel/route`. */
  readonly destination: string;
  readonly clock: Clock;
  readonly events: Events;
  /** Committed cursors by path: what lies behind them was never settled and must be cut off. */
  readonly cursors: ReadonlyMap<string, number>;
  resolvePath(path: string): string;
  /** Where the configuration of this deployment lies. */
  readonly configDir?: string;
  /** The engine's own folder, so that a destination can keep out of it. */
  readonly dataDir?: string;
};

/**
 * A running destination. `deliver` is called with at most `batch` deliveries in order and never
 * twice at once. It MUST NOT throw for a peer's failure, MUST give one verdict a delivery in the
 * same order, and MUST be idempotent or say through `uncertain` handling what it does with a
 * doubtful one (G3).
 */
export type Sink = {
  readonly batch: number;
  /**
   * Set by a sink for which a delivery that was never settled leaves no trace (its cursors cut it
   * off): attempts need not be durable before they are made.
   */
  readonly repeatable?: true;
  deliver(deliveries: readonly Delivery[]): Promise<Delivered>;
  close(): Promise<void>;
};
