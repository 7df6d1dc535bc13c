import type { RawAddress, RawIdentifier, RawName, RawPerson } from '../normalise/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** The elements of a Patient that say who it is. */
export const identityElements = [
  'identifier',
  'name',
  'birthDate',
  'gender',
  'address',
  'telecom',
  'deceasedBoolean',
  'deceasedDateTime',
  'multipleBirthBoolean',
  'multipleBirthInteger',
  'extension',
] as const;
export type IdentityElement = (typeof identityElements)[number];

const maidenNameUrl = 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName';
const formerUses = new Set(['old', 'maiden', 'nickname', 'anonymous']);

/** The elements of a Patient (R4) as a person; whatever has not the form of FHIR is left out. */
export function rawPatient(patient: Json): RawPerson {
  const telecom = listOf(patient.telecom).filter(({ use }) => use !== 'old');
  const ofSystem = (...systems: string[]) =>
    telecom.flatMap(({ system, value }) =>
      typeof value === 'string' && systems.includes(String(system)) ? [value] : [],
    );
  const { birthDate, gender, deceasedBoolean, deceasedDateTime } = patient;
  const order = patient.multipleBirthInteger;
  const maiden = listOf(patient.extension).find(({ url }) => url === maidenNameUrl)?.valueString;
  const deceased = deceasedDateTime ?? deceasedBoolean;
  return {
    names: namesOf(patient.name),
    addresses: currentFirst(listOf(patient.address)).map(addressOf),
    phones: ofSystem('phone', 'sms', 'undefined'),
    emails: ofSystem('email'),
    identifiers: identifiersOf(patient.identifier),
    ...(typeof birthDate === 'string' ? { birthDate } : {}),
    ...(typeof gender === 'string' ? { sex: gender } : {}),
    ...(typeof deceased === 'string' || typeof deceased === 'boolean' ? { deceased } : {}),
    // Many senders write birth order 1 for everybody.
    ...(patient.multipleBirthBoolean === true || (isOrder(order) && order > 1)
      ? { isMultipleBirth: true }
      : {}),
    ...(isOrder(order) ? { birthOrder: order } : {}),
    ...(typeof maiden === 'string' ? { mothersMaidenName: maiden } : {}),
  };
}

/**
 * Do both say the same of who the patient is, and of which other files are the same person's? Then
 * whoever was found to be meant by the one is meant by the other.
 */
export function isSamePatient(one: Json, other: Json): boolean {
  const told = ({ link, active, ...rest }: Json): string =>
    JSON.stringify([rawPatient(rest), link, link === undefined ? undefined : active]);
  return told(one) === told(other);
}

const isOrder = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0;

function namesOf(names: unknown): RawName[] {
  const all = listOf(names).map((name) => {
    const { family, use } = name;
    const given = textsOf(name.given);
    const [suffix] = textsOf(name.suffix);
    const isFormer = typeof use === 'string' && formerUses.has(use);
    return {
      ...(given.length === 0 ? {} : { given }),
      ...(typeof family === 'string' ? { family } : {}),
      ...(suffix === undefined ? {} : { suffix }),
      ...(isFormer ? { isFormer: true } : {}),
    };
  });
  return [...all.filter((name) => !name.isFormer), ...all.filter((name) => name.isFormer)];
}

const currentFirst = (items: readonly Json[]): readonly Json[] => [
  ...items.filter(({ use }) => use !== 'old'),
  ...items.filter(({ use }) => use === 'old'),
];

function addressOf(address: Json): RawAddress {
  const line = textsOf(address.line);
  const kept: Record<string, string> = {};
  for (const key of ['city', 'state', 'postalCode', 'country'] as const) {
    const value = address[key];
    if (typeof value === 'string') kept[key] = value;
  }
  return line.length === 0 ? kept : { line, ...kept };
}

/** Identifiers of a Patient, or of the mother's RelatedPerson. */
export function identifiersOf(identifiers: unknown): RawIdentifier[] {
  return listOf(identifiers).flatMap(({ system, value, use, type }) => {
    if (typeof system !== 'string' || typeof value !== 'string') return [];
    const codes = listOf(objectOf(type)?.coding).flatMap(({ code }) =>
      typeof code === 'string' ? [code] : [],
    );
    return [{ system, value, type: codes, ...(use === 'old' ? { isOld: true } : {}) }];
  });
}

export const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;

export const listOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.map(objectOf).filter((item) => item !== undefined) : [];

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : [];
