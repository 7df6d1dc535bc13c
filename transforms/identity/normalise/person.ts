import type { PersonAddress, PersonName, PersonRecord, RecordFlag } from '../record.ts';
import { normaliseAddress } from './addresses.ts';
import { normaliseDate } from './dates.ts';
import { normaliseIdentifiers } from './identifiers.ts';
import { plainLetters } from './letters.ts';
import { normaliseName } from './names.ts';
import type { RawPerson } from './raw-person.ts';
import { normaliseEmail, normalisePhone } from './telecom.ts';

/**
 * A person as comparisons read them. Never throws on data: what cannot be read is unknown, and
 * what is written in place of a value is unknown and flagged. A record normalised again stays as
 * it is (see `rawOf`).
 */
export function normalisePerson(raw: RawPerson): PersonRecord {
  const flags: RecordFlag[] = [];
  const names: PersonName[] = [];
  for (const one of raw.names ?? []) {
    const { name, flags: more } = normaliseName(one);
    addNew(flags, more);
    if (name !== undefined) names.push(name);
  }
  const birth = normaliseDate(raw.birthDate ?? '', raw.dateOrder);
  addNew(flags, birth.flags);
  const addresses: PersonAddress[] = [];
  for (const one of raw.addresses ?? []) {
    const { address, flags: more } = normaliseAddress(one);
    addNew(flags, more);
    if (address !== undefined) addresses.push(address);
  }
  const phones: string[] = [];
  for (const text of raw.phones ?? []) {
    const { phone, flags: more } = normalisePhone(text);
    addNew(flags, more);
    if (phone !== undefined && !phones.includes(phone)) phones.push(phone);
  }
  const emails: string[] = [];
  for (const text of raw.emails ?? []) {
    const email = normaliseEmail(text);
    if (email !== undefined && !emails.includes(email)) emails.push(email);
  }
  const { identifiers, placeholders } = normaliseIdentifiers(raw.identifiers ?? []);
  if (placeholders > 0) addNew(flags, ['placeholder-identifier']);
  const sex = normaliseSex(raw.sex ?? '');
  // Run for every message: each spread of a part that may be absent would be an object more.
  const record: Writable<PersonRecord> = { names, addresses, phones, emails, identifiers, flags };
  if (birth.date !== undefined) record.birthDate = birth.date;
  if (sex !== undefined) record.sex = sex;
  addCircumstances(record, raw);
  return record;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function addNew(flags: RecordFlag[], more: readonly RecordFlag[]): void {
  for (const flag of more) if (!flags.includes(flag)) flags.push(flag);
}

function addCircumstances(record: Writable<PersonRecord>, raw: RawPerson): void {
  const { mothersMaidenName = '', motherIdentifiers = [], deceased = false, lastActive = '' } = raw;
  if (raw.isMultipleBirth === true) record.isMultipleBirth = true;
  if (raw.birthOrder !== undefined) record.birthOrder = raw.birthOrder;
  if (mothersMaidenName !== '') {
    const maiden = plainLetters(mothersMaidenName);
    if (maiden !== '') record.mothersMaidenName = maiden;
  }
  if (motherIdentifiers.length > 0) {
    const { identifiers } = normaliseIdentifiers(motherIdentifiers);
    if (identifiers.length > 0) record.motherIdentifiers = identifiers;
  }
  if (deceased !== false && deceased !== '')
    record.deceased = (deceased === true ? undefined : normaliseDate(deceased).date) ?? true;
  const active = lastActive === '' ? undefined : normaliseDate(lastActive).date;
  if (active !== undefined) record.lastActive = active;
  if (raw.stays !== undefined && raw.stays.length > 0) record.stays = raw.stays;
}

function normaliseSex(text: string): PersonRecord['sex'] {
  switch (text.trim().toUpperCase()) {
    case 'F':
    case 'FEMALE':
    case 'W':
    case 'WOMAN':
    case '2':
      return 'female';
    case 'M':
    case 'MALE':
    case 'MAN':
    case '1':
      return 'male';
    case 'O':
    case 'OTHER':
    case 'A':
    case 'X':
      return 'other';
    default:
      return undefined;
  }
}

/** A normalised record as raw text again: normalising it gives the same record. */
export function rawOf(record: PersonRecord): RawPerson {
  const { flags: _flags, ...rest } = record;
  return rest;
}
