import type { ComponentConfig } from '../config/index.ts';
import type { MessageId } from '../ids.ts';
import type { ChainVerdict } from '../outcome.ts';
import type { ResourceLine } from '../sink.ts';
import type { ScriptUse, UnmappedUse } from '../stage.ts';
import type { ChainResult } from './chain.ts';

/** Which chain runs: enough for a worker to build it. */
export type ChainSpec = {
  readonly channel: string;
  readonly revision: string;
  readonly stages: readonly ComponentConfig[];
  /** The folder that holds the configuration as it was deployed. */
  readonly configDir: string;
};

/** A batch on its way to a worker: the raw bytes of all messages in one transferable buffer. */
export type ChainTask = {
  readonly spec: ChainSpec;
  readonly bytes: Uint8Array;
  readonly messages: readonly {
    readonly id: MessageId;
    readonly generation: number;
    readonly receivedUs: number;
    readonly sha256: string;
    readonly length: number;
    /**
     * Hashes of its ordering keys: what comes after a retry of the same key must not overtake it.
     */
    readonly keys: readonly number[];
  }[];
};

/** What a worker says of one message. */
export type ChainReply = {
  readonly verdict: ChainVerdict;
  readonly tookUs: readonly number[];
  readonly issues: ChainResult['issues'];
  /** Populated fields that nobody read; absent where there are none. */
  readonly unvisited?: readonly string[];
  readonly resources: readonly ResourceLine[];
};

export type ChainReplies = {
  readonly replies: readonly ChainReply[];
  /** Populated fields that nobody read, with their number in this batch. */
  readonly unvisited: readonly (readonly [string, number])[];
  readonly scripts?: readonly ScriptUse[];
  readonly unmapped?: readonly UnmappedUse[];
};

/** Lays the raw bytes of a batch end to end, in memory of their own that can be handed over. */
export function packBytes(raws: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const total = raws.reduce((sum, raw) => sum + raw.length, 0);
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const raw of raws) {
    bytes.set(raw, offset);
    offset += raw.length;
  }
  return bytes;
}
