import names from './people.json' with { type: 'json' };
import type { Random } from './random.ts';

/** A made-up person; nobody of this name and number exists. */
export type Person = {
  readonly mrn: string;
  /** Number of the network's health card, the same at every facility. */
  readonly card: string;
  readonly family: string;
  readonly given: string;
  readonly middle: string;
  readonly sex: 'F' | 'M';
  /** YYYYMMDD. */
  readonly birthDate: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  /** Ten digits of the range that is kept for fiction. */
  readonly phone: string;
};

export type Doctor = { readonly id: string; readonly family: string; readonly given: string };

export function makePerson(random: Random, mrn: string, isFrench: boolean): Person {
  const sex = random.pick(['F', 'M'] as const);
  const given = isFrench
    ? { F: names.femaleFrench, M: names.maleFrench }
    : { F: names.female, M: names.male };
  const [city = '', state = '', zip = ''] = isFrench
    ? ['Sainte-Thérèse', 'QC', `J7E 1${random.pick(['A', 'B', 'C'])}${random.int(1, 9)}`]
    : random.pick(names.cities);
  return {
    mrn,
    card: String(random.int(100_000_000, 999_999_999)),
    family: random.pick(isFrench ? names.familyFrench : names.family),
    given: random.pick(given[sex]),
    middle: random.pick(['', '', 'A', 'J', 'M', 'R']),
    sex,
    birthDate: birthDate(random),
    street: `${random.int(1, 999)} ${random.pick(isFrench ? names.streetsFrench : names.streets)}`,
    city,
    state,
    zip,
    phone: `${isFrench ? '514' : '212'}55501${String(random.int(0, 99)).padStart(2, '0')}`,
  };
}

export function makeDoctor(random: Random): Doctor {
  const [id = '', family = '', given = ''] = random.pick(names.doctors);
  return { id, family, given };
}

function birthDate(random: Random): string {
  const year = random.int(1934, 2024);
  const day = new Date(Date.UTC(year, random.int(0, 11), random.int(1, 28)));
  return day.toISOString().slice(0, 10).replaceAll('-', '');
}
