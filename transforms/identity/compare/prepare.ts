import { doubleMetaphone } from 'double-metaphone';
import { comparableValue } from '../normalise/index.ts';
import type { PersonAddress, PersonName, PersonRecord } from '../record.ts';
import { nicknameGroups } from './nicknames.ts';
import { bigramsOf, letterSet } from './strings.ts';

/** A word of a name with what comparisons and keys need of it. */
export type NameWord = {
  readonly text: string;
  /** Double metaphone; the second equals the first where there is only one. */
  readonly sound: string;
  readonly otherSound: string;
  readonly nicknames: readonly number[];
  readonly letters: number;
};

export type PreparedName = {
  readonly given: NameWord | undefined;
  readonly middle: readonly string[];
  /** The whole surname, closed up. */
  readonly family: NameWord | undefined;
  /** The parts of a double surname; empty for all others. */
  readonly parts: readonly string[];
};

export type PreparedAddress = {
  /** Numbers of the line, sorted: house, unit, box. */
  readonly numbers: string;
  /** Sorted pairs of letters of the line without its numbers. */
  readonly bigrams: string;
  readonly line: string;
  readonly city: string;
  readonly cityLetters: number;
  readonly state: string;
  readonly postalCode: string;
};

export type PreparedIdentifier = { readonly system: string; readonly value: string };

/** A record with everything that comparing it needs, worked out once. Holds no state. */
export type Prepared = {
  readonly record: PersonRecord;
  readonly names: readonly PreparedName[];
  /** Digits `YYYYMMDD`, `YYYYMM` or `YYYY`; empty when unknown. */
  readonly birth: string;
  readonly addresses: readonly PreparedAddress[];
  /** Comparable values of those that name a person within their authority. */
  readonly identifiers: readonly PreparedIdentifier[];
};

/** Works out phonetic codes, pairs of letters and comparable forms. */
export function prepare(record: PersonRecord): Prepared {
  return {
    record,
    names: record.names.map(prepareName),
    birth: record.birthDate?.replaceAll('-', '') ?? '',
    addresses: record.addresses.map(prepareAddress),
    identifiers: record.identifiers.map(({ system, value }) => ({
      system,
      value: comparableValue(value),
    })),
  };
}

const noParts: readonly string[] = [];

function prepareName(name: PersonName): PreparedName {
  const surnames = name.surnames ?? (name.family === undefined ? noParts : [name.family]);
  return {
    given: name.given === undefined ? undefined : wordOf(name.given),
    middle: name.middle ?? noParts,
    family: name.family === undefined ? undefined : wordOf(name.family.replaceAll(' ', '')),
    parts: surnames.length > 1 ? surnames : noParts,
  };
}

function prepareAddress(address: PersonAddress): PreparedAddress {
  const line = address.line ?? '';
  const numbers: string[] = [];
  const words: string[] = [];
  for (const word of line.split(' ')) (/\d/.test(word) ? numbers : words).push(word);
  return {
    numbers: numbers.length < 2 ? (numbers[0] ?? '') : numbers.sort().join(' '),
    bigrams: bigramsOf(words.join(' ')),
    line,
    city: address.city ?? '',
    cityLetters: letterSet(address.city ?? ''),
    state: address.state ?? '',
    postalCode: address.postalCode ?? '',
  };
}

/** Names are few and come again and again; the bound keeps the table under some 30 MB. */
const wordsMax = 100_000;
const words = new Map<string, NameWord>();

function wordOf(text: string): NameWord {
  const known = words.get(text);
  if (known !== undefined) return known;
  const [sound, otherSound] = doubleMetaphone(text);
  const word = {
    text,
    sound,
    otherSound,
    nicknames: nicknameGroups(text),
    letters: letterSet(text),
  };
  if (words.size >= wordsMax) words.clear();
  words.set(text, word);
  return word;
}
