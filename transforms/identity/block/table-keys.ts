/**
 * Which keys the table may hold, slice by slice, as Bloom filters (Bloom 1970): most keys of a new
 * person are nobody's yet, and each of them would read a page of a large table to find nothing. A
 * slice that is not known is asked of the table as ever.
 */
export type TableKeys = {
  /** False only when no entry of the table has this key. */
  mayHave(key: number): boolean;
  /** Entries that have gone into the table. */
  add(key: number): void;
  /** Is the slice not known, or more than full? Then it is worth reading. */
  isDue(slice: number): boolean;
  /** All keys of a slice, as the table has them now. */
  read(slice: number, keys: readonly number[]): void;
  /** The table is empty. */
  empty(): void;
  /** The table has what was not told here, in this slice or in any. */
  forget(slice?: number): void;
};

/** A cache line: the bits of one key all stand in one block. */
const blockWords = 16;
/** About 12 bits a key: one key in a hundred is asked for in vain. */
const blockKeys = 42;
const blocksMin = 4;
/** Of all slices: 64 MB, of some 40 million keys; slices with more are asked of the table. */
const blocksOfAllMax = 2 ** 20;

type Filter = { readonly words: Uint32Array; readonly mask: number; count: number };

const filterOf = (blocks: number): Filter => ({
  words: new Uint32Array(blocks * blockWords),
  mask: blocks - 1,
  count: 0,
});

/** `sliceOf`: the slice of a key, below `slices`, by its first bits. */
export function createTableKeys(slices: number, sliceOf: (key: number) => number): TableKeys {
  const blocksMax = blocksOfAllMax / slices;
  const filters: (Filter | undefined)[] = new Array(slices).fill(undefined);

  function addTo(filter: Filter, key: number): void {
    const { words } = filter;
    const bits = bitsOf(key);
    const from = blockOf(filter, key);
    words[from + ((bits >>> 5) & 7)]! |= 1 << (bits & 31);
    words[from + ((bits >>> 13) & 7)]! |= 1 << ((bits >>> 8) & 31);
    words[from + 8 + ((bits >>> 21) & 7)]! |= 1 << ((bits >>> 16) & 31);
    words[from + 8 + ((bits >>> 29) & 7)]! |= 1 << ((bits >>> 24) & 31);
    filter.count += 1;
  }

  return {
    mayHave(key) {
      const filter = filters[sliceOf(key)];
      if (filter === undefined) return true;
      const { words } = filter;
      const bits = bitsOf(key);
      const from = blockOf(filter, key);
      return (
        ((words[from + ((bits >>> 5) & 7)]! >>> (bits & 31)) &
          (words[from + ((bits >>> 13) & 7)]! >>> ((bits >>> 8) & 31)) &
          (words[from + 8 + ((bits >>> 21) & 7)]! >>> ((bits >>> 16) & 31)) &
          (words[from + 8 + ((bits >>> 29) & 7)]! >>> ((bits >>> 24) & 31)) &
          1) ===
        1
      );
    },
    add(key) {
      const filter = filters[sliceOf(key)];
      if (filter !== undefined) addTo(filter, key);
    },
    isDue(slice) {
      const filter = filters[slice];
      if (filter === undefined) return true;
      const blocks = filter.mask + 1;
      return filter.count > blocks * blockKeys && blocks < blocksMax;
    },
    read(slice, keys) {
      let blocks = blocksMin;
      // Room for half as many again before it has to be read once more.
      while (blocks * blockKeys < keys.length * 1.5) blocks *= 2;
      if (blocks > blocksMax) {
        filters[slice] = undefined;
        return;
      }
      const filter = filterOf(blocks);
      for (const key of keys) addTo(filter, key);
      filters[slice] = filter;
    },
    empty() {
      for (let slice = 0; slice < slices; slice += 1) filters[slice] = filterOf(blocksMin);
    },
    forget(slice) {
      if (slice === undefined) filters.fill(undefined);
      else filters[slice] = undefined;
    },
  };
}

/** First word of the block of a key: from its low bits, as the slice is its high ones. */
const blockOf = ({ mask }: Filter, key: number): number => ((key >>> 0) & mask) * blockWords;

/** 32 bits that say which four of a block are the key's. */
function bitsOf(key: number): number {
  const mixed = Math.imul((key / 2 ** 20) ^ (key >>> 11), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
