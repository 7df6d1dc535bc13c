import type { Partition } from './partition.ts';
import type { CountKind } from './schema.ts';

/**
 * Live totals by channel and destination (0 stands for the channel itself: received, duplicate).
 */
export type Totals = {
  add(channel: number, destination: number, kind: CountKind, delta: number): void;
  get(channel: number, destination: number, kind: CountKind): number;
  clear(): void;
};

const at = (channel: number, destination: number, kind: number): string =>
  `${channel}/${destination}/${kind}`;

export function createTotals(): Totals {
  const values = new Map<string, number>();
  return {
    add(channel, destination, kind, delta) {
      const key = at(channel, destination, kind);
      values.set(key, (values.get(key) ?? 0) + delta);
    },
    get: (channel, destination, kind) => values.get(at(channel, destination, kind)) ?? 0,
    clear: () => values.clear(),
  };
}

/** Counts of one transaction: written with it, added to the totals only once it is durable. */
export function createTally() {
  const deltas = new Map<
    string,
    { channel: number; destination: number; kind: CountKind; delta: number }
  >();
  return {
    add(channel: number, destination: number, kind: CountKind, delta: number): void {
      const key = at(channel, destination, kind);
      const known = deltas.get(key);
      if (known) known.delta += delta;
      else deltas.set(key, { channel, destination, kind, delta });
    },
    writeTo(partition: Partition): void {
      for (const { channel, destination, kind, delta } of deltas.values()) {
        if (delta !== 0) partition.count(channel, destination, kind, delta);
      }
    },
    addTo(totals: Totals): void {
      for (const { channel, destination, kind, delta } of deltas.values()) {
        totals.add(channel, destination, kind, delta);
      }
    },
  };
}

export type Tally = ReturnType<typeof createTally>;

/** Seeds the totals from the counters of every partition. */
export function seedTotals(totals: Totals, partitions: readonly Partition[]): void {
  for (const partition of partitions) {
    const rows = partition.statements.counters.all() as {
      channel: number;
      destination: number;
      kind: CountKind;
      value: number;
    }[];
    for (const row of rows) totals.add(row.channel, row.destination, row.kind, row.value);
  }
}
