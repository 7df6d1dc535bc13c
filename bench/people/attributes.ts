import lists from './names.json' with { type: 'json' };
import type { Home, Sex } from './person.ts';
import type { Random } from './random.ts';

/** The year that the synthetic people live in. */
export const presentYear = 2025;

/** A few hundred common surnames, and a long tail of some thousands of made-up ones. */
const surnames: readonly string[] = [
  ...lists.surnames,
  ...lists.surnameHeads.flatMap((head) => lists.surnameTails.map((tail) => head + tail)),
];

export const surname = (random: Random): string => random.zipf(surnames);

const given: Readonly<Record<Sex, Readonly<Record<string, readonly string[]>>>> = lists.given;

/** Names by the first year of birth that they were usual in, the earliest first. */
const cohortsOf = (sex: Sex) =>
  Object.entries(given[sex]).map(([year, names]) => ({ year: Number(year), names }));
const cohorts = { female: cohortsOf('female'), male: cohortsOf('male') };

/** A given name as it was usual in the year of birth; some are taken from another generation. */
export function givenName(sex: Sex, birthYear: number, random: Random): string {
  const shifted = random.chance(0.12) ? birthYear + random.below(90) - 45 : birthYear;
  const cohort = cohorts[sex].findLast(({ year }) => year <= shifted) ?? cohorts[sex][0]!;
  return random.zipf(cohort.names);
}

/** A given name that nobody of `taken` has: brothers and sisters are called apart. */
export const otherGivenName = (
  taken: readonly string[],
  sex: Sex,
  birthYear: number,
  random: Random,
): string => {
  for (;;) {
    const name = givenName(sex, birthYear, random);
    if (!taken.includes(name)) return name;
  }
};

/** A day of the year; 1 January and the first of a month are written more often than born. */
export function birthDate(year: number, random: Random): string {
  if (random.chance(0.012)) return `${year}-01-01`;
  const month = 1 + random.below(12);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const day = random.chance(0.02) ? 1 : 1 + random.below(days);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** Age of an adult in years: many between 20 and 65, fewer beyond. */
export function adultAge(random: Random): number {
  return random.chance(0.78) ? 20 + random.below(46) : 66 + random.below(20);
}

export function home(random: Random): Home {
  const city = random.below(lists.cities.length);
  const number = 1 + Math.floor(random.next() ** 2 * 4800);
  const unit = random.chance(0.22) ? ` APT ${1 + random.below(40)}` : '';
  return {
    line: `${number} ${random.zipf(lists.streets)} ${random.zipf(lists.streetKinds)}${unit}`,
    city: lists.cities[city]!,
    state: 'OH',
    postalCode: String(43_000 + city * 12 + random.below(12)),
  };
}

export const phone = (random: Random): string =>
  `${random.pick(['614', '740', '330', '216'])}${200 + random.below(700)}${fourDigits(random)}`;

/** Nine digits in ranges that are given out. */
export const ssn = (random: Random): string =>
  `${100 + random.below(560)}${10 + random.below(89)}${fourDigits(random)}`;

const fourDigits = (random: Random): string => String(1 + random.below(9998)).padStart(4, '0');

export const oneLetterTwins: readonly (readonly string[])[] = lists.oneLetterTwins;

/** A nickname of a given name, or the name itself where it has none. */
export function nickname(given: string, random: Random): string {
  const known: Readonly<Record<string, readonly string[]>> = lists.nicknames;
  const names = known[given];
  return names === undefined ? given : random.pick(names);
}
