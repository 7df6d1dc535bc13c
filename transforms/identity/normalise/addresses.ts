import type { PersonAddress, RecordFlag } from '../record.ts';
import { plainLetters, plainWords } from './letters.ts';
import { isPlaceholder } from './placeholders.ts';
import type { RawAddress } from './raw-person.ts';

/** Short forms of streets (USPS Publication 28, Appendix C) and what they stand for. */
const expansions: Readonly<Record<string, string>> = {
  APT: 'APARTMENT',
  AV: 'AVENUE',
  AVE: 'AVENUE',
  BLDG: 'BUILDING',
  BLVD: 'BOULEVARD',
  CCT: 'CIRCUIT',
  CIR: 'CIRCLE',
  CL: 'CLOSE',
  CRES: 'CRESCENT',
  CT: 'COURT',
  CRT: 'COURT',
  DR: 'DRIVE',
  E: 'EAST',
  FL: 'FLOOR',
  HWY: 'HIGHWAY',
  LN: 'LANE',
  N: 'NORTH',
  PDE: 'PARADE',
  PKWY: 'PARKWAY',
  PL: 'PLACE',
  RD: 'ROAD',
  S: 'SOUTH',
  SQ: 'SQUARE',
  STE: 'SUITE',
  STR: 'STREET',
  TCE: 'TERRACE',
  TER: 'TERRACE',
  W: 'WEST',
};

const noAddress = /^(UNKNOWN|HOMELESS|NO FIXED (ABODE|ADDRESS)|NFA|NONE|GENERAL DELIVERY)\b/;

export type NormalAddress = {
  readonly address?: PersonAddress;
  readonly flags: readonly RecordFlag[];
};

/** Undefined when nothing of it is known; `HOMELESS`, `NO FIXED ABODE` are unknown and flagged. */
export function normaliseAddress(raw: RawAddress): NormalAddress {
  const written = raw.line === undefined || typeof raw.line === 'string' ? [raw.line] : raw.line;
  const line = expand(plainWords(written.filter((part) => part).join(' ')));
  if (noAddress.test(line)) return { flags: ['placeholder-address'] };
  const address: PersonAddress = {
    ...part('line', isPlaceholder(line) ? '' : line),
    ...part('city', known(plainLetters(raw.city ?? ''))),
    ...part('state', known(plainWords(raw.state ?? ''))),
    ...part('postalCode', known(plainWords(raw.postalCode ?? '').replaceAll(' ', ''))),
    ...part('country', known(plainWords(raw.country ?? ''))),
  };
  return Object.keys(address).length === 0 ? { flags: [] } : { address, flags: [] };
}

const known = (text: string): string => (text === '' || isPlaceholder(text) ? '' : text);

function part<K extends keyof PersonAddress>(key: K, value: string): Pick<PersonAddress, K> {
  return (value === '' ? {} : { [key]: value }) as Pick<PersonAddress, K>;
}

function expand(line: string): string {
  if (line === '') return line;
  const words = line.split(' ');
  return words
    .map((word, at) => {
      // `ST` in front of a name is a saint, behind it a street.
      if (word === 'ST') return at > 0 && !/^\d/.test(words[at - 1] ?? '') ? 'STREET' : 'ST';
      return expansions[word] ?? word;
    })
    .join(' ');
}
