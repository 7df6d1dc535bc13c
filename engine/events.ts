import type { MessageId } from './ids.ts';

/**
 * Everything that happens, as typed events. Metrics, logs, the live stream and alerts are made from
 * this list and from nothing else; no component calls a metric or a logger. An event MUST NOT carry
 * patient data. `count` lets one event stand for a batch.
 */
export type Event =
  | { type: 'engine-started'; version: string; startMs: number }
  | { type: 'engine-stopping'; reason: string }
  | { type: 'recovered'; claimed: number; ready: number; held: number; tookMs: number }
  | {
      type: 'channel-state';
      channel: string;
      state: ChannelState;
      revision: string;
      cause?: string;
    }
  | { type: 'listening'; channel: string; kind: string; host: string; port: number }
  | { type: 'connection-opened'; channel: string }
  | { type: 'connection-closed'; channel: string; cause: string }
  /** A frame, request or file that never became a message; `reason` is a stable code. */
  | { type: 'input-refused'; channel: string; reason: string; bytes: number }
  | { type: 'input-flagged'; channel: string; code: string }
  | { type: 'landed'; channel: string; count: number; bytes: number }
  | { type: 'duplicate'; channel: string; count: number }
  /** Same duplicate key, other bytes: processed, but somebody reuses control ids. */
  | { type: 'key-reused'; channel: string; id: MessageId }
  /** How far an export that we fetch is: made by its server, then taken by us. */
  | { type: 'export-progress'; channel: string; percent: number }
  | { type: 'acknowledged'; channel: string; code: string; latencyMs: number }
  | { type: 'commit'; rows: number; tookMs: number }
  | { type: 'commit-failed'; cause: string }
  | { type: 'journal-reopened'; partition: string }
  /** Finished days were not looked through; the next hour tries again. */
  | { type: 'upkeep-failed'; cause: string }
  | {
      type: 'partition-opened' | 'partition-expired' | 'partition-unreadable';
      partition: string;
      cause?: string;
    }
  /**
   * Pages of a partition went bad: what could be read was copied. `held` messages wait for a
   * person; of `lost` ones, finished or not even known, the bytes are gone.
   */
  | { type: 'partition-damaged'; partition: string; held: number; lost: number }
  | { type: 'stage'; channel: string; stage: string; count: number; tookMs: number }
  | { type: 'filtered'; channel: string; reason: string; count: number }
  | {
      type: 'held';
      channel: string;
      destination: string;
      stage: string;
      code: string;
      count: number;
    }
  | { type: 'retried'; channel: string; destination: string; cause: string; afterMs: number }
  /** The chain has settled these messages. */
  | { type: 'settled'; channel: string; count: number; tookMs: number }
  /** One settled message, only emitted while somebody looks on (`tap`, the live stream). */
  | {
      type: 'message';
      channel: string;
      id: MessageId;
      controlId: string;
      outcome: string;
      sha256: string;
      receivedUs: number;
      resources: number;
    }
  | { type: 'issue'; channel: string; stage: string; code: string; severity: string; count: number }
  | { type: 'unvisited'; channel: string; field: string; count: number }
  /** Functions of a mapping were called; `script` is `mapping/function`. */
  | {
      type: 'script';
      channel: string;
      script: string;
      calls: number;
      failures: number;
      tookMs: number;
    }
  | { type: 'unmapped-code'; channel: string; map: string; count: number }
  | { type: 'delivered'; channel: string; destination: string; count: number; tookMs: number }
  | {
      type: 'destination-unavailable';
      channel: string;
      destination: string;
      cause: string;
      retryMs: number;
    }
  | { type: 'late-ack'; channel: string; destination: string }
  /** An application acknowledgement that came after the message was accepted, awaited no more. */
  | { type: 'application-ack'; channel: string; destination: string; code: string }
  /** `moved`: to this destination, from another of its channel. */
  | {
      type: 'waived' | 'replayed' | 'moved';
      channel: string;
      destination: string;
      count: number;
      by: string;
    }
  | { type: 'worker-lost'; channel: string; cause: string }
  | { type: 'config-refused'; mistakes: number }
  | { type: 'signed-in' | 'sign-in-refused'; principal: string }
  /** A program got an access token at this channel's listener. */
  | { type: 'access-granted'; channel: string; client: string; scopes: string }
  /** `client` is '' unless it is one that the configuration names; `reason` is a stable code. */
  | { type: 'access-refused'; channel: string; client: string; reason: string }
  /** Entries wait in memory for the audit trail, which cannot be written. */
  | { type: 'audit-failed'; cause: string; waiting: number }
  /** A question was not answered, as the service's store cannot be used; `code` says why. */
  | { type: 'service-unavailable'; service: string; code: string }
  /** For the audit trail: ids of persons and records, and nothing that is known of them. */
  | {
      type: 'identity-access';
      principal: string;
      by: string;
      action: string;
      isChange: boolean;
      purpose: string;
      persons: readonly string[];
      records: readonly number[];
      outcome: string;
    };

export type ChannelState = 'stopped' | 'starting' | 'running' | 'paused' | 'draining' | 'failed';
export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

export type Events = {
  emit(event: Event): void;
  /** Called for every event; the returned function ends it. A listener that throws is a bug. */
  subscribe(listener: (event: Event) => void): () => void;
  /** Somebody wants costly per-message events; counts lookers-on. The returned function ends it. */
  watch(): () => void;
  watched(): boolean;
};

export function createEvents(): Events {
  const listeners = new Set<(event: Event) => void>();
  let lookersOn = 0;
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watch() {
      lookersOn += 1;
      let open = true;
      return () => {
        if (open) lookersOn -= 1;
        open = false;
      };
    },
    watched: () => lookersOn > 0,
  };
}
