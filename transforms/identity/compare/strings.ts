const longest = 64;
const usedA = new Uint8Array(longest);
const usedB = new Uint8Array(longest);
const pairsMax = 128;
const pairs = new Uint16Array(pairsMax);

/**
 * Jaro-Winkler similarity, 0..1 (Winkler 1990), prefix scale 0.1 over at most 4 letters. Symmetric.
 * Only the first 64 letters are looked at.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return a === '' ? 0 : 1;
  // The greedy matching depends on which comes first.
  const [first, second] = a.length < b.length || (a.length === b.length && a < b) ? [a, b] : [b, a];
  const lengthA = Math.min(first.length, longest);
  const lengthB = Math.min(second.length, longest);
  if (lengthA === 0) return 0;
  const reach = Math.max(0, (Math.max(lengthA, lengthB) >> 1) - 1);
  usedA.fill(0, 0, lengthA);
  usedB.fill(0, 0, lengthB);
  let matches = 0;
  for (let at = 0; at < lengthA; at += 1) {
    const code = first.charCodeAt(at);
    const end = Math.min(lengthB, at + reach + 1);
    for (let other = Math.max(0, at - reach); other < end; other += 1) {
      if (usedB[other] === 1 || second.charCodeAt(other) !== code) continue;
      usedA[at] = 1;
      usedB[other] = 1;
      matches += 1;
      break;
    }
  }
  if (matches === 0) return 0;
  let outOfOrder = 0;
  let other = 0;
  for (let at = 0; at < lengthA; at += 1) {
    if (usedA[at] === 0) continue;
    while (usedB[other] === 0) other += 1;
    if (first.charCodeAt(at) !== second.charCodeAt(other)) outOfOrder += 1;
    other += 1;
  }
  const jaro = (matches / lengthA + matches / lengthB + (matches - outOfOrder / 2) / matches) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < lengthA && first.charCodeAt(prefix) === second.charCodeAt(prefix))
    prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** A set of the letters of a word, for `similarityFrom`. */
export function letterSet(text: string): number {
  let set = 0;
  for (let at = 0; at < text.length; at += 1) set |= 1 << (text.charCodeAt(at) & 31);
  return set;
}

/**
 * Jaro-Winkler similarity where it can reach `least`, else 0: letters that only one word has are
 * counted first, which settles nearly every pair of different words.
 */
export function similarityFrom(
  a: string,
  setA: number,
  b: string,
  setB: number,
  least: number,
): number {
  if ((setA & setB) === 0) return 0;
  const matchable = Math.min(a.length - bitsOf(setA & ~setB), b.length - bitsOf(setB & ~setA));
  const jaro = (matchable / a.length + matchable / b.length + 1) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a.charCodeAt(prefix) === b.charCodeAt(prefix))
    prefix += 1;
  if (jaro + prefix * 0.1 * (1 - jaro) < least) return 0;
  return jaroWinkler(a, b);
}

function bitsOf(set: number): number {
  let bits = set - ((set >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many places differ, of texts of one length; more than `limit` is not counted further. */
export function placesDiffering(a: string, b: string, limit: number): number {
  if (a.length !== b.length) return limit + 1;
  let differing = 0;
  for (let at = 0; at < a.length && differing <= limit; at += 1)
    if (a.charCodeAt(at) !== b.charCodeAt(at)) differing += 1;
  return differing;
}

/** Is it one letter more, less, other, or two neighbours exchanged? */
export function isOneEdit(a: string, b: string): boolean {
  const more = b.length - a.length;
  if (more > 1 || more < -1) return false;
  let from = 0;
  const shorter = Math.min(a.length, b.length);
  while (from < shorter && a.charCodeAt(from) === b.charCodeAt(from)) from += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > from && endB > from && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA -= 1;
    endB -= 1;
  }
  const restA = endA - from;
  const restB = endB - from;
  if (restA <= 1 && restB <= 1) return restA + restB > 0;
  return (
    restA === 2 &&
    restB === 2 &&
    a.charCodeAt(from) === b.charCodeAt(from + 1) &&
    a.charCodeAt(from + 1) === b.charCodeAt(from)
  );
}

/** The pairs of neighbouring letters of each word, sorted, one UTF-16 unit a pair. */
export function bigramsOf(text: string): string {
  const units = text.length < pairsMax ? pairs : new Uint16Array(text.length + 1);
  let count = 0;
  let last = 0x20;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? 0x20 : text.charCodeAt(at);
    // Blanks count as the edge of a word, so that the order of the words does not matter.
    if (last !== 0x20 || code !== 0x20) {
      units[count] = ((last & 0x7f) << 7) | (code & 0x7f);
      count += 1;
    }
    last = code;
  }
  const found = units.subarray(0, count);
  const sorted = units === pairs ? sortFew(found) : found.sort();
  // A spread would take five times as long.
  return String.fromCharCode.apply(undefined, sorted as unknown as number[]);
}

/** By insertion: for so few it costs less than calling a sort. */
function sortFew(units: Uint16Array): Uint16Array {
  for (let at = 1; at < units.length; at += 1) {
    const unit = units[at]!;
    let place = at;
    while (place > 0 && units[place - 1]! > unit) {
      units[place] = units[place - 1]!;
      place -= 1;
    }
    units[place] = unit;
  }
  return units;
}

/** How many entries two sorted lists share, or 0 once it is sure that it is less than `least`. */
export function sharedFrom(a: string, b: string, least: number): number {
  let shared = 0;
  let atA = 0;
  let atB = 0;
  // How many of each may still be missed.
  let spareA = a.length - least;
  let spareB = b.length - least;
  while (atA < a.length && atB < b.length) {
    const difference = a.charCodeAt(atA) - b.charCodeAt(atB);
    if (difference === 0) {
      shared += 1;
      atA += 1;
      atB += 1;
    } else if (difference < 0) {
      atA += 1;
      spareA -= 1;
      if (spareA < 0) return 0;
    } else {
      atB += 1;
      spareB -= 1;
      if (spareB < 0) return 0;
    }
  }
  return shared < least ? 0 : shared;
}

/** How many pairs of letters a text has, and which, in a set of 64 bits. */
export type BigramSketch = { readonly count: number; readonly low: number; readonly high: number };

export function sketchBigrams(bigrams: string): BigramSketch {
  let low = 0;
  let high = 0;
  for (let at = 0; at < bigrams.length; at += 1) {
    const bit = Math.imul(bigrams.charCodeAt(at), 0x9e3779b1) >>> 26;
    if (bit < 32) low |= 1 << bit;
    else high |= 1 << (bit - 32);
  }
  return { count: bigrams.length, low, high };
}

/** No more than these can be shared: the pairs of the bits that only one has are not. */
export function sharedAtMost(a: BigramSketch, b: BigramSketch): number {
  const onlyA = bitsOf(a.low & ~b.low) + bitsOf(a.high & ~b.high);
  const onlyB = bitsOf(b.low & ~a.low) + bitsOf(b.high & ~a.high);
  return Math.min(a.count - onlyA, b.count - onlyB);
}

/** Whether one edit may tell two texts apart, of which the lengths and the letters are known. */
export function mayBeOneEdit(
  lengthA: number,
  setA: number,
  lengthB: number,
  setB: number,
): boolean {
  const more = lengthA - lengthB;
  return more >= -1 && more <= 1 && bitsOf(setA & ~setB) <= 1 && bitsOf(setB & ~setA) <= 1;
}
