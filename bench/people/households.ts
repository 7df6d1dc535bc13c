import {
  adultAge,
  birthDate,
  givenName,
  home,
  otherGivenName,
  phone,
  presentYear,
  ssn,
  surname,
} from './attributes.ts';
import type { Person, Sex } from './person.ts';
import { type Random, randomOf } from './random.ts';

/**
 * People of a seed, household by household, `count` of them: singles, couples and families with
 * children, twins and juniors among them, who share address, phone and surname. Memory does not
 * grow with `count`.
 */
export function* people(seed: number, count: number): Generator<Person> {
  let no = 0;
  for (let household = 0; no < count; household++) {
    for (const person of householdOf(seed, household)) {
      if (no === count) return;
      yield { ...person, no: no++ };
    }
  }
}

/** The household of a number, alone; its people are numbered within it. */
export function householdOf(seed: number, household: number): Person[] {
  const random = randomOf(seed, household);
  const age = adultAge(random);
  const shared = { household, home: home(random), phone: phone(random) };
  const sex: Sex = random.chance(0.5) ? 'female' : 'male';
  const head = individual(random, shared, {
    sex,
    year: presentYear - age,
    family: surname(random),
  });
  const first: Person = { ...head, role: 'adult' };
  if (random.chance(0.34)) return [first];
  const spouse = spouseOf(first, random);
  const couple = [first, spouse];
  if (age > 58 || random.chance(0.35)) return numbered(couple);
  return numbered([...couple, ...childrenOf(first, spouse, random)]);
}

const numbered = (members: readonly Person[]): Person[] =>
  members.map((member, no) => ({ ...member, no }));

type Shared = Pick<Person, 'household' | 'home' | 'phone'>;

function individual(
  random: Random,
  shared: Shared,
  { sex, year, family }: { sex: Sex; year: number; family: string },
): Omit<Person, 'role'> {
  const given = givenName(sex, year, random);
  const middle = otherGivenName([given], sex, year, random);
  const mail = `${given}.${family}${random.below(1000)}@mail.example`.toLowerCase();
  return {
    no: 0,
    household: shared.household,
    home: shared.home,
    phone: random.chance(0.45) ? phone(random) : shared.phone,
    given,
    middle,
    family,
    sex,
    birthDate: birthDate(year, random),
    ssn: ssn(random),
    ...(random.chance(0.6) ? { email: mail } : {}),
  };
}

export function spouseOf(person: Person, random: Random): Person {
  const sex: Sex = person.sex === 'female' ? 'male' : 'female';
  const year = Number(person.birthDate.slice(0, 4)) + random.below(9) - 4;
  const maidenName = surname(random);
  const takesName = random.chance(0.8);
  const family = takesName ? person.family : maidenName;
  const spouse = individual(random, person, { sex, year, family });
  return { ...spouse, role: 'spouse', ...(takesName ? { maidenName } : {}) };
}

/** Up to four; a pair of twins in some thirty families, a junior in some twenty. */
function childrenOf(parent: Person, other: Person, random: Random): Person[] {
  const children: Person[] = [];
  const mother = parent.sex === 'female' ? parent : other;
  const firstYear = Number(mother.birthDate.slice(0, 4)) + 19 + random.below(12);
  const count = 1 + random.below(4);
  for (let nth = 0; nth < count; nth++) {
    const year = firstYear + nth * (1 + random.below(3)) + nth;
    if (year >= presentYear) break;
    const child = childOf(parent, year, children, random);
    children.push(child);
    if (random.chance(0.03)) children.push(twinOf(child, children, random));
  }
  const father = parent.sex === 'male' ? parent : other;
  const son = children.findIndex(({ sex }) => sex === 'male');
  if (son >= 0 && random.chance(0.05)) children[son] = juniorOf(father, children[son]!);
  return children;
}

export function childOf(
  parent: Person,
  year: number,
  siblings: readonly Person[],
  random: Random,
): Person {
  const sex: Sex = random.chance(0.5) ? 'female' : 'male';
  const child = individual(random, parent, { sex, year, family: parent.family });
  const taken = siblings.map(({ given }) => given);
  return {
    ...child,
    given: otherGivenName(taken, sex, year, random),
    phone: parent.phone,
    role: 'child',
  };
}

/** Born on the same day, with another name; of the same sex twice as often as not. */
export function twinOf(child: Person, siblings: readonly Person[], random: Random): Person {
  const other: Sex = child.sex === 'female' ? 'male' : 'female';
  const sex = random.chance(0.67) ? child.sex : other;
  const year = Number(child.birthDate.slice(0, 4));
  const taken = [child.given, ...siblings.map(({ given }) => given)];
  const { maidenName: _maiden, suffix: _suffix, email: _email, ...shared } = child;
  return {
    ...shared,
    sex,
    given: otherGivenName(taken, sex, year, random),
    middle: givenName(sex, year, random),
    ssn: ssn(random),
  };
}

/** Father and son of one name. */
export const juniorOf = (father: Person, son: Person): Person => ({
  ...son,
  sex: 'male',
  given: father.given,
  middle: father.middle,
  family: father.family,
  suffix: 'Jr',
});
