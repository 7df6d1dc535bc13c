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
  const flags = new Set<RecordFlag>();
  const flag = (more: readonly RecordFlag[]) => {
    for (const one of more) flags.add(one);
  };
  const names: PersonName[] = [];
  for (const one of raw.names ?? []) {
    const { name, flags: more } = normaliseName(one);
    flag(more);
    if (name !== undefined) names.push(name);
  }
  const birth = normaliseDate(raw.birthDate ?? '', raw.dateOrder);
  flag(birth.flags);
  const addresses: PersonAddress[] = [];
  for (const one of raw.addresses ?? []) {
    const { address, flags: more } = normaliseAddress(one);
    flag(more);
    if (address !== undefined) addresses.push(address);
  }
  const phones: string[] = [];
  for (const text of raw.phones ?? []) {
    const { phone, flags: more } = normalisePhone(text);
    flag(more);
    if (phone !== undefined && !phones.includes(phone)) phones.push(phone);
  }
  const emails = (raw.emails ?? []).flatMap((text) => normaliseEmail(text) ?? []);
  const { identifiers, placeholders } = normaliseIdentifiers(raw.identifiers ?? []);
  if (placeholders > 0) flags.add('placeholder-identifier');
  const sex = normaliseSex(raw.sex ?? '');
  return {
    names,
    ...(birth.date === undefined ? {} : { birthDate: birth.date }),
    ...(sex === undefined ? {} : { sex }),
    addresses,
    phones,
    emails: [...new Set(emails)],
    identifiers,
    ...circumstancesOf(raw),
    flags: [...flags],
  };
}

function circumstancesOf(raw: RawPerson) {
  const maiden = plainLetters(raw.mothersMaidenName ?? '');
  const mother = normaliseIdentifiers(raw.motherIdentifiers ?? []).identifiers;
  const died = typeof raw.deceased === 'string' ? normaliseDate(raw.deceased).date : undefined;
  const isDead = raw.deceased === true || (typeof raw.deceased === 'string' && raw.deceased !== '');
  const active = normaliseDate(raw.lastActive ?? '').date;
  return {
    ...(raw.isMultipleBirth === true ? { isMultipleBirth: true } : {}),
    ...(raw.birthOrder === undefined ? {} : { birthOrder: raw.birthOrder }),
    ...(maiden === '' ? {} : { mothersMaidenName: maiden }),
    ...(mother.length === 0 ? {} : { motherIdentifiers: mother }),
    ...(isDead ? { deceased: died ?? (true as const) } : {}),
    ...(active === undefined ? {} : { lastActive: active }),
    ...(raw.stays === undefined || raw.stays.length === 0 ? {} : { stays: raw.stays }),
  };
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
