import type { PersonId, RecordNo } from '../events.ts';
import type { Survivorship } from '../policy/index.ts';
import type { PersonAddress, PersonIdentifier, PersonName } from '../record.ts';
import type { GoldenRecord } from '../registry/index.ts';
import type { Reading } from './reading.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A person as a FHIR R4 Patient, the golden record, with what a caller may want to look up. */
export type PersonView = {
  readonly person: PersonId;
  readonly records: readonly RecordNo[];
  /** Names, addresses and dates as they were compared: normalised, upper-case. */
  readonly patient: Json;
  /** Ids of the source's Patients that name, address and telecom come from, as it wrote them. */
  readonly written: { readonly [Element in 'name' | 'address' | 'telecom']?: readonly string[] };
};

const maidenNameUrl = 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName';
const typeSystem = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** The golden record of the person of a record, under the survivorship that governs. */
export function viewOf(
  { registry, crosswalk }: Pick<Reading, 'registry' | 'crosswalk'>,
  no: RecordNo,
  rules: Survivorship,
): PersonView {
  const golden = registry.golden(no, rules);
  const { names, addresses, phones } = golden.attributes;
  const written = (record: RecordNo | undefined) =>
    record === undefined ? [] : crosswalk.resourcesOf(record);
  return {
    ...{ person: golden.person, records: golden.records },
    patient: patientOf(golden, golden.records.flatMap(crosswalk.resourcesOf)),
    written: {
      name: written(names?.record),
      address: written(addresses?.record),
      telecom: written(phones?.record),
    },
  };
}

function patientOf(golden: GoldenRecord, sources: readonly string[]): Json {
  const { names, birthDate, sex, addresses, phones, emails } = golden.attributes;
  const { isMultipleBirth, birthOrder, mothersMaidenName } = golden.attributes;
  const telecom = [
    ...listOf<string>(phones?.value).map((value) => ({ system: 'phone', value })),
    ...listOf<string>(emails?.value).map((value) => ({ system: 'email', value })),
  ];
  const date = birthDate?.value as string | undefined;
  const maiden = mothersMaidenName?.value;
  return {
    ...{ resourceType: 'Patient', id: golden.person, active: true },
    ...(maiden === undefined ? {} : { extension: [{ url: maidenNameUrl, valueString: maiden }] }),
    ...some('identifier', golden.identifiers.map(identifierOf)),
    ...some('name', listOf<PersonName>(names?.value).map(nameOf)),
    ...some('telecom', telecom),
    ...(sex === undefined ? {} : { gender: sex.value }),
    ...(date === undefined || !isDate(date) ? {} : { birthDate: date }),
    ...deceasedOf(golden.attributes.deceased?.value),
    ...some('address', listOf<PersonAddress>(addresses?.value).map(addressOf)),
    ...(birthOrder === undefined
      ? isMultipleBirth === undefined
        ? {}
        : { multipleBirthBoolean: isMultipleBirth.value }
      : { multipleBirthInteger: birthOrder.value }),
    // The Patients of the sources, which are what resources refer to.
    ...some(
      'link',
      sources.map((id) => ({ other: { reference: `Patient/${id}` }, type: 'seealso' })),
    ),
  };
}

const some = (name: string, items: readonly unknown[]): Json =>
  items.length === 0 ? {} : { [name]: items };

const listOf = <Item>(value: unknown): readonly Item[] => (value ?? []) as readonly Item[];

/** A number with its authority, and its code of HL7 table 0203 where the source gave one. */
export function identifierOf({ system, value, type }: PersonIdentifier): Json {
  const coding =
    type === undefined ? {} : { type: { coding: [{ system: typeSystem, code: type }] } };
  return { ...coding, system, value };
}

function nameOf({ given, middle = [], family, suffix, isFormer }: PersonName): Json {
  return {
    use: isFormer ? 'old' : 'official',
    ...(family === undefined ? {} : { family }),
    ...some('given', given === undefined ? middle : [given, ...middle]),
    ...(suffix === undefined ? {} : { suffix: [suffix] }),
  };
}

const addressOf = ({ line, ...rest }: PersonAddress): Json =>
  line === undefined ? rest : { line: [line], ...rest };

/** A digit typed wrong gives days that no calendar has, and FHIR has no room for them. */
function isDate(text: string): boolean {
  if (!/^\d{4}(-\d{2}(-\d{2})?)?$/.test(text)) return false;
  const full = `${text}-01-01`.slice(0, 10);
  const at = Date.parse(full);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(full);
}

function deceasedOf(deceased: unknown): Json {
  if (typeof deceased === 'string') return { deceasedDateTime: deceased };
  return deceased === true ? { deceasedBoolean: true } : {};
}
