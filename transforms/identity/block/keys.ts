import type { Prepared, PreparedName } from '../compare/index.ts';
import { hashParts } from '../hash.ts';

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
  const keys: number[] = [];
  eachKey(prepared, (_rule, key) => {
    if (!keys.includes(key)) keys.push(key);
  });
  return keys;
}

/** Calls back for each key: a hash of words that say what it is a key of. */
function eachKey(prepared: Prepared, found: (rule: BlockingRule, key: number) => void): void {
  for (const { system, value } of prepared.identifiers)
    found('identifier', hashParts('identifier', system, value));
  eachContactKey(prepared, found);
  const birth = prepared.birth.length === 8 ? anyOrder(prepared.birth) : '';
  const year = prepared.birth.slice(0, 4);
  for (const name of prepared.names) nameKeys(prepared, name, birth, year, found);
  for (const { postalCode, city } of prepared.addresses) {
    const place = postalCode || city;
    if (birth !== '' && place !== '') found('birth-date-and-place', hashParts('dp', birth, place));
  }
}

/** Of `eachKey` those of what a household shares: home, phone, e-mail. */
export function eachContactKey(
  { record, addresses }: Prepared,
  found: (rule: BlockingRule, key: number) => void,
): void {
  for (const phone of record.phones) found('phone', hashParts('phone', phone.slice(-7)));
  for (const email of record.emails) found('email', hashParts('email', email));
  for (const { line, numbers, bigrams } of addresses)
    if (line !== '' && numbers !== '') found('address-line', hashParts('line', numbers, bigrams));
}

function nameKeys(
  { addresses }: Prepared,
  name: PreparedName,
  birth: string,
  year: string,
  found: (rule: BlockingRule, key: number) => void,
): void {
  const given = name.given?.sound ?? '';
  const sounds = soundsOf(name);
  if (birth !== '') {
    for (const sound of sounds) found('birth-date-and-family', hashParts('bn', birth, sound));
    if (given !== '') found('birth-date-and-given', hashParts('bn', birth, given));
  }
  for (const sound of sounds) {
    const [first, second] = given < sound ? [given, sound] : [sound, given];
    if (given !== '' && year !== '')
      found('both-names-and-birth-year', hashParts('ny', first, second, year));
    for (const { postalCode, city, numbers } of addresses) {
      const place = postalCode || city;
      if (given !== '' && place !== '')
        found('both-names-and-place', hashParts('np', first, second, place));
      if (numbers !== '') found('name-and-house', hashParts('nh', sound, numbers, given[0] ?? ''));
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
