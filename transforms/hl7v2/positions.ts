import { isUtf8 } from 'node:buffer';
import { decode, hasBom, isSingleByte } from './charset.ts';

/** From a position in the decoded text to the offset of its byte. */
export type PositionFinder = (position: number) => number;

/**
 * Offsets are wanted seldom (an issue, a raw slice), so nothing is kept while decoding. Where a
 * character has one byte it is arithmetic; in valid UTF-8 the text before is measured, from the
 * last answer on; else the longest prefix of the bytes that decodes to no more than the text
 * before is searched.
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
  if (encoding !== 'utf-8' || !isUtf8(bytes) || Buffer.byteLength(text) + base !== bytes.length) {
    return (position) => searched(bytes, base, encoding, position);
  }
  let lastPosition = 0;
  let lastOffset = base;
  return (position) => {
    if (position < lastPosition) {
      lastPosition = 0;
      lastOffset = base;
    }
    lastOffset += Buffer.byteLength(text.slice(lastPosition, position));
    lastPosition = position;
    return lastOffset;
  };
}

function searched(bytes: Buffer, base: number, encoding: string, position: number): number {
  let low = base;
  let high = bytes.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const length = decode(bytes.subarray(0, middle), encoding).length;
    if (length <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
