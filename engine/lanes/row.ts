import type { MessageId } from '../ids.ts';

/** An open row of the queue on its way to a lane. */
export type Row = {
  readonly id: MessageId;
  readonly generation: number;
  /** Hashes of the ordering keys; none: no order to keep. */
  readonly keys: readonly number[];
  readonly bytes: number;
  /** Claims since its last verdict, durable: how often its processing died. */
  readonly attempts: number;
  /** Verdicts that said: later. */
  readonly retries: number;
  /**
   * It was being processed when something died: it runs alone, so that no innocent is taken for it.
   */
  readonly suspect: boolean;
  /** Ordered by a reconversion: routes that forward it as it came may have had it. */
  readonly isReconverted?: true;
  /** Waiting for its retry, microseconds since the epoch; 0 when it is not. */
  readonly dueUs: number;
};

/** The keys that order a row; a row without any has one of its own, so that it can wait alone. */
export const keysOf = (row: Row): readonly number[] => (row.keys.length > 0 ? row.keys : [-row.id]);
