import type { RecordNo } from '../events.ts';
import { hash52 } from '../hash.ts';
import type { PersonRecord } from '../record.ts';
import type { SketchedAddress } from './address.ts';
import { packNumber, packValue, unpacked } from './packed-texts.ts';
import type { NameWord, Prepared, PreparedIdentifier } from './prepare.ts';
import { letterSet, sketchBigrams } from './strings.ts';

/**
 * Sketches by place, in plain arrays: a million objects would keep the GC busy. Names, cities and
 * postal codes are few, so of these the text itself is kept.
 */
export type Room = ReturnType<typeof columns> & { readonly size: number };

function columns(size: number) {
  return {
    /** The record; 0 where there is none. */
    owner: new Float64Array(size),
    given: new Array<NameWord | undefined>(size).fill(undefined),
    family: new Array<NameWord | undefined>(size).fill(undefined),
    middle: new Array<string>(size).fill(''),
    /** Digits of the birth date after a 1. */
    birth: new Int32Array(size),
    /** A place in `sexes`. */
    sex: new Uint8Array(size),
    /** Texts as numbers (`packed-texts.ts`); 0 where there is none. */
    phone: new Float64Array(size * phonesMax),
    system: new Uint16Array(size * identifiersMax),
    value: new Float64Array(size * identifiersMax),
    /** Hashes; 0 when unknown. */
    email: new Float64Array(size),
    emailLetters: new Int32Array(size),
    emailLength: new Uint8Array(size),
    line: new Float64Array(size),
    bigrams: new Uint8Array(size),
    bigramsLow: new Int32Array(size),
    bigramsHigh: new Int32Array(size),
    city: new Array<string>(size).fill(''),
    postalCode: new Array<string>(size).fill(''),
  };
}

const sexes = [undefined, 'female', 'male', 'other'] as const;
const phonesMax = 2;
const identifiersMax = 3;
const systemsMax = 2 ** 16 - 1;
const bytesMax = 255;

/** Assigning authorities by number, from 1. */
export type Systems = { readonly texts: string[]; readonly numbers: Map<string, number> };

export const noSystems = (): Systems => ({ texts: [''], numbers: new Map() });

function systemNo({ texts, numbers }: Systems, system: string): number {
  let no = numbers.get(system);
  if (no !== undefined) return no;
  no = texts.length;
  texts.push(system);
  numbers.set(system, no);
  return no;
}

type Column = unknown[] | Float64Array;

/** `from`: a smaller one, whose records keep their numbers as places. */
export function roomFor(size: number, from?: Room): Room {
  const room: Room = { ...columns(size), size };
  if (from === undefined) return room;
  const { size: before, ...old } = from;
  for (const key of Object.keys(old) as (keyof typeof old)[]) {
    const [column, values] = [room[key], old[key]] as [Column, Column];
    if (Array.isArray(column)) for (let at = 0; at < before; at += 1) column[at] = values[at];
    else column.set(values as Float64Array);
  }
  return room;
}

/** False where a record says more than there is room for; its place is then left free. */
export function write(room: Room, systems: Systems, no: RecordNo, prepared: Prepared): boolean {
  const at = no & (room.size - 1);
  room.owner[at] = 0;
  if (!isPlain(prepared)) return false;
  if (!writeNumbers(room, systems, at, prepared)) return false;
  const [name] = prepared.names;
  room.given[at] = name?.given;
  room.family[at] = name?.family;
  room.middle[at] = canonical(name?.middle[0] ?? '');
  room.birth[at] = packNumber(prepared.birth);
  room.sex[at] = sexes.indexOf(prepared.record.sex);
  const [email = ''] = prepared.record.emails;
  room.email[at] = hashOf(email);
  room.emailLetters[at] = letterSet(email);
  room.emailLength[at] = email.length;
  const [address] = prepared.addresses;
  const { count, low, high } = sketchBigrams(address?.bigrams ?? '');
  room.line[at] = hashOf(address?.line ?? '');
  room.bigrams[at] = count;
  room.bigramsLow[at] = low;
  room.bigramsHigh[at] = high;
  room.city[at] = canonical(address?.city ?? '');
  room.postalCode[at] = canonical(address?.postalCode ?? '');
  room.owner[at] = no;
  return true;
}

function isPlain({ names, birth, addresses, record, identifiers }: Prepared): boolean {
  if (names.length > 1 || addresses.length > 1 || record.emails.length > 1) return false;
  if (record.phones.length > phonesMax || identifiers.length > identifiersMax) return false;
  const [name] = names;
  if (name !== undefined && (name.middle.length > 1 || name.parts.length > 0)) return false;
  if (birth.length > 8 || (birth !== '' && packNumber(birth) === 0)) return false;
  const bigrams = addresses[0]?.bigrams.length ?? 0;
  return bigrams <= bytesMax && (record.emails[0]?.length ?? 0) <= bytesMax;
}

function writeNumbers(
  { phone, system, value }: Room,
  systems: Systems,
  place: number,
  { record: { phones }, identifiers }: Prepared,
): boolean {
  for (let at = 0; at < phonesMax; at += 1) {
    const text = phones[at];
    const packed = text === undefined ? 0 : packNumber(text);
    if (text !== undefined && packed === 0) return false;
    phone[place * phonesMax + at] = packed;
  }
  for (let at = 0; at < identifiersMax; at += 1) {
    const one = identifiers[at];
    const packed = one === undefined ? 0 : packValue(one.value);
    if (one !== undefined && packed === 0) return false;
    if (systems.texts.length > systemsMax) return false;
    system[place * identifiersMax + at] = one === undefined ? 0 : systemNo(systems, one.system);
    value[place * identifiersMax + at] = packed;
  }
  return true;
}

const hashOf = (text: string): number => (text === '' ? 0 : hash52(text) || 1);

/** One text for all that are equal; the bound keeps the table under some 10 MB. */
const textsMax = 100_000;
const texts = new Map<string, string>();

function canonical(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= textsMax) texts.clear();
  texts.set(text, text);
  return text;
}

/** What a sketch says of its record, in the form in which records are compared. */
export type Sketched = Pick<Prepared, 'names' | 'birth' | 'identifiers'> & {
  readonly sex: PersonRecord['sex'];
  readonly phones: readonly string[];
  readonly address: SketchedAddress;
  /** The hash is 0 when there is none. */
  readonly email: { readonly hash: number; readonly letters: number; readonly length: number };
};

const nothing: readonly string[] = [];

export function read(room: Room, { texts: systems }: Systems, at: number): Sketched {
  const middle = room.middle[at]!;
  const birth = room.birth[at]!;
  const phones: string[] = [];
  for (let no = at * phonesMax; no < (at + 1) * phonesMax && room.phone[no] !== 0; no += 1)
    phones.push(unpacked(room.phone[no]!));
  const identifiers: PreparedIdentifier[] = [];
  for (let no = at * identifiersMax; no < (at + 1) * identifiersMax; no += 1) {
    if (room.value[no] === 0) break;
    identifiers.push({ system: systems[room.system[no]!]!, value: unpacked(room.value[no]!) });
  }
  const city = room.city[at]!;
  return {
    names: [
      {
        given: room.given[at],
        middle: middle === '' ? nothing : [middle],
        family: room.family[at],
        parts: nothing,
      },
    ],
    birth: birth === 0 ? '' : unpacked(birth),
    sex: sexes[room.sex[at]!],
    ...{ phones, identifiers },
    address: {
      ...{ city, cityLetters: letterSet(city), postalCode: room.postalCode[at]! },
      lineHash: room.line[at]!,
      bigrams: {
        count: room.bigrams[at]!,
        low: room.bigramsLow[at]!,
        high: room.bigramsHigh[at]!,
      },
    },
    email: {
      hash: room.email[at]!,
      letters: room.emailLetters[at]!,
      length: room.emailLength[at]!,
    },
  };
}
