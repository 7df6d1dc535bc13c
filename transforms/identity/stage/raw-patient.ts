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
  const { phones, emails } = telecomOf(patient.telecom);
  const { birthDate, gender, deceasedBoolean, deceasedDateTime } = patient;
  const order = patient.multipleBirthInteger;
  const maiden =
    patient.extension === undefined
      ? undefined
      : listOf(patient.extension).find(({ url }) => url === maidenNameUrl)?.valueString;
  const deceased = deceasedDateTime ?? deceasedBoolean;
  // Run for every message: each spread of a part that may be absent would be an object more.
  const raw: { -readonly [Key in keyof RawPerson]: RawPerson[Key] } = {
    names: namesOf(patient.name),
    addresses: currentFirst(listOf(patient.address)).map(addressOf),
    ...{ phones, emails },
    identifiers: identifiersOf(patient.identifier),
  };
  if (typeof birthDate === 'string') raw.birthDate = birthDate;
  if (typeof gender === 'string') raw.sex = gender;
  if (typeof deceased === 'string' || typeof deceased === 'boolean') raw.deceased = deceased;
  // Many senders write birth order 1 for everybody.
  if (patient.multipleBirthBoolean === true || (isOrder(order) && order > 1))
    raw.isMultipleBirth = true;
  if (isOrder(order)) raw.birthOrder = order;
  if (typeof maiden === 'string') raw.mothersMaidenName = maiden;
  return raw;
}

function telecomOf(telecom: unknown): { readonly phones: string[]; readonly emails: string[] } {
  const found = { phones: [] as string[], emails: [] as string[] };
  for (const { system, value, use } of listOf(telecom)) {
    if (use === 'old' || typeof value !== 'string') continue;
    if (system === 'email') found.emails.push(value);
    else if (['phone', 'sms', 'undefined'].includes(String(system))) found.phones.push(value);
  }
  return found;
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
  const current: RawName[] = [];
  const former: RawName[] = [];
  for (const { family, use, given: words, suffix: suffixes } of listOf(names)) {
    const given = textsOf(words);
    const [suffix] = textsOf(suffixes);
    const name: { -readonly [Key in keyof RawName]: RawName[Key] } = {};
    if (given.length > 0) name.given = given;
    if (typeof family === 'string') name.family = family;
    if (suffix !== undefined) name.suffix = suffix;
    if (typeof use === 'string' && formerUses.has(use)) {
      name.isFormer = true;
      former.push(name);
    } else current.push(name);
  }
  return former.length === 0 ? current : [...current, ...former];
}

const currentFirst = (items: readonly Json[]): readonly Json[] =>
  items.every(({ use }) => use !== 'old')
    ? items
    : [...items.filter(({ use }) => use !== 'old'), ...items.filter(({ use }) => use === 'old')];

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
  const found: RawIdentifier[] = [];
  for (const { system, value, use, type } of listOf(identifiers)) {
    if (typeof system !== 'string' || typeof value !== 'string') continue;
    const codes: string[] = [];
    for (const { code } of listOf(objectOf(type)?.coding))
      if (typeof code === 'string') codes.push(code);
    const identifier = { system, value, type: codes };
    found.push(use === 'old' ? { ...identifier, isOld: true } : identifier);
  }
  return found;
}

export const objectOf = (value: unknown): Json | undefined => (isObject(value) ? value : undefined);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nothing: readonly never[] = [];

export const listOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? (value.every(isObject) ? value : value.filter(isObject)) : nothing;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? (value.every(isText) ? value : value.filter(isText)) : nothing;
