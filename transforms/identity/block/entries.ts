/** Keys have 30 bits here and records 23, so that an entry is one exact number. */
const recordSpan = 2 ** 23;
const keySpan = 2 ** 30;
/** How many records can be linked in one run. */
export const linkedRecordsMax = recordSpan;

export const keyOf = (hash: number): number => hash % keySpan;
export const entryKey = (entry: number): number => Math.floor(entry / recordSpan);
export const entryRecord = (entry: number): number => entry % recordSpan;

/** Keys with records, growing. */
export function entryList(expected: number) {
  let entries = new Float64Array(Math.max(expected, 64));
  let count = 0;
  return {
    add(key: number, record: number): void {
      if (count === entries.length) {
        const larger = new Float64Array(Math.ceil(count * 1.5));
        larger.set(entries);
        entries = larger;
      }
      entries[count] = key * recordSpan + record;
      count += 1;
    },
    /** Ascending: the records of one key stand together. */
    sorted(): Float64Array {
      return entries.subarray(0, count).sort();
    },
  };
}

/** Calls back for each stretch of entries that have one key. */
export function eachRun(
  sorted: Float64Array,
  found: (from: number, to: number, key: number) => void,
): void {
  let from = 0;
  while (from < sorted.length) {
    const key = entryKey(sorted[from]!);
    const end = (key + 1) * recordSpan;
    let to = from + 1;
    while (to < sorted.length && sorted[to]! < end) to += 1;
    found(from, to, key);
    from = to;
  }
}

export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
