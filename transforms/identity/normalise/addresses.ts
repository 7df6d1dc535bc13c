import type { PersonAddress, RecordFlag } from '../record.ts';
import { plainLetters, plainWords } from './letters.ts';
import { isPlaceholder } from './placeholders.ts';
import type { RawAddress } from './raw-person.ts';

/** Short forms of streets (USPS Publication 28, Appendix C) and what they stand for. */
const expansions: ReadonlyMap<string, string> = new Map(
  Object.entries({
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
  }),
);

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
  const address: { -readonly [Part in keyof PersonAddress]: PersonAddress[Part] } = {};
  const { city = '', state = '', postalCode = '', country = '' } = raw;
  const put = (key: keyof PersonAddress, text: string) => {
    if (text !== '' && !isPlaceholder(text)) address[key] = text;
  };
  put('line', line);
  put('city', plainLetters(city));
  put('state', plainWords(state));
  put('postalCode', plainWords(postalCode).replaceAll(' ', ''));
  put('country', plainWords(country));
  for (const _key in address) return { address, flags: [] };
  return { flags: [] };
}

function expand(line: string): string {
  if (line === '') return line;
  const words = line.split(' ');
  let expanded = '';
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    // `ST` in front of a name is a saint, behind it a street.
    const isStreet = word === 'ST' && at > 0 && !/^\d/.test(words[at - 1]!);
    const whole = isStreet ? 'STREET' : (expansions.get(word) ?? word);
    expanded = at === 0 ? whole : `${expanded} ${whole}`;
  }
  return expanded;
}
