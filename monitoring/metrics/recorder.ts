import type { EventOf, EventType } from '../../engine/index.ts';

/** What each event does to the metrics. */
export type Recorders = { readonly [T in EventType]: (event: EventOf<T>) => void };

/** Of an event that no metric counts. */
export const nothing = () => {};

/** Bounds of histograms over batches of work, in seconds. */
export const workSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
