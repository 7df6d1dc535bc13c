import { isOneEdit } from '../compare/index.ts';
import type { PersonName, PersonRecord } from '../record.ts';
import { exchangedWords, givenNamesBehind, isOneWord, type KnowsName } from './crossing.ts';

/**
 * How two given names that are not the same may have come about. `typing-error`: one letter apart,
 * and one of them is a name while the other is none. `two-names`: people are given both (Jayden,
 * Kayden). `untold` is everything else: an initial, a name that no list has.
 */
export type Spelling = 'typing-error' | 'two-names' | 'untold';

/** The most harmless reading over current and former names. Symmetric. */
export function spellingOf(a: PersonRecord, b: PersonRecord, isName: KnowsName): Spelling {
  const behind = givenNamesBehind(a, b, isName);
  if (behind !== undefined) return spellingOfWords(behind, isName);
  const found = a.names.flatMap((x) => b.names.map((y) => spellingOfNames(x, y, isName)));
  if (found.includes('typing-error')) return 'typing-error';
  return found.length > 0 && found.every((one) => one === 'two-names') ? 'two-names' : 'untold';
}

function spellingOfNames(x: PersonName, y: PersonName, isName: KnowsName): Spelling {
  const exchanged = exchangedWords(x, y);
  if (exchanged === undefined) return spellingOfWords(wordsApart(x, y), isName);
  // Nobody knows which of the two is the given name: what either says against one person counts.
  const found = exchanged
    .filter(([one, other]) => one !== other)
    .map((words) => spellingOfWords(words, isName));
  if (found.includes('two-names')) return 'two-names';
  return found.includes('typing-error') ? 'typing-error' : 'untold';
}

function spellingOfWords([one, other]: readonly [string, string], isName: KnowsName): Spelling {
  if (one.length < 2 || other.length < 2) return 'untold';
  const known = Number(isName(one)) + Number(isName(other));
  if (known === 2) return 'two-names';
  return known === 1 && isOneEdit(one, other) && !isVariation(one, other)
    ? 'typing-error'
    : 'untold';
}

/**
 * Whether the letter is of the kind that makes a name that no list may have: a vowel more or less
 * at the end (Joseph, Josepha), or another vowel (Riley, Ryley).
 */
function isVariation(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length > short.length) return long.startsWith(short) && isVowel(long.at(-1));
  let at = 0;
  while (short[at] === long[at]) at += 1;
  return isVowel(short[at]) && isVowel(long[at]);
}

const isVowel = (letter = ''): boolean => 'AEIOUY'.includes(letter);

/** The first words of the given names that are not the same; empty where one side has none. */
function wordsApart(x: PersonName, y: PersonName): readonly [string, string] {
  const given = givenOf(x, y);
  const [one, other] = given;
  if (one !== other) return given;
  const at = (x.middle ?? []).findIndex((word, no) => word !== y.middle?.[no]);
  return [x.middle?.[at] ?? '', y.middle?.[at] ?? ''];
}

/** In one of the two records, the family name may stand where the given name should. */
function givenOf(x: PersonName, y: PersonName): readonly [string, string] {
  if (isOneWord(x.family, y.given)) return [x.given ?? '', y.family ?? ''];
  if (isOneWord(x.given, y.family)) return [x.family ?? '', y.given ?? ''];
  return [x.given ?? '', y.given ?? ''];
}

/**
 * Whether further given names tell the two apart: each has one that the other has not, as of two
 * sisters Thi Lan and Thi Mai. What one letter tells apart, or only one of them has, does not.
 */
export function areFurtherNamesApart(a: PersonRecord, b: PersonRecord): boolean {
  const pairs = a.names.flatMap((x) => b.names.map((y) => [x.middle, y.middle] as const));
  const known = pairs.flatMap(([x, y]) => (x?.length && y?.length ? [[x, y] as const] : []));
  return known.length > 0 && known.every(([x, y]) => hasOther(x, y) && hasOther(y, x));
}

const hasOther = (words: readonly string[], others: readonly string[]): boolean =>
  words.some((word) => !others.some((other) => isLike(word, other)));

const isLike = (a: string, b: string): boolean =>
  a === b ||
  ((a.length === 1 || b.length === 1) && a[0] === b[0]) ||
  (a.length > 3 && b.length > 3 && isOneEdit(a, b));
