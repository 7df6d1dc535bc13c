import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Series that one metric may have; the next label values are counted as `other`. */
export const seriesMax = 500;

/** Names and stable codes look like this; free text (which might name a patient) does not. */
const labelShape = /^[A-Za-z0-9][A-Za-z0-9._/@^:-]{0,79}$/;

type Labels = (values: readonly string[]) => Record<string, string>;

/**
 * Labels that cannot run away: values that are no name or code become `other`, and so does
 * everything past `seriesMax` combinations. The first label (the channel) survives, as it comes
 * from the configuration.
 */
export function boundedLabels(names: readonly string[], max = seriesMax): Labels {
  const known = new Map<string, Record<string, string>>();
  return (values) => {
    const key = values.join('\n');
    const seen = known.get(key);
    if (seen) return seen;
    const isFull = known.size >= max;
    const labels = Object.fromEntries(
      names.map((name, index) => [name, isFull && index > 0 ? 'other' : labelValue(values[index])]),
    );
    if (!isFull) known.set(key, labels);
    return labels;
  };
}

function labelValue(value: string | undefined): string {
  if (value === '') return 'none';
  return value !== undefined && labelShape.test(value) ? value : 'other';
}

export type Count = (values: readonly string[], by?: number) => void;
export type Level = { set(values: readonly string[], value: number): void; clear(): void };

/** Makes metrics in one registry, each with bounded labels. */
export function metricMaker(registry: Registry) {
  const registers = [registry];
  return {
    counter(name: string, help: string, labelNames: readonly string[] = []): Count {
      const metric = new Counter({ name, help, labelNames: [...labelNames], registers });
      const labels = boundedLabels(labelNames);
      return (values, by = 1) => metric.inc(labels(values), by);
    },
    histogram(
      name: string,
      help: string,
      buckets: readonly number[],
      labelNames: readonly string[] = [],
    ): Count {
      const metric = new Histogram({
        name,
        help,
        labelNames: [...labelNames],
        buckets: [...buckets],
        registers,
      });
      const labels = boundedLabels(labelNames);
      return (values, value = 0) => metric.observe(labels(values), value);
    },
    gauge(name: string, help: string, labelNames: readonly string[] = []): Level {
      const metric = new Gauge({ name, help, labelNames: [...labelNames], registers });
      const labels = boundedLabels(labelNames);
      return {
        set: (values, value) => metric.set(labels(values), value),
        clear: () => metric.reset(),
      };
    },
  };
}

export type MetricMaker = ReturnType<typeof metricMaker>;
