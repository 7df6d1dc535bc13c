import type { Prepared } from '../compare/index.ts';
import { eachRun, entryKey, entryList, entryRecord, joined, keyOf } from './entries.ts';
import { compound, tokenKinds, tokensOf } from './tokens.ts';

/** Which records meet in batch linking. Plain arrays of numbers. */
export type CandidateIndex = {
  /** Key and record in one number, ascending: the records of one key stand together. */
  readonly entries: Float64Array;
  /** Keys of record `i`: `keys[offsets[i]]` to `keys[offsets[i + 1]]`, ascending. */
  readonly keys: Uint32Array;
  readonly offsets: Uint32Array;
  /** Keys whose blocks are too large even so: there only neighbours meet. */
  readonly overfull: ReadonlySet<number>;
  /** Records in a block, at most, before it is hot. */
  readonly hotRecords: number;
  /** Keys that were hot, and so compounded. */
  readonly hotKeys: number;
};

/** Comparisons that the size of a file allows: blocks are larger where there are few records. */
const hotRecordsFor = (records: number): number =>
  Math.min(250, Math.max(10, Math.round(2_500_000 / Math.max(records, 1))));

const nameKind = tokenKinds.indexOf('name');

/**
 * The index of all records; a record is known by its position. It starts with each attribute by
 * itself. Where too many records share a value, the key is hot, and is replaced by its compounds
 * with each other hot attribute of the record, and these by compounds of three: what is rare is
 * enough by itself, what is common needs company, whatever columns there are.
 */
export function indexCandidates(people: readonly Prepared[]): CandidateIndex {
  const hotRecords = hotRecordsFor(people.length);
  const tokens = allTokens(people);
  const singles = entryList(tokens.hashes.length);
  for (let at = 0; at < people.length; at += 1)
    for (let no = tokens.offsets[at]!; no < tokens.offsets[at + 1]!; no += 1)
      singles.add(keyOf(tokens.hashes[no]!), at);
  const first = splitByHeat(singles.sorted(), hotRecords);
  const hotOf = (at: number): readonly Token[] => {
    const hot: Token[] = [];
    for (let no = tokens.offsets[at]!; no < tokens.offsets[at + 1]!; no += 1) {
      const hash = tokens.hashes[no]!;
      if (first.hotKeys.has(keyOf(hash))) hot.push({ hash, kind: tokens.kinds[no]! });
    }
    return hot;
  };

  const pairs = entryList(people.length * 8);
  const lonely = entryList(64);
  for (let at = 0; at < people.length; at += 1) {
    const hot = hotOf(at);
    if (hot.length === 1) lonely.add(keyOf(hot[0]!.hash), at);
    eachPairOf(hot, (a, b) => pairs.add(keyOf(compound(a.hash, b.hash)), at));
  }
  const second = splitByHeat(pairs.sorted(), hotRecords);

  const triples = entryList(people.length * 4);
  for (let at = 0; at < people.length; at += 1)
    for (const key of triplesOf(hotOf(at), second.hotKeys)) triples.add(key, at);
  const entries = joined([first.cool, second.cool, triples.sorted(), lonely.sorted()]).sort();
  const hotKeys = first.hotKeys.size + second.hotKeys.size;
  const overfull = overfullIn(entries, hotRecords);
  return { entries, overfull, hotRecords, hotKeys, ...keysByRecord(entries, people.length) };
}

function overfullIn(entries: Float64Array, hotRecords: number): ReadonlySet<number> {
  const keys = new Set<number>();
  eachRun(entries, (from, to, key) => {
    if (to - from > hotRecords) keys.add(key);
  });
  return keys;
}

/** Tokens of all records, flat: record `i` has those from `offsets[i]` to `offsets[i + 1]`. */
function allTokens(people: readonly Prepared[]) {
  const offsets = new Uint32Array(people.length + 1);
  let hashes = new Float64Array(people.length * 14 + 64);
  let kinds = new Uint8Array(hashes.length);
  let count = 0;
  for (const [at, prepared] of people.entries()) {
    const own = tokensOf(prepared);
    if (count + own.hashes.length > hashes.length) {
      const size = hashes.length * 2 + own.hashes.length;
      hashes = grown(hashes, new Float64Array(size));
      kinds = grown(kinds, new Uint8Array(size));
    }
    hashes.set(own.hashes, count);
    kinds.set(own.kinds, count);
    count += own.hashes.length;
    offsets[at + 1] = count;
  }
  return { offsets, hashes: hashes.subarray(0, count), kinds: kinds.subarray(0, count) };
}

function grown<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Hot pairs with a third attribute each, or as they are where there is none. */
function triplesOf(hot: readonly Token[], hotPairs: ReadonlySet<number>): ReadonlySet<number> {
  const keys = new Set<number>();
  eachPairOf(hot, (a, b) => {
    const pair = keyOf(compound(a.hash, b.hash));
    if (!hotPairs.has(pair)) return;
    let isRefined = false;
    for (const c of hot) {
      if (c === a || c === b || !areDistinct(a, c) || !areDistinct(b, c)) continue;
      isRefined = true;
      keys.add(keyOf(compound(a.hash + b.hash, c.hash)));
    }
    if (!isRefined) keys.add(pair);
  });
  return keys;
}

type Token = { readonly hash: number; readonly kind: number };

/** Two names narrow each other, two dates or two parts of an address hardly. */
const areDistinct = (a: Token, b: Token): boolean => a.kind !== b.kind || a.kind === nameKind;

function eachPairOf(tokens: readonly Token[], found: (a: Token, b: Token) => void): void {
  for (let at = 0; at < tokens.length; at += 1)
    for (let other = at + 1; other < tokens.length; other += 1)
      if (areDistinct(tokens[at]!, tokens[other]!)) found(tokens[at]!, tokens[other]!);
}

function splitByHeat(sorted: Float64Array, hotRecords: number) {
  const cool = new Float64Array(sorted.length);
  let count = 0;
  const hotKeys = new Set<number>();
  eachRun(sorted, (from, to, key) => {
    if (to - from > hotRecords) hotKeys.add(key);
    else if (to - from > 1) {
      cool.set(sorted.subarray(from, to), count);
      count += to - from;
    }
  });
  return { cool: cool.slice(0, count), hotKeys };
}

function keysByRecord(entries: Float64Array, records: number) {
  const offsets = new Uint32Array(records + 1);
  for (const entry of entries) offsets[entryRecord(entry) + 1]! += 1;
  for (let at = 0; at < records; at += 1) offsets[at + 1]! += offsets[at]!;
  const keys = new Uint32Array(entries.length);
  const filled = offsets.slice();
  for (const entry of entries) {
    const record = entryRecord(entry);
    keys[filled[record]!] = entryKey(entry);
    filled[record]! += 1;
  }
  return { keys, offsets };
}

/** Part `no` of `of`; the parts together give each pair once. */
export type Share = { readonly no: number; readonly of: number };

/**
 * Calls back once for each pair of records that share a key, the lower position first. Of a block
 * that stays hot in compounds of three, each record meets its next neighbours only: gives the
 * number of meetings that were left out so, which a caller MUST report.
 */
export function eachCandidatePair(
  index: CandidateIndex,
  share: Share,
  found: (a: number, b: number) => void,
  onProgress: (done: number) => void = () => {},
): number {
  const { entries, hotRecords } = index;
  let runNo = 0;
  let leftOut = 0;
  eachRun(entries, (from, to, key) => {
    runNo += 1;
    if (runNo % 65_536 === 0) onProgress(to / entries.length);
    if (to - from < 2 || runNo % share.of !== share.no) return;
    for (let at = from; at < to; at += 1) {
      const a = entryRecord(entries[at]!);
      const end = Math.min(to, at + 1 + hotRecords);
      leftOut += to - end;
      for (let other = at + 1; other < end; other += 1) {
        const b = entryRecord(entries[other]!);
        if (a !== b && meetsIn(index, a, b, key)) found(a, b);
      }
    }
  });
  return leftOut;
}

/**
 * Whether it is in this block, of those that both are in, that the pair meets: that of the lowest
 * key, but in one where all meet before one where only neighbours do. Equal records are together in
 * very many blocks: all but one of these are told at once.
 */
function meetsIn(
  { keys, offsets, overfull }: CandidateIndex,
  a: number,
  b: number,
  key: number,
): boolean {
  const isOverfull = overfull.has(key);
  let atA = offsets[a]!;
  let atB = offsets[b]!;
  const endA = offsets[a + 1]!;
  const endB = offsets[b + 1]!;
  while (atA < endA && atB < endB) {
    const keyA = keys[atA]!;
    const keyB = keys[atB]!;
    if (keyA === keyB) {
      if (!overfull.has(keyA)) return keyA === key;
      if (isOverfull && keyA < key) return false;
    }
    if (keyA <= keyB) atA += 1;
    if (keyB <= keyA) atB += 1;
  }
  return isOverfull;
}
