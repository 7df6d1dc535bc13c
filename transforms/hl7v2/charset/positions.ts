import { isUtf8 } from 'node:buffer';
import { decode, hasBom, isSingleByte } from './charset.ts';

/** From a position in the decoded text to the offset of its byte. */
export type PositionFinder = (position: number) => number;

/**
 * Offsets are wanted seldom (an issue, a raw slice), so nothing is kept while decoding. Where a
 * character has one byte it is arithmetic; else the text before is measured, from the last answer
 * on: in valid UTF-8 by its length, otherwise by how far the bytes must be decoded to give it.
 */
export function positionFinder(message: {
  readonly bytes: Buffer;
  readonly text: string;
  readonly encoding: string;
}): PositionFinder {
  const { bytes, text, encoding } = message;
  if (isSingleByte(encoding)) return (position) => position;
  const base = hasBom(bytes) ? 3 : 0;
  // A repaired tilde is shorter than what it was: the bytes are the truth.
  const exact =
    encoding === 'utf-8' && isUtf8(bytes) && Buffer.byteLength(text) + base === bytes.length;
  let lastPosition = 0;
  let lastOffset = base;
  return (position) => {
    // ISO 2022 has a state, which only its beginning knows.
    if (position < lastPosition || encoding === 'iso-2022-jp') {
      lastPosition = 0;
      lastOffset = base;
    }
    lastOffset += exact
      ? Buffer.byteLength(text.slice(lastPosition, position))
      : bytesOf(bytes.subarray(lastOffset), encoding, position - lastPosition);
    lastPosition = position;
    return lastOffset;
  };
}

/** How many of the bytes decode to that many characters: a window that doubles, then halves. */
function bytesOf(bytes: Buffer, encoding: string, characters: number): number {
  const decoded = (count: number) => decode(bytes.subarray(0, count), encoding).length;
  let high = 64;
  while (high < bytes.length && decoded(high) <= characters) high *= 2;
  let low = 0;
  high = Math.min(high, bytes.length);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (decoded(middle) <= characters) low = middle;
    else high = middle - 1;
  }
  return low;
}
