import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Events } from '../../engine/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { createGauges } from './gauges.ts';
import { createRecorder } from './recorders.ts';
import { metricMaker } from './series.ts';

export type Metrics = {
  /** The text of a scrape (Prometheus exposition format 0.0.4). */
  render(): Promise<string>;
  readonly contentType: string;
  /** All metrics with their labels: what an alert rule or a panel may name. */
  shapes(): readonly MetricShape[];
  close(): void;
};

export type MetricShape = {
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly isHistogram: boolean;
};

export type MetricsOptions = {
  readonly events: Events;
  readonly snapshot: () => Snapshot | undefined;
  /** The folder whose disk is watched; absent: no disk metrics. */
  readonly dataDir?: string;
};

/**
 * The registry of one engine: counters from the events, levels from a snapshot at scrape time, and
 * Node's own process metrics. No patient data can reach a label (`series.ts`).
 */
export function createMetrics({ events, snapshot, dataDir }: MetricsOptions): Metrics {
  const registry = new Registry();
  const make = metricMaker(registry);
  const setGauges = createGauges(make, dataDir);
  const stopRecording = events.subscribe(createRecorder(make));
  collectDefaultMetrics({ register: registry });
  return {
    render() {
      setGauges(snapshot());
      return registry.metrics();
    },
    contentType: registry.contentType,
    shapes: () => registry.getMetricsAsArray().map(shapeOf),
    close() {
      stopRecording();
      registry.clear();
    },
  };
}

/** prom-client keeps a metric's name and labels on it, but leaves the labels out of its types. */
function shapeOf(metric: { name: string }): MetricShape {
  const { labelNames = [] } = metric as { labelNames?: readonly string[] };
  return { name: metric.name, labelNames, isHistogram: metric instanceof Histogram };
}
