import type { AccessTokens } from './access-tokens.ts';
import type { Clock } from './clock.ts';
import type { Events } from './events.ts';
import type { Gate } from './gate.ts';
import type { MessageId } from './ids.ts';
import type { Issue } from './issue.ts';
import type { Settlement } from './settlement.ts';
import type { Delivery, Verdict } from './sink.ts';

/** What a source hands to the journal: bytes as they came, and what ordering and dedupe need. */
export type Landing = {
  readonly raw: Buffer;
  /** When the last byte arrived, microseconds since the epoch. */
  readonly receivedUs: number;
  /** The sender's own name for the message: MSH-10, or a FHIR Bundle.identifier. */
  readonly controlId?: string;
  /**
   * The duplicate key without the channel, e.g. MSH-3, MSH-4 and MSH-10; absent: never a duplicate.
   */
  readonly dedupeKey?: string;
  /**
   * Whose order must hold (a patient's identifier). Two keys make the message a barrier on both.
   */
  readonly orderingKeys: readonly string[];
  /** Set when the source already knows that the bytes cannot be processed: lands in quarantine. */
  readonly refused?: readonly Issue[];
  /** Set when the source knows that nobody wants it processed: lands as filtered, by this code. */
  readonly filtered?: string;
  /**
   * The sender is owed an answer once the chain has settled it: durable with the landing, and again
   * for a duplicate.
   */
  readonly answer?: true;
};

export type Landed = {
  readonly id: MessageId;
  /**
   * True when key and hash equal those of an earlier landing, which `id` and `receivedUs` then
   * name.
   */
  readonly duplicate: boolean;
  /** When this message (or the earlier one) was received: what an ACK is rendered from. */
  readonly receivedUs: number;
  readonly sha256: string;
};

/** Of an answer that can be given to nobody. */
export const senderGone: Issue = {
  severity: 'error',
  code: 'sender-gone',
  diagnostics:
    'The sender was owed an application acknowledgement and had closed its connection. Configure ' +
    'the route `replies` and replay this, or waive it; a resend is answered as well.',
};

/**
 * What a source must remember over a restart: how far it has come with what it fetches, and which
 * names were used up. Of its channel, in the control store. What is written is durable (fsynced)
 * when the call returns, and costs a commit: once a page, not once a message. Throws PlexusError
 * `journal-unavailable` when it cannot write.
 */
export type SourceState = {
  /** The JSON value that was last put under a key; undefined when there is none. */
  get(key: string): unknown;
  /** Replaces the value under a key; undefined removes it. */
  put(key: string, value: unknown): void;
  /** The same for several, in one commit. */
  putAll(entries: readonly (readonly [key: string, value: unknown])[]): void;
  /** The keys that begin so, in the order of their characters. */
  keys(prefix: string): readonly string[];
  /**
   * True for the first that claims a name; false for everybody else until `untilUs` has passed
   * (microseconds since the epoch). Names that have passed are forgotten.
   */
  once(name: string, untilUs: number, nowUs: number): boolean;
};

/** What the engine gives to a source when it opens it. */
export type SourceContext = {
  readonly channel: string;
  /** When to answer: after the landing's fsync, or after the chain has settled the message. */
  readonly ack: 'landed' | 'settled';
  /** A route carries the answers that `Landing.answer` asks for; else they come to `answer`. */
  readonly answersElsewhere?: boolean;
  readonly clock: Clock;
  readonly events: Events;
  /**
   * Resolves after the fsync of the bytes; rejects with a PlexusError `journal-unavailable` when
   * they are not durable. A source MUST NOT answer positively before it resolves (G1, G2).
   */
  land(landing: Landing): Promise<Landed>;
  /** A batch file: the whole and every message in it land in one commit. Answers whole first. */
  landBatch(whole: Landing, parts: readonly Landing[]): Promise<readonly Landed[]>;
  /** Resolves when the chain has settled the message (generation 0). */
  settled(id: MessageId): Promise<Settlement>;
  readonly state: SourceState;
  /** Those that the sources of this process gave to their clients. */
  readonly tokens: AccessTokens;
  /**
   * What the channel judges resources by; absent where none of its stages does. The first call
   * reads definitions, which takes a moment. Throws PlexusError for what the stage would hold.
   */
  readonly gate?: () => Gate;
  /** `--ports any`: bind to a free port in place of the configured one. */
  readonly anyPort: boolean;
  /** Resolves a path written in the channel file against the configuration folder. */
  resolvePath(path: string): string;
};

/** One open port (or watched folder), as `./plexus run` prints it. */
export type Listening = {
  readonly channel: string;
  readonly kind: 'mllp' | 'mllps' | 'fhir' | 'http' | 'files';
  readonly host: string;
  readonly port: number;
};

/**
 * A running source. It MUST land before it answers, stop accepting within `close`, and let answers
 * that are under way go out first.
 */
export type Source = {
  open(): Promise<readonly Listening[]>;
  /** Stops accepting and, within `drainMs`, finishes what was accepted. */
  close(drainMs: number): Promise<void>;
  /**
   * Answers senders whose messages the chain has settled; one verdict a delivery. What can be given
   * to nobody is held.
   */
  answer?(deliveries: readonly Delivery[]): readonly Verdict[];
  /** How many senders are connected; 1 for a folder that can be read. Shown, never relied on. */
  connections?(): number;
};
