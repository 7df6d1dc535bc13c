import { normaliseEmail, normalisePhone, plainLetters, plainWords } from '../normalise/index.ts';
import type { PersonRecord } from '../record.ts';
import type { Wording } from '../registry/index.ts';

/** Search parameters of IHE ITI-78 (PDQm) that are asked of one record. */
export const textParameters = [
  'family',
  'given',
  'name',
  'address',
  'address-city',
  'address-state',
  'address-postalcode',
  'address-country',
  'mothersMaidenName',
] as const;
export type TextParameter = (typeof textParameters)[number];

/** One of the values must hold. Texts are compared without case, accents and punctuation. */
export type Criterion =
  | {
      readonly on: TextParameter;
      readonly how: 'starts' | 'exact' | 'contains';
      readonly values: readonly string[];
    }
  | { readonly on: 'telecom' | 'gender'; readonly values: readonly string[] }
  | { readonly on: 'birthdate'; readonly values: readonly DateValue[] };

/** `date` is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
export type DateValue = {
  readonly prefix: 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le';
  readonly date: string;
};

export function holds(criterion: Criterion, record: PersonRecord): boolean {
  switch (criterion.on) {
    case 'telecom':
      return criterion.values.some((value) => hasTelecom(record, value));
    case 'gender':
      return criterion.values.some((value) => (record.sex ?? 'unknown') === value);
    case 'birthdate':
      return criterion.values.some((value) => isBorn(record.birthDate, value));
    default:
      return holdsText(criterion, record);
  }
}

/** What a record must say to be worth looking at: less than the criteria, never more. */
export function wordingOf(criteria: readonly Criterion[]): Wording {
  return criteria.flatMap((criterion) => {
    const texts = criterion.values.map((value) => clueOf(criterion, value));
    return texts.every((text) => text !== '') ? [texts] : [];
  });
}

function clueOf({ on }: Criterion, value: string | DateValue): string {
  if (typeof value !== 'string') return value.prefix === 'eq' ? value.date : '';
  if (on === 'telecom') return normaliseEmail(value) ?? normalisePhone(value).phone ?? '';
  if (on === 'gender') return value === 'unknown' ? '' : value;
  // Particles are joined to the name behind them: the last word is there in any case.
  return plainWords(value).split(' ').at(-1) ?? '';
}

function holdsText(
  { on, how, values }: Extract<Criterion, { on: TextParameter }>,
  record: PersonRecord,
): boolean {
  const texts = textsOf(on, record);
  return values.some((value) => {
    const wanted = squeeze(isName(on) ? plainLetters(value) : plainWords(value));
    if (wanted === '') return false;
    return texts.some((text) => {
      if (how === 'exact') return squeeze(text) === wanted;
      if (how === 'contains') return squeeze(text).includes(wanted);
      // Double names and lines of an address are found by each of their words.
      return startsOf(text).some((rest) => rest.startsWith(wanted));
    });
  });
}

const isName = (on: TextParameter): boolean =>
  on === 'family' || on === 'given' || on === 'name' || on === 'mothersMaidenName';

const squeeze = (text: string): string => text.replaceAll(' ', '');

function startsOf(text: string): readonly string[] {
  const words = text.split(' ');
  return words.map((_, at) => words.slice(at).join(''));
}

function textsOf(on: TextParameter, record: PersonRecord): readonly string[] {
  const { names, addresses, mothersMaidenName } = record;
  const families = () => names.flatMap(({ family }) => family ?? []);
  const givens = () =>
    names.flatMap(({ given, middle = [] }) => [...(given ? [given] : []), ...middle]);
  switch (on) {
    case 'family':
      return families();
    case 'given':
      return givens();
    case 'name':
      return [...families(), ...givens(), ...names.flatMap(({ suffix }) => suffix ?? [])];
    case 'mothersMaidenName':
      return mothersMaidenName === undefined ? [] : [mothersMaidenName];
    case 'address':
      return addresses.flatMap((one) => Object.values(one));
    case 'address-city':
      return addresses.flatMap(({ city }) => city ?? []);
    case 'address-state':
      return addresses.flatMap(({ state }) => state ?? []);
    case 'address-postalcode':
      return addresses.flatMap(({ postalCode }) => postalCode ?? []);
    case 'address-country':
      return addresses.flatMap(({ country }) => country ?? []);
    default:
      return on satisfies never;
  }
}

function hasTelecom({ phones, emails }: PersonRecord, value: string): boolean {
  const email = normaliseEmail(value);
  if (email !== undefined) return emails.includes(email);
  const { phone } = normalisePhone(value);
  return phone !== undefined && phones.includes(phone);
}

/** A date known in part lies in its whole month or year. */
function isBorn(birthDate: string | undefined, { prefix, date }: DateValue): boolean {
  if (birthDate === undefined) return false;
  const own = birthDate.slice(0, date.length);
  switch (prefix) {
    case 'eq':
      return own === date;
    case 'ne':
      return own !== date;
    case 'gt':
      return own > date;
    case 'lt':
      return own < date.slice(0, own.length);
    case 'ge':
      return own >= date;
    case 'le':
      return own <= date;
    default:
      return prefix satisfies never;
  }
}
