const longest = 64;
const usedA = new Uint8Array(longest);
const usedB = new Uint8Array(longest);

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

/**
 * Optimal string alignment distance (insertion, deletion, substitution, neighbours exchanged), or
 * `limit + 1` when it is more than `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  const width = b.length + 1;
  let before = new Uint8Array(width);
  let last = Uint8Array.from({ length: width }, (_, at) => at);
  let row = new Uint8Array(width);
  for (let at = 1; at <= a.length; at += 1) {
    row[0] = at;
    let least = at;
    const code = a.charCodeAt(at - 1);
    for (let other = 1; other < width; other += 1) {
      const codeB = b.charCodeAt(other - 1);
      let cost = Math.min(last[other]! + 1, row[other - 1]! + 1);
      cost = Math.min(cost, last[other - 1]! + (code === codeB ? 0 : 1));
      if (at > 1 && other > 1 && code === b.charCodeAt(other - 2) && a.charCodeAt(at - 2) === codeB)
        cost = Math.min(cost, before[other - 2]! + 1);
      row[other] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [before, last, row] = [last, row, before];
  }
  return Math.min(last[b.length]!, limit + 1);
}

/** Is it one letter more, less, other, or two neighbours exchanged? Allocates nothing. */
export function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const more = long.length - short.length;
  if (more > 1 || a === b) return false;
  let at = 0;
  while (at < short.length && short.charCodeAt(at) === long.charCodeAt(at)) at += 1;
  if (more === 1) return short.slice(at) === long.slice(at + 1);
  if (short.slice(at + 1) === long.slice(at + 1)) return true;
  return (
    short.charCodeAt(at) === long.charCodeAt(at + 1) &&
    short.charCodeAt(at + 1) === long.charCodeAt(at) &&
    short.slice(at + 2) === long.slice(at + 2)
  );
}

/** The pairs of neighbouring letters of each word, sorted, one UTF-16 unit a pair. */
export function bigramsOf(text: string): string {
  const units: number[] = [];
  let last = 0x20;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? 0x20 : text.charCodeAt(at);
    // Blanks count as the edge of a word, so that the order of the words does not matter.
    if (last !== 0x20 || code !== 0x20) units.push(((last & 0x7f) << 7) | (code & 0x7f));
    last = code;
  }
  units.sort((a, b) => a - b);
  return String.fromCharCode(...units);
}

/** Dice's coefficient of two sorted bigram lists, 0..1. */
export function diceOf(a: string, b: string): number {
  if (a === b) return a === '' ? 0 : 1;
  return (2 * sharedBigrams(a, b)) / (a.length + b.length);
}

/** How many entries two sorted bigram lists share. */
export function sharedBigrams(a: string, b: string): number {
  let shared = 0;
  let atA = 0;
  let atB = 0;
  while (atA < a.length && atB < b.length) {
    const difference = a.charCodeAt(atA) - b.charCodeAt(atB);
    if (difference === 0) shared += 1;
    if (difference <= 0) atA += 1;
    if (difference >= 0) atB += 1;
  }
  return shared;
}
