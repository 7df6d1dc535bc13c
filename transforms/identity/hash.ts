/**
 * A 52-bit number of a text, the same on every machine and in every version: two 32-bit FNV-1a
 * runs (http://www.isthe.com/chongo/tech/comp/fnv) with different starts, 26 bits of each, mixed.
 */
export const hash52 = (text: string): number => hashParts(text);

const bar = 0x7c;

/** `hash52` of the parts with a bar between each two, without making that text. */
export function hashParts(...parts: readonly string[]): number {
  let low = 0x811c9dc5;
  let high = 0x2f6b1a37;
  for (let no = 0; no < parts.length; no += 1) {
    const text = parts[no]!;
    for (let at = no === 0 ? 0 : -1; at < text.length; at += 1) {
      const code = at < 0 ? bar : text.charCodeAt(at);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x01000193) + 0x9e3779b9;
      high ^= high >>> 15;
    }
  }
  return (mix(high) >>> 6) * 0x4000000 + (mix(low) >>> 6);
}

function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
