import { createRequire } from 'node:module';
import type { Event, Events } from '../../engine/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { MetricRegistry, MetricShape } from './metric-registry.ts';

export type { MetricShape } from './metric-registry.ts';

export type Metrics = {
  /** The text of a scrape (Prometheus exposition format 0.0.4). */
  render(): Promise<string>;
  readonly contentType: string;
  /** All metrics with their labels: what an alert rule or a panel may name. */
  shapes(): readonly MetricShape[];
  close(): void;
};

export type MetricsOptions = {
  readonly events: Events;
  readonly snapshot: () => Snapshot | undefined;
  /** The folder whose disk is watched; absent: no disk metrics. */
  readonly dataDir?: string;
};

const require = createRequire(import.meta.url);
const registries = (): typeof import('./metric-registry.ts') => require('./metric-registry.ts');

/** Events that may wait for somebody who reads the metrics; a small heap of small objects. */
const waitingMax = 1_000;

/**
 * The registry of one engine: counters from the events, levels from a snapshot at scrape time, and
 * Node's own process metrics. No patient data can reach a label (`series.ts`). What keeps the books
 * is loaded by the first scrape, or when that lets the events wait for too long: a start does not
 * wait for it.
 */
export function createMetrics({ events, snapshot, dataDir }: MetricsOptions): Metrics {
  let opened: MetricRegistry | undefined;
  let waiting: Event[] = [];
  const registry = (): MetricRegistry => {
    if (opened !== undefined) return opened;
    opened = registries().createRegistry(dataDir);
    for (const event of waiting) opened.record(event);
    waiting = [];
    return opened;
  };
  const stopListening = events.subscribe((event) => {
    if (opened !== undefined) opened.record(event);
    else if (waiting.push(event) >= waitingMax) registry();
  });
  return {
    render: () => registry().render(snapshot()),
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    shapes: () => registry().shapes(),
    close() {
      stopListening();
      opened?.close();
    },
  };
}
