import {
  type Elements,
  hiddenName,
  joinElements,
  noPatterns,
  type Placed,
  type Said,
  type SaidText,
  shared,
  splitElements,
} from './fold/index.ts';
import { type ContributionRow, chain, type Reading } from './rows/index.ts';
import type { Spelling } from './spine.ts';

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
  const own = readOwn(row.own);
  return { ...aroundSet(row, own), set: setOf(row, text, own) };
}

/** What it set, where that is all that was in force after it: as it is, and not taken apart. */
export function setTextOf(row: ContributionRow, text: string, own: Own): string | undefined {
  const { elements } = row;
  if (elements === retractionMark || elements === deletionMark) return undefined;
  if (own.unshown !== undefined) return undefined;
  if (own.set !== undefined) return own.set;
  return elements === undefined || elements === '*' ? text : undefined;
}

export function setOf(row: ContributionRow, text: string, own = readOwn(row.own)): Elements {
  const isNothing = row.elements === retractionMark || row.elements === deletionMark;
  return isNothing ? new Map() : readSet(row, own, text);
}

/** All of a contribution but what it set. */
export function aroundSet(row: ContributionRow, own = readOwn(row.own)): Omit<Placed, 'set'> {
  const retraction = row.elements === retractionMark;
  const deleted = row.elements === deletionMark;
  return {
    initial: own.initial === undefined ? new Map() : splitElements(own.initial),
    remove: row.removed === undefined ? [] : row.removed.split(','),
    whole: deleted || (row.elements?.startsWith('*') ?? false),
    joins: own.joins === undefined ? [] : own.joins.split(','),
    without: own.without === undefined ? noPatterns : JSON.parse(own.without),
    list: Number(own.list ?? 0),
    corrects: row.elements?.startsWith(correctionMark) ?? false,
    deleted,
    message: row.message,
    generation: row.generation,
    ordinal: row.ordinal,
    retraction,
  };
}

/** What a contribution set, `text` being the elements that were in force after it. */
function readSet(row: ContributionRow, own: Own, text: string): Elements {
  if (own.set !== undefined) return splitElements(own.set);
  const elements = splitElements(text);
  const names = row.elements?.replace(/^[*!]/, '');
  let set: Elements = elements;
  if (names !== undefined && row.elements !== '*') {
    set = new Map();
    for (const name of names === '' ? [] : names.split(',')) {
      const value = elements.get(name);
      if (value !== undefined) set.set(name, value);
    }
  }
  if (own.unshown !== undefined)
    for (const [name, value] of splitElements(own.unshown)) set.set(name, value);
  return set;
}

/** Marks the row of a message that changed the resource, but says nothing of it itself. */
const retractionMark = '-';

export const saysNothing: Spelling = {
  elements: retractionMark,
  removed: undefined,
  own: undefined,
};

/** Marks the row of a message that deleted the resource. */
const deletionMark = '#';

/** Begins `elements` of a contribution that corrects an earlier one. */
const correctionMark = '!';

const deletion: Spelling = { elements: deletionMark, removed: undefined, own: undefined };

const markOf = ({ whole, corrects }: SaidText): string =>
  whole ? '*' : corrects ? correctionMark : '';

/** What only the row itself knows, line by line; a line's first character says what it is. */
type Own = { -readonly [key in keyof typeof marks]?: string | undefined } & { set?: string };
const marks = { list: '@', joins: '+', without: '-', initial: '?', unshown: '=' } as const;
const byMark = new Map(Object.entries(marks).map(([key, mark]) => [mark as string, key]));

export function readOwn(text: string | undefined): Own {
  const own: Record<string, string> = {};
  for (let at = 0; text !== undefined && at < text.length; ) {
    const key = byMark.get(text[at]!);
    if (key === undefined) return { ...own, set: text.slice(at) };
    const end = text.indexOf('\n', at);
    own[key] = text.slice(at + 1, end);
    at = end + 1;
  }
  return own;
}

function writeOwn(own: Own): string | undefined {
  let text = '';
  for (const key of ['list', 'joins', 'without', 'initial', 'unshown'] as const)
    if (own[key] !== undefined) text += `${marks[key]}${own[key]}\n`;
  if (own.set !== undefined) text += own.set;
  return text === '' ? undefined : text;
}

const removedBy = ({ remove }: SaidText | Said): string | undefined =>
  remove.length === 0 ? undefined : remove.join(',');

/** What no version shows. */
const asides = ({ list, joins, without, initial }: SaidText): Own | undefined =>
  list === 0 && joins.length === 0 && without === undefined && initial === undefined
    ? undefined
    : {
        ...(list === 0 ? {} : { list: String(list) }),
        ...(joins.length === 0 ? {} : { joins: joins.join(',') }),
        ...(without === undefined ? {} : { without }),
        ...(initial === undefined ? {} : { initial }),
      };

/** It set all that the version in force holds, and had no initial values. */
export function spellAll(said: SaidText): Spelling {
  if (said.deleted) return deletion;
  const own = asides(said);
  return {
    elements: said.whole ? '*' : undefined,
    removed: removedBy(said),
    own: own === undefined ? undefined : writeOwn(own),
  };
}

/** The version in force, `elements`, shows what it set, but for values that stand among others. */
export function spell(said: SaidText, set: Elements, elements: Elements): Spelling {
  const unshown: Elements = new Map();
  const note = (name: string): void => {
    const text = set.get(name);
    if (text !== undefined && elements.get(name) !== text) unshown.set(name, text);
  };
  for (const name of said.joins) note(name);
  for (const name of shared(set)) {
    note(name);
    note(hiddenName(name));
  }
  if (
    !said.corrects &&
    unshown.size === 0 &&
    said.initial === undefined &&
    set.size === elements.size
  )
    return spellAll(said);
  return {
    elements: markOf(said) + [...set.keys()].join(','),
    removed: removedBy(said),
    own: writeOwn({
      ...asides(said),
      ...(unshown.size === 0 ? {} : { unshown: joinElements(unshown) }),
    }),
  };
}

/** The version in force need not show what it set. */
export function spellOwn(said: SaidText, set: Elements): Spelling {
  if (said.deleted) return deletion;
  return {
    elements: markOf(said) + [...set.keys()].join(','),
    removed: removedBy(said),
    own: writeOwn({ ...asides(said), set: joinElements(set) }),
  };
}
