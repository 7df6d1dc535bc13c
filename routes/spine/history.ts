import { type Elements, splitElements } from './elements.ts';
import type { Placed } from './fold.ts';
import type { ContributionRow } from './packing.ts';
import { chain, type Reading } from './statements.ts';

/** Marks the row by which a later generation of a message stops speaking of a resource. */
export const retractionMark = '-';

/** Begins `elements` of a contribution that corrects an earlier one. */
export const correctionMark = '!';

/** All contributions to one resource, the first written first, read back from its chain. */
export function readHistory(reading: Reading, last: number): Placed[] {
  const rows = [...chain(reading, last)].reverse();
  let text = '';
  return rows.map((row) => {
    if (row.text !== undefined) text = row.text;
    return placedOf(row, text);
  });
}

/** A contribution as it was made, `text` being the elements that were in force after it. */
export function placedOf(row: ContributionRow, text: string): Placed {
  return {
    set: row.elements === retractionMark ? new Map() : readSet(row, text),
    initial: readInitial(row.own),
    remove: row.removed === undefined ? [] : row.removed.split(','),
    whole: row.elements?.startsWith('*') ?? false,
    corrects: row.elements?.startsWith(correctionMark) ?? false,
    message: row.message,
    generation: row.generation,
    ordinal: row.ordinal,
    retraction: row.elements === retractionMark,
  };
}

function readInitial(own: string | undefined): Elements {
  if (!own?.startsWith('?')) return new Map();
  return splitElements(own.slice(1).split('\n')[0]!);
}

/** What a contribution set, `text` being the elements that were in force after it. */
function readSet(row: ContributionRow, text: string): Elements {
  const own = row.own?.startsWith('?') ? row.own.split('\n')[1] : row.own;
  if (own) return splitElements(own);
  const elements = splitElements(text);
  const names = row.elements?.replace(/^[*!]/, '');
  if (names === undefined || row.elements === '*') return elements;
  const set: Elements = new Map();
  for (const name of names === '' ? [] : names.split(',')) {
    const value = elements.get(name);
    if (value !== undefined) set.set(name, value);
  }
  return set;
}
