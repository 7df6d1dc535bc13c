import type { Contribution } from '../../fhir/index.ts';
import { normalisePerson, type RawPerson } from '../normalise/index.ts';
import {
  type PersonIdentifier,
  type PersonRecord,
  type RecordFlag,
  unknownPerson,
} from '../record.ts';
import {
  type IdentityElement,
  identifiersOf,
  identityElements,
  rawPatient,
} from './raw-patient.ts';
import { type Contacts, foldContacts } from './stays.ts';

type RecordKey = keyof PersonRecord;

/** What of a record each element of the Patient gives, with the doubts that come with it. */
const gives: Readonly<
  Record<IdentityElement, readonly [readonly RecordKey[], readonly RecordFlag[]]>
> = {
  identifier: [['identifiers'], ['placeholder-identifier']],
  name: [['names'], ['placeholder-name', 'newborn-name']],
  birthDate: [['birthDate'], ['placeholder-birth-date', 'impossible-date']],
  gender: [['sex'], []],
  address: [['addresses'], ['placeholder-address']],
  telecom: [['phones', 'emails'], ['placeholder-phone']],
  deceasedBoolean: [['deceased'], []],
  deceasedDateTime: [['deceased'], []],
  multipleBirthBoolean: [['isMultipleBirth', 'birthOrder'], []],
  multipleBirthInteger: [['isMultipleBirth', 'birthOrder'], []],
  extension: [['mothersMaidenName'], []],
};

/** One patient of a message: the Patient itself, and what the rest of the message says of them. */
export type PatientSaid = {
  readonly patient: Contribution;
  readonly mother: Contribution | undefined;
  readonly contacts: Contacts;
};

/**
 * A record after one more message: what the message sets is taken, what it removes is gone, all
 * else stays as it was. `known` is undefined for a record that is new. Pure.
 */
export function foldPatient(known: PersonRecord | undefined, said: PatientSaid): PersonRecord {
  const { patient, mother } = said;
  if (known === undefined && mother === undefined && patient.initial === undefined) {
    const first = normalisePerson(rawPatient(patient.set));
    const isOrdered = first.flags.length < 2;
    return foldContacts(
      isOrdered ? first : { ...first, flags: first.flags.toSorted() },
      said.contacts,
    );
  }
  const elements = touchedBy(patient, known);
  const told = normalisePerson({ ...tellingOf(patient, known), ...motherOf(mother) });
  const before: PersonRecord = known ?? unknownPerson;
  const record: Record<string, unknown> = { ...before };
  const cleared = new Set<RecordFlag>();
  for (const element of elements) {
    const [keys, flags] = gives[element];
    for (const key of keys) put(record, key, told[key]);
    for (const flag of flags) cleared.add(flag);
  }
  if (elements.has('identifier'))
    record.identifiers = joinIdentifiers(before.identifiers, told.identifiers);
  if (mother !== undefined) put(record, 'motherIdentifiers', told.motherIdentifiers);
  const kept = before.flags.filter((flag) => !cleared.has(flag));
  record.flags = [...new Set([...kept, ...told.flags.filter((flag) => cleared.has(flag))])].sort();
  return foldContacts(record as unknown as PersonRecord, said.contacts);
}

function put(record: Record<string, unknown>, key: RecordKey, value: unknown): void {
  if (value === undefined) delete record[key];
  else record[key] = value;
}

/** A whole resource says of every element that it is so, even of those that it leaves out. */
function touchedBy(
  { set, remove, initial, whole }: Contribution,
  known: PersonRecord | undefined,
): ReadonlySet<IdentityElement> {
  const isTouched = (element: IdentityElement) =>
    element in set ||
    remove.includes(element) ||
    (initial !== undefined && element in initial && isUnknown(element, known));
  return new Set(identityElements.filter((element) => whole === true || isTouched(element)));
}

function isUnknown(element: IdentityElement, known: PersonRecord | undefined): boolean {
  if (known === undefined) return true;
  return gives[element][0].every((key) => {
    const value = known[key];
    return value === undefined || (Array.isArray(value) && value.length === 0);
  });
}

function tellingOf({ set, initial }: Contribution, known: PersonRecord | undefined): RawPerson {
  if (initial === undefined) return rawPatient(set);
  const free = identityElements.filter(
    (element) => element in initial && isUnknown(element, known),
  );
  return rawPatient({ ...Object.fromEntries(free.map((one) => [one, initial[one]])), ...set });
}

const motherOf = (mother: Contribution | undefined): RawPerson =>
  mother === undefined ? {} : { motherIdentifiers: identifiersOf(mother.set.identifier) };

/**
 * A message names the numbers that it needs; of an authority that it does not name nothing is
 * said, and that number stays. A number of an authority that is named again is replaced.
 */
function joinIdentifiers(
  before: readonly PersonIdentifier[],
  told: readonly PersonIdentifier[],
): readonly PersonIdentifier[] {
  const named = new Set(told.map(({ system }) => system));
  const kept = before.filter(({ system }) => !named.has(system));
  if (kept.length === 0) return told;
  const all = [...told, ...kept];
  return [...all.filter(({ type }) => type === 'MR'), ...all.filter(({ type }) => type !== 'MR')];
}
