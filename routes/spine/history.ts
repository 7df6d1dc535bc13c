import { type Elements, type Placed, type Said, toElements } from './fold.ts';
import { type ContributionRow, chain, type Reading } from './statements.ts';

/**
 * How a contribution's row says what it set without saying it twice: names that point into the
 * version which it made. `all`: it set everything that this version holds.
 */
export function elementNames(said: Said, all: boolean): string | null {
  if (all) return said.whole ? '*' : null;
  return (said.whole ? '*' : '') + [...said.set.keys()].join(',');
}

/** Marks the row by which a later generation of a message stops speaking of a resource. */
export const retractionMark = '-';

/** All contributions to one resource, the first written first, read back from its chain. */
export function readHistory(reading: Reading, last: number): Placed[] {
  const rows = [...chain(reading, last)].reverse();
  let body = '';
  return rows.map((row) => {
    if (row.body !== null) body = row.body;
    return {
      set: row.elements === retractionMark ? new Map() : readSet(row, body),
      initial: readInitial(row.own),
      remove: row.removed === null ? [] : row.removed.split(','),
      whole: row.elements?.startsWith('*') ?? false,
      message: row.message,
      generation: row.generation,
      ordinal: row.ordinal,
      retraction: row.elements === retractionMark,
    };
  });
}

function readInitial(own: string | null): Elements {
  if (!own?.startsWith('?')) return new Map();
  return toElements(JSON.parse(own.slice(1).split('\n')[0]!));
}

function readSet(row: ContributionRow, body: string): Elements {
  const own = row.own?.startsWith('?') ? row.own.split('\n')[1] : row.own;
  if (own) return toElements(JSON.parse(own));
  const elements = toElements(JSON.parse(body));
  const names = row.elements?.replace(/^\*/, '');
  if (names === undefined || row.elements === '*') return elements;
  const set: Elements = new Map();
  for (const name of names === '' ? [] : names.split(',')) {
    const text = elements.get(name);
    // `meta` that held nothing but a version was never stored.
    if (text !== undefined) set.set(name, text);
  }
  return set;
}
