import type { RawPerson } from '../../transforms/identity/index.ts';
import type { Random } from './random.ts';

export type Sex = 'female' | 'male';

export type Home = {
  readonly line: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
};

/** A synthetic person as they are; what hospitals know of them is a record. */
export type Person = {
  readonly no: number;
  readonly household: number;
  readonly role: 'adult' | 'spouse' | 'child';
  readonly given: string;
  readonly middle: string;
  readonly family: string;
  readonly maidenName?: string;
  readonly suffix?: string;
  readonly sex: Sex;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly home: Home;
  readonly phone: string;
  readonly email?: string;
  /** Nine digits. */
  readonly ssn: string;
  readonly birthOrder?: number;
};

/** Authority of the synthetic social security numbers. */
export const ssnSystem = 'urn:example:ssn';
/** Authority of the medical record numbers of a synthetic facility. */
export const mrSystem = (facility: string): string => `urn:example:mr:${facility}`;

/** How complete the records of a facility are, as probabilities 0..1. */
export type Completeness = {
  readonly ssn: number;
  readonly middle: number;
  readonly address: number;
  readonly phone: number;
  readonly email: number;
};

/** As a registration desk asks for it. */
export const usual: Completeness = {
  ssn: 0.75,
  middle: 0.5,
  address: 0.96,
  phone: 0.92,
  email: 0.35,
};

/** Everything that is there to know. */
export const complete: Completeness = { ssn: 1, middle: 0.5, address: 1, phone: 1, email: 0.5 };

/** What one facility writes down about a person, before anything goes wrong. */
export function recordOf(
  person: Person,
  facility: string,
  random: Random,
  completeness: Completeness = usual,
): RawPerson {
  const knows = (probability: number): boolean => random.chance(probability);
  const name = {
    given: person.given,
    family: person.family,
    ...(knows(completeness.middle) ? { middle: person.middle } : {}),
    ...(person.suffix === undefined ? {} : { suffix: person.suffix }),
  };
  const identifiers = [
    { system: mrSystem(facility), value: String(10_000_000 + person.no), type: 'MR' },
    ...(knows(completeness.ssn) ? [{ system: ssnSystem, value: person.ssn, type: 'SS' }] : []),
  ];
  return {
    names: [name],
    birthDate: person.birthDate,
    sex: person.sex,
    addresses: knows(completeness.address) ? [person.home] : [],
    phones: knows(completeness.phone) ? [person.phone] : [],
    emails: person.email !== undefined && knows(completeness.email) ? [person.email] : [],
    identifiers,
  };
}
