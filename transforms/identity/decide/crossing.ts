import { isOneEdit } from '../compare/index.ts';
import type { PersonName, PersonRecord } from '../record.ts';

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
      (y) => x.given !== y.given && givenWord(x) === givenWord(y) && givenWord(x).length > 3,
    ),
  );

const givenWord = ({ given = '', middle = [] }: PersonName): string => given + middle.join('');
const familyWord = ({ family = '' }: PersonName): string => family.replaceAll(' ', '');
