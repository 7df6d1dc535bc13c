import { isOneEdit } from '../compare/index.ts';
import type { PersonName, PersonRecord } from '../record.ts';

/** Whether people are given this name; see `isGivenName`. */
export type KnowsName = (text: string) => boolean;

/** One word, but for a letter. */
export const isOneWord = (a = '', b = ''): boolean =>
  a.length > 2 && b.length > 2 && (a === b || isOneEdit(a, b));

/** Names in each other's field, of which one is known, or spelt, in one record only. */
export const areNamesCrossed = (a: PersonRecord, b: PersonRecord): boolean =>
  a.names.some((x) =>
    b.names.some((y) => isOneWord(x.family, y.given) || isOneWord(x.given, y.family)),
  );

/** Given name and family name in each other's field, each misspelt by one letter at most. */
export const areNamesExchanged = (a: PersonRecord, b: PersonRecord): boolean =>
  a.names.some((x) => b.names.some((y) => exchangedWords(x, y) !== undefined));

/** What stands for what when the two names of one are in each other's field: two pairs of words. */
export function exchangedWords(
  x: PersonName,
  y: PersonName,
): readonly (readonly [string, string])[] | undefined {
  const pairs = [
    [givenWord(x), familyWord(y)],
    [familyWord(x), givenWord(y)],
  ] as const;
  return pairs.every(([one, other]) => isOneWord(one, other)) ? pairs : undefined;
}

/** MARY ANN is MARYANN, and CA ITLIN nobody but CAITLIN. */
export const isSpacedOtherwise = (a: PersonRecord, b: PersonRecord): boolean =>
  a.names.some((x) =>
    b.names.some(
      (y) =>
        x.given !== undefined &&
        y.given !== undefined &&
        x.given !== y.given &&
        givenWord(x) === givenWord(y) &&
        givenWord(x).length > 3,
    ),
  );

/**
 * The given names of two records that share what stands as the given name, where that is a family
 * name: both were written down family name first. It shows in the other words: both are given names
 * (MOORE, EMMETT and MOORE, LIAM), or one is and the shared word is none. Undefined otherwise.
 */
export function givenNamesBehind(
  a: PersonRecord,
  b: PersonRecord,
  isName: KnowsName,
): readonly [string, string] | undefined {
  const shared = a.names.flatMap((x) =>
    b.names.flatMap((y) =>
      x.given !== undefined && x.given === y.given
        ? [{ word: x.given, others: [familyWord(x), familyWord(y)] as const }]
        : [],
    ),
  );
  const behind = shared.filter(({ word, others }) => {
    const known = others.filter(isName).length;
    return others[0] !== others[1] && (known === 2 || (known === 1 && !isName(word)));
  });
  return shared.length === behind.length ? behind[0]?.others : undefined;
}

const givenWord = ({ given = '', middle = [] }: PersonName): string => given + middle.join('');
const familyWord = ({ family = '' }: PersonName): string => family.replaceAll(' ', '');

/**
 * Whether that may be so, and nobody can tell: MORGAN STEPHANIE and MORGAN ROYMAN may be a woman
 * before and after she married, or brother and sister.
 */
export const mayBeFamilyNameFirst = (
  a: PersonRecord,
  b: PersonRecord,
  isName: KnowsName,
): boolean =>
  [...a.names, ...b.names].some((name) => isName(familyWord(name))) &&
  a.names.every((x) => b.names.every((y) => !isOneWord(familyWord(x), familyWord(y))));
