import { hash } from 'node:crypto';
import type {
  InpatientStay,
  PersonAddress,
  PersonIdentifier,
  PersonName,
  PersonRecord,
} from '../../record.ts';

/**
 * The attributes as an event keeps them: short keys in a fixed order, nothing that is empty, and
 * the authorities of identifiers as numbers of words. About half of what JSON of the record takes.
 */
export type PackedRecord = { readonly [key: string]: unknown };

/** How an assigning authority is written and read back. */
export type SystemCodec<Code> = {
  encode(system: string): Code;
  decode(code: Code): string;
};

const recordKeys: Readonly<Record<keyof PersonRecord, string>> = {
  names: 'n',
  birthDate: 'b',
  sex: 's',
  addresses: 'a',
  phones: 'p',
  emails: 'e',
  identifiers: 'i',
  isMultipleBirth: 'm',
  birthOrder: 'o',
  mothersMaidenName: 'mm',
  motherIdentifiers: 'mi',
  deceased: 'd',
  lastActive: 'l',
  stays: 't',
  flags: 'f',
};
const nameKeys: Readonly<Record<keyof PersonName, string>> = {
  given: 'g',
  middle: 'm',
  family: 'f',
  surnames: 's',
  suffix: 'x',
  isFormer: 'o',
};
const addressKeys: Readonly<Record<keyof PersonAddress, string>> = {
  line: 'l',
  city: 'c',
  state: 's',
  postalCode: 'p',
  country: 'n',
};
const stayKeys: Readonly<Record<keyof InpatientStay, string>> = {
  facility: 'f',
  from: 'a',
  to: 'z',
};

type Entries = readonly (readonly [long: string, short: string])[];
const nameEntries: Entries = Object.entries(nameKeys);
const addressEntries: Entries = Object.entries(addressKeys);
const stayEntries: Entries = Object.entries(stayKeys);

/** A list that is empty in most records is left out, and comes back empty. */
const lists = ['names', 'addresses', 'phones', 'emails', 'identifiers', 'flags'] as const;
const recordEntries = Object.entries(recordKeys).map(([key, short]) => {
  const isList = (lists as readonly string[]).includes(key);
  return [key as keyof PersonRecord, short, isList] as const;
});

/** The result holds until the next call. */
export function packRecord<Code>(
  record: PersonRecord,
  systems: Pick<SystemCodec<Code>, 'encode'>,
): PackedRecord {
  // Who is written has just had a fingerprint made: only the codes of authorities differ.
  if (record !== last.record) last = { record, packed: packed(record) };
  const found = last.packed;
  const identifiers = (all: readonly PersonIdentifier[]) =>
    all.map(({ system, value, type }) =>
      type === undefined ? [systems.encode(system), value] : [systems.encode(system), value, type],
    );
  if (found.i) found.i = identifiers(record.identifiers);
  if (record.motherIdentifiers) found.mi = identifiers(record.motherIdentifiers);
  return found;
}

type Packed = Record<string, unknown>;

let last: { readonly record: PersonRecord | undefined; readonly packed: Packed } = {
  record: undefined,
  packed: {},
};

function packed(record: PersonRecord): Packed {
  const found: Packed = {};
  for (const [key, short, isList] of recordEntries) {
    const value = record[key];
    if (value === undefined || (isList && (value as []).length === 0)) continue;
    found[short] = value;
  }
  if (found.n) found.n = record.names.map(packName);
  if (found.a) found.a = record.addresses.map((address) => shorten(address, addressEntries));
  if (record.stays) found.t = record.stays.map((stay) => shorten(stay, stayEntries));
  return found;
}

export function unpackRecord<Code>(
  packed: PackedRecord,
  systems: Pick<SystemCodec<Code>, 'decode'>,
): PersonRecord {
  const identifiers = (all: unknown): PersonIdentifier[] =>
    (all as [Code, string, string?][]).map(([code, value, type]) => {
      const system = systems.decode(code);
      return type === undefined ? { system, value } : { system, value, type };
    });
  const record = lengthen(packed, recordEntries) as {
    -readonly [K in keyof PersonRecord]: unknown;
  };
  for (const key of lists) record[key] ??= [];
  record.names = (record.names as PackedRecord[]).map(unpackName);
  record.addresses = (record.addresses as PackedRecord[]).map((a) => lengthen(a, addressEntries));
  record.identifiers = identifiers(record.identifiers);
  if (packed.mi) record.motherIdentifiers = identifiers(packed.mi);
  if (packed.t) record.stays = (packed.t as PackedRecord[]).map((t) => lengthen(t, stayEntries));
  return record as PersonRecord;
}

/** Equal for equal attributes, whatever the order of their properties: 48 bits of SHA-256. */
export function fingerprintOf(record: PersonRecord): number {
  const text = JSON.stringify(packRecord(record, { encode: (system) => system }));
  return Number.parseInt(hash('sha256', text, 'hex').slice(0, 12), 16);
}

/** Nearly every family name is its own only part. */
function packName(name: PersonName): PackedRecord {
  const { surnames, family } = name;
  const packed = shorten(name, nameEntries);
  if (surnames?.length === 1 && surnames[0] === family) packed[nameKeys.surnames] = 1;
  return packed;
}

function unpackName(packed: PackedRecord): PersonName {
  const name = lengthen(packed, nameEntries) as PersonName & { surnames?: unknown };
  return name.surnames === (1 as unknown) ? { ...name, surnames: [name.family as string] } : name;
}

function shorten(one: object, entries: Entries): Record<string, unknown> {
  const packed: Record<string, unknown> = {};
  for (const [key, short] of entries) {
    const value = (one as Record<string, unknown>)[key];
    if (value !== undefined) packed[short] = value;
  }
  return packed;
}

function lengthen(
  from: PackedRecord,
  entries: readonly (readonly [string, string, ...unknown[]])[],
) {
  const one: Record<string, unknown> = {};
  for (const [key, short] of entries) {
    const value = from[short];
    if (value !== undefined) one[key] = value;
  }
  return one;
}
