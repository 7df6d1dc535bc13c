import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Event } from '../../engine/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { createGauges } from './gauges.ts';
import { createRecorder } from './recorders.ts';
import { metricMaker } from './series.ts';

/** A metric with its labels: what an alert rule or a panel may name. */
export type MetricShape = {
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly isHistogram: boolean;
};

/** The metrics themselves; prom-client is loaded with this file. */
export type MetricRegistry = {
  record(event: Event): void;
  render(snapshot: Snapshot | undefined): Promise<string>;
  shapes(): readonly MetricShape[];
  close(): void;
};

/** `dataDir`: the folder whose disk is watched. */
export function createRegistry(dataDir: string | undefined): MetricRegistry {
  const registry = new Registry();
  const make = metricMaker(registry);
  const setGauges = createGauges(make, dataDir);
  const record = createRecorder(make);
  collectDefaultMetrics({ register: registry });
  return {
    record,
    render(snapshot) {
      setGauges(snapshot);
      return registry.metrics();
    },
    shapes: () => registry.getMetricsAsArray().map(shapeOf),
    close: () => registry.clear(),
  };
}

/** prom-client keeps a metric's name and labels on it, but leaves the labels out of its types. */
function shapeOf(metric: { name: string }): MetricShape {
  const { labelNames = [] } = metric as { labelNames?: readonly string[] };
  return { name: metric.name, labelNames, isHistogram: metric instanceof Histogram };
}
