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

const none = -1;
const roomMin = 4_096;

/** Entries by number, in plain arrays: a quarter of a million objects would keep the GC busy. */
function roomFor(count: number) {
  return {
    keys: new Float64Array(count),
    records: new Float64Array(count),
    seqs: new Float64Array(count),
    /** The next entry whose key has the same last bits; of a free entry the next free one. */
    nextOfHash: new Int32Array(count),
    /** The next entry of the slice, in the order of the log. */
    nextOfSlice: new Int32Array(count),
    /** Newest entry by the last bits of the key. */
    newest: new Int32Array(count).fill(none),
  };
}

export function createRecent(): Recent {
  let room = roomFor(roomMin);
  const firsts = new Int32Array(slices).fill(none);
  const lasts = new Int32Array(slices).fill(none);
  let entries = 0;
  let used = 0;
  let free = none;

  const hashOf = (key: number): number => (key >>> 0) & (room.keys.length - 1);

  function grow(): void {
    const { newest: _, ...kept } = room;
    room = roomFor(room.keys.length * 2);
    for (const name of Object.keys(kept) as (keyof typeof kept)[]) room[name].set(kept[name]);
    // All entries are in use, in any order of age: the oldest of a slice stand first.
    for (const first of firsts)
      for (let at = first; at !== none; at = room.nextOfSlice[at]!) chain(at);
  }

  function chain(at: number): void {
    const hash = hashOf(room.keys[at]!);
    room.nextOfHash[at] = room.newest[hash]!;
    room.newest[hash] = at;
  }

  function unchain(at: number): void {
    const hash = hashOf(room.keys[at]!);
    const next = room.nextOfHash[at]!;
    if (room.newest[hash] === at) room.newest[hash] = next;
    else {
      let before = room.newest[hash]!;
      while (room.nextOfHash[before] !== at) before = room.nextOfHash[before]!;
      room.nextOfHash[before] = next;
    }
    room.nextOfHash[at] = free;
    free = at;
  }

  function take(): number {
    if (free === none) {
      if (used === room.keys.length) grow();
      used += 1;
      return used - 1;
    }
    const at = free;
    free = room.nextOfHash[at]!;
    return at;
  }

  return {
    get entries() {
      return entries;
    },
    add(key, record, seq) {
      const at = take();
      const slice = sliceOf(key);
      room.keys[at] = key;
      room.records[at] = record;
      room.seqs[at] = seq;
      room.nextOfSlice[at] = none;
      if (firsts[slice] === none) firsts[slice] = at;
      else room.nextOfSlice[lasts[slice]!] = at;
      lasts[slice] = at;
      chain(at);
      entries += 1;
    },
    find(key, found) {
      const { keys, records, nextOfHash } = room;
      const from = found.length;
      for (let at = room.newest[hashOf(key)]!; at !== none; at = nextOfHash[at]!)
        if (keys[at] === key) found.push(records[at]!);
      if (found.length - from < 2) return;
      // Oldest first.
      const own = found.splice(from).reverse();
      for (const record of own) found.push(record);
    },
    slice(slice) {
      const listed: (readonly [number, RecordNo])[] = [];
      for (let at = firsts[slice]!; at !== none; at = room.nextOfSlice[at]!)
        listed.push([room.keys[at]!, room.records[at]!]);
      return listed.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    },
    drop(slice, through, gone) {
      let at = firsts[slice]!;
      while (at !== none && room.seqs[at]! <= through) {
        gone?.(room.keys[at]!);
        const next = room.nextOfSlice[at]!;
        unchain(at);
        entries -= 1;
        at = next;
      }
      firsts[slice] = at;
      if (at === none) lasts[slice] = none;
    },
  };
}
