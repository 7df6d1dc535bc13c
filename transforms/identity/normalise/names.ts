import type { PersonName, RecordFlag } from '../record.ts';
import { plainLetters } from './letters.ts';
import { nameDoubt } from './placeholders.ts';
import type { RawName } from './raw-person.ts';

/** Words that belong to the surname behind them. */
const particles = new Set([
  'AL',
  'AP',
  'BEN',
  'BIN',
  'BINT',
  'DA',
  'DAL',
  'DAS',
  'DE',
  'DEL',
  'DELA',
  'DELLA',
  'DELLO',
  'DEN',
  'DER',
  'DES',
  'DI',
  'DO',
  'DOS',
  'DU',
  'EL',
  'FITZ',
  'IBN',
  'LA',
  'LAS',
  'LE',
  'LO',
  'LOS',
  'MAC',
  'MC',
  'O',
  'SAINT',
  'SAN',
  'SANTA',
  'ST',
  'TE',
  'TEN',
  'TER',
  'VAN',
  'VANDER',
  'VOM',
  'VON',
  'ZU',
  'ZUM',
  'ZUR',
]);

const suffixes: Readonly<Record<string, string>> = {
  JR: 'JR',
  JNR: 'JR',
  JUNIOR: 'JR',
  SR: 'SR',
  SNR: 'SR',
  SENIOR: 'SR',
  II: 'II',
  '2ND': 'II',
  III: 'III',
  '3RD': 'III',
  IV: 'IV',
  '4TH': 'IV',
};

/** Written before or behind a name; no part of it. */
const titles = new Set(
  'MR MRS MS MISS MX DR PROF REV SIR DAME MD DO RN ESQ PHD DDS JD HON'.split(' '),
);

export type NormalName = { readonly name?: PersonName; readonly flags: readonly RecordFlag[] };

/** A name in its parts; a part that is a placeholder is unknown, and flagged. */
export function normaliseName(raw: RawName): NormalName {
  const flags: RecordFlag[] = [];
  const known = (plain: string): string => {
    const doubt = plain === '' ? undefined : nameDoubt(plain);
    if (doubt === undefined) return plain;
    if (!flags.includes(doubt)) flags.push(doubt);
    return '';
  };
  const family = splitFamily(raw.family ?? '');
  const givenWords = wordsOfGiven(raw.given);
  const tail = givenWords.length > 1 ? suffixOf(givenWords.at(-1) ?? '', false) : undefined;
  if (tail !== undefined) givenWords.pop();
  const [given = '', ...further] = known(withoutMistypedNewborn(givenWords)).split(' ');
  // What stands behind the placeholder of a given name is no name of this person.
  const isNamed = given !== '' || givenWords.length === 0;
  const middle = isNamed
    ? [...further, ...wordsOfGiven(raw.middle)].filter(
        (word) => nameDoubt(word) === undefined && !titles.has(word),
      )
    : [];
  const surnames = known(family.parts.join(' ')) === '' ? [] : family.parts;
  if (given !== '' && /^(JOHN|JANE|JON)$/.test(given) && surnames.join() === 'DOE')
    return { flags: ['placeholder-name'] };
  const suffix = suffixOf(raw.suffix ?? '', true) ?? family.suffix ?? tail;
  if (given === '' && surnames.length === 0) return { flags };
  // Run for every message: each spread of a part that may be absent would be an object more.
  const name: { -readonly [Part in keyof PersonName]: PersonName[Part] } = {};
  if (given !== '') name.given = given;
  if (middle.length > 0) name.middle = middle;
  if (surnames.length > 0) {
    name.family = surnames.length === 1 ? surnames[0]! : surnames.join(' ');
    name.surnames = surnames;
  }
  if (suffix !== undefined) name.suffix = suffix;
  if (raw.isFormer === true) name.isFormer = true;
  return { flags, name };
}

/** `BABI BOY` is `BABY BOY` with a typing error: the second word tells it. */
function withoutMistypedNewborn(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  const isNewborn = words.slice(1).some((word) => nameDoubt(word) === 'newborn-name');
  return isNewborn ? 'NEWBORN' : words.join(' ');
}

function wordsOfGiven(raw: RawName['given']): string[] {
  const text = raw === undefined ? '' : typeof raw === 'string' ? raw : raw.join(' ');
  if (text === '') return [];
  // A call name in quotes or brackets is no part of the name.
  const own = /[("“]/.test(text) ? text.replaceAll(/\([^)]*\)|"[^"]*"|“[^”]*”/g, ' ') : text;
  const plain = plainLetters(own);
  if (!plain.includes(' ')) return plain === '' ? [] : [plain];
  const words = plain.split(' ');
  const named = words.length > 1 ? words.filter((word) => !titles.has(word)) : words;
  return named.filter((word) => word !== '');
}

function splitFamily(raw: string): { parts: string[]; suffix: string | undefined } {
  if (raw === '') return { parts: [], suffix: undefined };
  const plain = plainLetters(
    /[234]/.test(raw) ? raw.replaceAll(/\b(2nd|3rd|4th)\b/gi, ordinalLetters) : raw,
  );
  if (!plain.includes(' ')) return { parts: plain === '' ? [] : [plain], suffix: undefined };
  const words = plain.split(' ').filter((word) => word !== '');
  let suffix: string | undefined;
  while (words.length > 1) {
    const last = words.at(-1) ?? '';
    const found = suffixOf(last, true);
    if (found === undefined && !titles.has(last)) break;
    suffix ??= found;
    words.pop();
  }
  const parts: string[] = [];
  let held = '';
  for (const [at, word] of words.entries()) {
    if (particles.has(word) && at < words.length - 1) held += word;
    // `e` and `y` join two surnames; a lone letter is no surname of its own.
    else if (word.length === 1 && /[EY]/.test(word) && parts.length > 0 && at < words.length - 1)
      continue;
    else {
      parts.push(held + word);
      held = '';
    }
  }
  return { parts, suffix };
}

const ordinalLetters = (ordinal: string): string =>
  'I'.repeat(Number(ordinal[0])).replace(/^IIII$/, 'IV');

function suffixOf(text: string, isField: boolean): string | undefined {
  if (text === '') return undefined;
  const plain = text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  // Junior is a given name too; as the last given word it is one.
  if (!isField && /^(JUNIOR|SENIOR)$/.test(plain)) return undefined;
  return suffixes[plain];
}
