/**
 * A 52-bit number of a text, the same on every machine and in every version: two 32-bit FNV-1a
 * runs (http://www.isthe.com/chongo/tech/comp/fnv) with different starts, 26 bits of each, mixed.
 */
export function hash52(text: string): number {
  [low, high] = [lowStart, highStart];
  feed(text);
  return (mix(high) >>> 6) * 0x4000000 + (mix(low) >>> 6);
}

/** `hash52` of the parts with a bar between each two, without making that text. */
export function hashParts(...parts: readonly string[]): number {
  [low, high] = [lowStart, highStart];
  for (let at = 0; at < parts.length; at += 1) {
    if (at > 0) feed('|');
    feed(parts[at]!);
  }
  return (mix(high) >>> 6) * 0x4000000 + (mix(low) >>> 6);
}

const [lowStart, highStart] = [0x811c9dc5, 0x2f6b1a37];
let [low, high] = [0, 0];

function feed(text: string): void {
  let [one, two] = [low, high];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x01000193) + 0x9e3779b9;
    two ^= two >>> 15;
  }
  [low, high] = [one, two];
}

function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
