import type { Delimiters } from './delimiters.ts';

/** A separator of '' divides nothing: the whole text is piece 1. */
export function firstPiece(text: string, separator: string): string {
  if (separator === '') return text;
  const end = text.indexOf(separator);
  return end === -1 ? text : text.slice(0, end);
}

/** The piece with that number, from 1; undefined when there are fewer. */
export function piece(text: string, separator: string, number: number): string | undefined {
  const start = pieceStart(text, separator, number);
  if (start === -1) return undefined;
  const end = separator === '' ? -1 : text.indexOf(separator, start);
  return end === -1 ? (start === 0 ? text : text.slice(start)) : text.slice(start, end);
}

/** Where that piece begins; -1 when there are fewer. */
export function pieceStart(text: string, separator: string, number: number): number {
  let start = 0;
  for (let left = number; left > 1; left -= 1) {
    const end = separator === '' ? -1 : text.indexOf(separator, start);
    if (end === -1) return -1;
    start = end + 1;
  }
  return start;
}

export function pieceCount(text: string, separator: string): number {
  if (separator === '') return 1;
  let count = 1;
  for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1))
    count += 1;
  return count;
}

/** Is there anything between `start` and `end` but delimiters? */
export function isPopulated(
  text: string,
  start: number,
  end: number,
  { component, repetition, subcomponent }: Delimiters,
): boolean {
  for (let at = start; at < end; at += 1) {
    const char = text[at];
    if (char !== component && char !== repetition && char !== subcomponent) return true;
  }
  return false;
}
