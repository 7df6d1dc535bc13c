import type { RecordNo } from '../events.ts';

/** Keys are hashes of this many bits; a slice is their first ten. */
export const keyBits = 52;
export const slices = 1024;
const sliceWidth = 2 ** keyBits / slices;

export const sliceOf = (key: number): number => Math.floor(key / sliceWidth);

/** The least key of a slice. */
export const firstKeyOf = (slice: number): number => slice * sliceWidth;

/** What was added to the index and is not in its table yet, by slice of the key space. */
export type Recent = {
  readonly entries: number;
  /** `seq`: number of the log row that brought it; ascending. */
  add(key: number, record: RecordNo, seq: number): void;
  /** Adds to `found` the records that have this key. */
  find(key: number, found: RecordNo[]): void;
  /** Ascending by key and record. */
  slice(slice: number): readonly (readonly [key: number, record: RecordNo])[];
  /** Forgets what the table holds now: entries of the slice from log rows up to `through`. */
  drop(slice: number, through: number, gone?: (key: number) => void): void;
};

type Slice = {
  byKey: Map<number, RecordNo | RecordNo[]>;
  /** The same entries in the order of the log: key, record, seq, key, record, seq, ... */
  readonly log: number[];
};

export function createRecent(): Recent {
  const all: Slice[] = Array.from({ length: slices }, () => ({ byKey: new Map(), log: [] }));
  let entries = 0;

  function put(byKey: Slice['byKey'], key: number, record: RecordNo): void {
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, record);
    else if (typeof known === 'number') byKey.set(key, [known, record]);
    else known.push(record);
  }

  return {
    get entries() {
      return entries;
    },
    add(key, record, seq) {
      const slice = all[sliceOf(key)]!;
      put(slice.byKey, key, record);
      slice.log.push(key, record, seq);
      entries += 1;
    },
    find(key, found) {
      const known = all[sliceOf(key)]!.byKey.get(key);
      if (known === undefined) return;
      if (typeof known === 'number') found.push(known);
      else for (const record of known) found.push(record);
    },
    slice(slice) {
      const { log } = all[slice]!;
      const listed: (readonly [number, RecordNo])[] = [];
      for (let at = 0; at < log.length; at += 3) listed.push([log[at]!, log[at + 1]!]);
      return listed.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    },
    drop(number, through, gone) {
      const slice = all[number]!;
      const { log } = slice;
      let keep = 0;
      for (; keep < log.length && log[keep + 2]! <= through; keep += 3) gone?.(log[keep]!);
      if (keep === 0) return;
      entries -= keep / 3;
      log.splice(0, keep);
      slice.byKey = new Map();
      for (let at = 0; at < log.length; at += 3) put(slice.byKey, log[at]!, log[at + 1]!);
    },
  };
}
