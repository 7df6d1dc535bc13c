import type { Prepared, PreparedName } from '../compare/index.ts';
import { hash52 } from '../hash.ts';

/** Raised whenever a record gets other keys; an index of keys is built again then. */
export const blockingVersion = 1;

/**
 * What two records of one person are expected to share, one rule a line; each gives no key where a
 * part is unknown. Names by sound and in either order, so that a typing error or a swap in one
 * field leaves the other rules.
 */
export const blockingRules = [
  'identifier',
  'birth-date-and-family',
  'birth-date-and-given',
  'both-names-and-birth-year',
  'both-names-and-place',
  'birth-date-and-place',
  'phone',
  'email',
  'address-line',
  'name-and-house',
] as const;
export type BlockingRule = (typeof blockingRules)[number];

/** The keys of a record, 52-bit numbers without duplicates. Records that share none never meet. */
export function blockingKeys(prepared: Prepared): readonly number[] {
  const keys = new Set<number>();
  eachKey(prepared, (_rule, text) => keys.add(hash52(text)));
  return [...keys];
}

/** Calls back for each key in words; the number of a key is the hash of these. */
export function eachKey(
  prepared: Prepared,
  found: (rule: BlockingRule, text: string) => void,
): void {
  for (const { system, value } of prepared.identifiers)
    found('identifier', `identifier|${system}|${value}`);
  for (const phone of prepared.record.phones) found('phone', `phone|${phone.slice(-7)}`);
  for (const email of prepared.record.emails) found('email', `email|${email}`);
  const birth = prepared.birth.length === 8 ? anyOrder(prepared.birth) : '';
  const year = prepared.birth.slice(0, 4);
  for (const name of prepared.names) nameKeys(prepared, name, birth, year, found);
  for (const { postalCode, city, line, numbers, bigrams } of prepared.addresses) {
    const place = postalCode || city;
    if (birth !== '' && place !== '') found('birth-date-and-place', `dp|${birth}|${place}`);
    if (line !== '' && numbers !== '') found('address-line', `line|${numbers}|${bigrams}`);
  }
}

function nameKeys(
  { addresses }: Prepared,
  name: PreparedName,
  birth: string,
  year: string,
  found: (rule: BlockingRule, text: string) => void,
): void {
  const given = name.given?.sound ?? '';
  const sounds = soundsOf(name);
  if (birth !== '') {
    for (const sound of sounds) found('birth-date-and-family', `bn|${birth}|${sound}`);
    if (given !== '') found('birth-date-and-given', `bn|${birth}|${given}`);
  }
  for (const sound of sounds) {
    const both = given === '' ? '' : given < sound ? `${given}|${sound}` : `${sound}|${given}`;
    if (both !== '' && year !== '') found('both-names-and-birth-year', `ny|${both}|${year}`);
    for (const { postalCode, city, numbers } of addresses) {
      const place = postalCode || city;
      if (both !== '' && place !== '') found('both-names-and-place', `np|${both}|${place}`);
      if (numbers !== '') found('name-and-house', `nh|${sound}|${numbers}|${given[0] ?? ''}`);
    }
  }
}

/** Of the surname and of each part of a double one. */
function soundsOf({ family, parts }: PreparedName): readonly string[] {
  return family === undefined || family.sound === '' ? parts.slice(0, 0) : [family.sound];
}

/** Day and month in ascending order, so that an exchange of the two gives the same key. */
function anyOrder(birth: string): string {
  const month = birth.slice(4, 6);
  const day = birth.slice(6);
  return month < day ? birth : `${birth.slice(0, 4)}${day}${month}`;
}
