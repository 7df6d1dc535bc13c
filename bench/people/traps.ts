import type { RawPerson } from '../../transforms/identity/index.ts';
import { birthDate, givenName, home, oneLetterTwins, phone, ssn } from './attributes.ts';
import { corrupt } from './corrupt.ts';
import { childOf, householdOf, juniorOf, spouseOf, twinOf } from './households.ts';
import { complete, mrSystem, type Person, recordOf, ssnSystem } from './person.ts';
import { type Random, randomOf } from './random.ts';

/** Two records of two different people whom a score takes for one. */
export type TrapPair = readonly [RawPerson, RawPerson];

export type TrapOptions = {
  readonly seed: number;
  readonly count: number;
  /** Whether the records carry social security numbers. */
  readonly hasSsn: boolean;
  /** Mistakes on each side, 0 for clean records. */
  readonly mistakes: number;
};

/** How one class of trap makes its two people, or finishes their records. */
type Trap = {
  readonly people: (head: Person, random: Random) => readonly [Person, Person];
  readonly finish?: (pair: TrapPair, people: readonly [Person, Person], random: Random) => TrapPair;
  /** How the records were typed in, mistakes and all. */
  readonly entered?: (pair: TrapPair) => TrapPair;
  /** Where any mistake would leave nothing that anybody could see. */
  readonly isClean?: true;
};

const yearOf = ({ birthDate: date }: Person): number => Number(date.slice(0, 4));

const child = (parent: Person, random: Random): Person =>
  childOf(parent, Math.min(yearOf(parent) + 20 + random.below(15), 2024), [], random);

const siblings = (head: Person, random: Random): readonly [Person, Person] => {
  const first = child(head, random);
  return [first, childOf(head, yearOf(first) + 1 + random.below(5), [first], random)];
};

const twins = (head: Person, random: Random): readonly [Person, Person] => {
  const first = child(head, random);
  return [first, twinOf(first, [], random)];
};

const oneLetter = (head: Person, random: Random): readonly [Person, Person] => {
  const [first, second] = twins(head, random);
  const [given = '', other = ''] = random.pick(oneLetterTwins);
  return [
    { ...first, given },
    { ...second, given: other, sex: first.sex, middle: first.middle },
  ];
};

const anyTwins = (head: Person, random: Random): readonly [Person, Person] =>
  random.pick([twins, oneLetter])(head, random);

const fatherAndSon = (head: Person, random: Random): readonly [Person, Person] => {
  const father: Person = { ...head, sex: 'male' };
  const son = juniorOf(father, child(father, random));
  const { suffix: _suffix, ...plain } = son;
  // Some write both suffixes, some the son's, some none.
  const style = random.below(3);
  return [style === 0 ? { ...father, suffix: 'Sr' } : father, style === 2 ? plain : son];
};

/** A son born on his father's birthday, which leaves nothing but the year and a suffix. */
const oneBirthday = (head: Person, random: Random): readonly [Person, Person] => {
  const [father, son] = fatherAndSon(head, random);
  // The last day that every month of every year has.
  const day = father.birthDate.slice(4, 8) + father.birthDate.slice(8).replace(/29|3./, '28');
  const of = (person: Person): Person => ({ ...person, birthDate: yearOf(person) + day });
  return [of(father), of(son)];
};

const exchangeNames = (record: RawPerson): RawPerson => ({
  ...record,
  names: (record.names ?? []).map(({ given, family, ...name }) => ({
    ...name,
    ...(family === undefined ? {} : { given: family }),
    ...(given === undefined ? {} : { family: String(given) }),
  })),
});

const exchangeSecond = ([a, b]: TrapPair): TrapPair => [a, exchangeNames(b)];
const exchangeBoth = ([a, b]: TrapPair): TrapPair => [exchangeNames(a), exchangeNames(b)];

const mother = (head: Person): Person => ({ ...head, sex: 'female', role: 'adult' });

const namesake = (head: Person, random: Random): readonly [Person, Person] => {
  const { email: _email, ...other } = head;
  return [head, { ...other, home: home(random), phone: phone(random), ssn: ssn(random) }];
};

/** Strangers of about one age in one house with one phone; some of them have one surname. */
const housemates =
  (years: number, sharesSex: boolean) =>
  (head: Person, random: Random): readonly [Person, Person] => {
    const house = { ...home(random), line: `${1 + random.below(9)}00 COLLEGE WAY` };
    const [stranger] = householdOf(random.below(2 ** 31), 0);
    const year = yearOf(head) + random.below(2 * years + 1) - years;
    const sex = sharesSex ? head.sex : stranger!.sex;
    const born = random.chance(0.1) ? head.birthDate : birthDate(year, random);
    const one: Person = { ...head, home: house };
    // Not the birth date and the given name at once: nobody could tell those two apart.
    const given =
      born !== head.birthDate && random.chance(0.1) ? head.given : givenOf(head, sex, year, random);
    const family = random.chance(0.2) ? head.family : stranger!.family;
    return [
      one,
      { ...stranger!, given, family, sex, birthDate: born, home: house, phone: head.phone },
    ];
  };

function givenOf(head: Person, sex: Person['sex'], year: number, random: Random): string {
  for (;;) {
    const given = givenName(sex, year, random);
    if (given !== head.given) return given;
  }
}

const familyMembers = (head: Person, random: Random): readonly [Person, Person] =>
  random.pick([
    siblings,
    twins,
    fatherAndSon,
    (one: Person) => [one, spouseOf(one, random)] as const,
    (one: Person) => [one, child(one, random)] as const,
  ])(head, random);

const withoutGiven = (record: RawPerson): RawPerson => ({
  ...record,
  names: (record.names ?? []).map(({ given: _given, middle: _middle, ...name }) => name),
});

const nameAndBirthDate = ({ addresses: _a, phones: _p, emails: _e, ...record }: RawPerson) =>
  record;

/** A newborn before it has a name: called after its mother, reached where she is. */
function newborn(
  record: RawPerson,
  baby: Person,
  ofMother: Person,
  hasSsn: boolean,
  letter = '',
): RawPerson {
  const called = baby.sex === 'female' ? 'BABY GIRL' : 'BABY BOY';
  const own = (record.identifiers ?? []).filter(({ type }) => type === 'MR');
  // A number was needed, so the mother's was typed in.
  const mothers = { system: ssnSystem, value: ofMother.ssn, type: 'SS' };
  return {
    ...record,
    names: [{ given: `${called} ${letter}`.trim(), family: baby.family }],
    emails: [],
    identifiers: hasSsn ? [...own, mothers] : own,
  };
}

const hasSsnOf = ([one]: TrapPair): boolean =>
  (one.identifiers ?? []).some(({ type }) => type === 'SS');

const twinNewborns = (pair: TrapPair, [a, b]: readonly [Person, Person]): TrapPair => [
  newborn(pair[0], a, a, hasSsnOf(pair), 'A'),
  newborn(pair[1], b, a, hasSsnOf(pair), 'B'),
];

const shareSsn = ([a, b]: TrapPair): TrapPair => {
  const own = (a.identifiers ?? []).filter(({ type }) => type === 'SS');
  const others = (b.identifiers ?? []).filter(({ type }) => type !== 'SS');
  return [a, { ...b, identifiers: [...others, ...own] }];
};

const traps = {
  twins: { people: twins },
  'one-letter-twins': { people: oneLetter },
  'one-letter-twins-one-unknown': {
    people: oneLetter,
    finish: ([a, b]) => [a, withoutGiven(b)],
  },
  'exchanged-twins': { people: anyTwins, entered: exchangeSecond },
  'twins-family-name-first': { people: anyTwins, entered: exchangeBoth, isClean: true },
  siblings: { people: siblings },
  'father-and-son': { people: fatherAndSon },
  'father-and-son-of-one-birthday': { people: oneBirthday },
  spouses: { people: (head, random) => [head, spouseOf(head, random)] },
  'newborn-and-mother': {
    people: (head, random) => [mother(head), child(head, random)],
    finish: (pair, [a, b]) => [
      pair[0],
      {
        ...newborn(pair[1], b, a, hasSsnOf(pair)),
        motherIdentifiers: [{ system: mrSystem('east'), value: String(10_000_000 + a.no) }],
      },
    ],
  },
  'newborn-and-newborn-twin': { people: twins, finish: twinNewborns },
  'newborn-and-named-twin': {
    people: twins,
    finish: (pair, [a, b]) => [pair[0], newborn(pair[1], b, a, hasSsnOf(pair))],
  },
  'same-name-and-birth-date': { people: namesake },
  'same-name-and-birth-date-alone': {
    people: namesake,
    finish: ([a, b]) => [nameAndBirthDate(a), nameAndBirthDate(b)],
  },
  'shared-ssn': { people: familyMembers, finish: shareSsn },
  dormitory: { people: housemates(2, false) },
  prison: { people: housemates(15, true) },
} as const satisfies Record<string, Trap>;

export type TrapClass = keyof typeof traps;
export const trapClasses = Object.keys(traps) as TrapClass[];

const areApart = ([a, b]: TrapPair): boolean =>
  !(a.names ?? []).some((x) =>
    (b.names ?? []).some(
      (y) => String(x.given) === String(y.given) || namesText(x) === namesText(y),
    ),
  );

const canBeTold = (pair: TrapPair): boolean =>
  areApart(pair) || pair[0].birthDate !== pair[1].birthDate;

/** Mistakes that make two names one, or two birth dates, leave nothing that anybody could see. */
const isLost = (before: TrapPair, after: TrapPair): boolean =>
  (areApart(before) && !areApart(after)) || (canBeTold(before) && !canBeTold(after));

const namesText = ({ given, family }: { given?: unknown; family?: unknown }): string =>
  [given, family].map(String).toSorted().join();

const asItIs = (pair: TrapPair): TrapPair => pair;

/** Pairs of a class, `count` of them, each written by two facilities. */
export function* trapPairs(trap: TrapClass, options: TrapOptions): Generator<TrapPair> {
  const { seed, count, hasSsn, mistakes } = options;
  const { people, finish, entered = asItIs, isClean }: Trap = traps[trap];
  const slips = isClean ? 0 : mistakes;
  for (let nth = 0; nth < count; nth++) {
    const random = randomOf(seed + trapClasses.indexOf(trap), nth);
    const [head] = householdOf(seed, nth);
    const [a, b] = people({ ...head!, no: 2 * nth }, random);
    const pair: readonly [Person, Person] = [a, { ...b, no: 2 * nth + 1 }];
    const knows = { ...complete, ssn: hasSsn ? 1 : 0 };
    const clean: TrapPair = [
      recordOf(pair[0], 'east', random, knows),
      recordOf(pair[1], 'west', random, knows),
    ];
    const finished = finish === undefined ? clean : finish(clean, pair, random);
    const corrupted: TrapPair = [
      corrupt(finished[0], slips, random),
      corrupt(finished[1], slips, random),
    ];
    const [meant, found] = [entered(finished), entered(corrupted)];
    yield isLost(finished, corrupted) || isLost(meant, found) ? meant : found;
  }
}
