/** Random numbers that a seed decides; the same seed gives the same numbers on every machine. */
export type Random = {
  /** In [0, 1). */
  next(): number;
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** One of `from`, by the rank of Zipf's law: the first is the most common. */
  zipf<T>(from: readonly T[]): T;
};

/** mulberry32; `stream` sets apart sequences of one seed. */
export function randomOf(seed: number, stream = 0): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (from) => from[below(from.length)]!,
    zipf(from) {
      const cumulated = cumulatedOf(from.length);
      return from[firstAbove(cumulated, next() * cumulated[from.length - 1]!)]!;
    },
  };
}

const tables = new Map<number, Float64Array>();

/** Names fall off a little slower than 1/rank. */
function cumulatedOf(length: number): Float64Array {
  const known = tables.get(length);
  if (known !== undefined) return known;
  const table = new Float64Array(length);
  let sum = 0;
  for (let rank = 0; rank < length; rank++) {
    sum += 1 / (rank + 3) ** 0.9;
    table[rank] = sum;
  }
  tables.set(length, table);
  return table;
}

function firstAbove(table: Float64Array, value: number): number {
  let [low, high] = [0, table.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
