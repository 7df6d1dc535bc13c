import type { Contribution } from '../../fhir/index.ts';
import { hash52 } from '../block/index.ts';
import type { RecordNo } from '../events.ts';
import { normaliseIdentifiers } from '../normalise/index.ts';
import { normalisationVersion, type PersonIdentifier, type PersonRecord } from '../record.ts';
import { fingerprintOf, type Occasion } from '../registry/index.ts';
import { foldPatient, type PatientSaid } from './patient-record.ts';
import { identifiersOf, identityElements, listOf, objectOf } from './raw-patient.ts';
import { contactsOf, noContacts } from './stays.ts';
import type { IdentityStore, Said } from './store.ts';

/** What a message did to the record of one of its patients. */
export type Sighted = {
  readonly record: RecordNo;
  readonly kind: 'new' | 'changed' | 'moved' | 'same';
  /** Before a change. */
  readonly before: PersonRecord | undefined;
};

/** The number under which a source files a patient; undefined where none can be used. */
export type Filed = {
  readonly key: PersonIdentifier | undefined;
  readonly placeholders: number;
};

/** Numbers that all sources share name a person, not a source's file on them. */
const sharedTypes = new Set(['SS', 'NI', 'NH', 'TAX', 'DL', 'PPN', 'HC', 'MC', 'MA', 'CZ', 'WC']);
const sharedSystems = new Set([
  'http://hl7.org/fhir/sid/us-ssn',
  'http://hl7.org/fhir/sid/us-mbi',
  'http://hl7.org/fhir/sid/us-medicare',
  'urn:oid:2.16.840.1.113883.4.1',
]);

export function filedUnder(patient: Contribution): Filed {
  const raw = identifiersOf(patient.set.identifier ?? patient.initial?.identifier);
  const { identifiers, placeholders } = normaliseIdentifiers(raw);
  const [first] = identifiers;
  const own = identifiers.find(
    ({ system, type = '' }) => !sharedTypes.has(type) && !sharedSystems.has(system),
  );
  // Whose only number is one that others use as well is filed under their resource.
  const resource = { system: 'urn:plexus:patient', value: patient.id };
  return { key: own ?? (first === undefined ? undefined : resource), placeholders };
}

/** Writes what a message says of a patient to the record that its source files them under. */
export function sight(
  store: IdentityStore,
  said: PatientSaid,
  key: PersonIdentifier,
  on: Occasion,
): Sighted {
  const { registry, lastSaid } = store;
  const saidNow = hashOfSaid(said);
  const known = registry.recordOf(key.system, key.value);
  if (known === undefined) {
    const attributes = foldPatient(undefined, said);
    const { system, value } = key;
    const sighting = sightingOf(attributes, key);
    const record = registry.see({ system, value, ...sighting }, on);
    store.people.put(record, sighting);
    remember(lastSaid, record, { said: saidNow, fingerprint: sighting.fingerprint });
    return { record, kind: 'new', before: undefined };
  }
  const last = lastSaid.get(known);
  // Another worker may have heard something else of them in between.
  if (last?.said === saidNow && last.fingerprint === registry.record(known).fingerprint)
    return { record: known, kind: 'same', before: undefined };
  const before = registry.sighting(known).attributes;
  const attributes = foldPatient(before, said);
  const sighting = sightingOf(attributes, key);
  remember(lastSaid, known, { said: saidNow, fingerprint: sighting.fingerprint });
  if (sighting.fingerprint === registry.record(known).fingerprint)
    return { record: known, kind: 'same', before };
  registry.change(known, sighting, on);
  store.people.put(known, sighting);
  return { record: known, kind: isOnlyMoved(before, attributes) ? 'moved' : 'changed', before };
}

const sightingOf = (attributes: PersonRecord, { system }: PersonIdentifier) => ({
  attributes,
  fingerprint: fingerprintOf(attributes),
  normalisation: normalisationVersion,
  facility: system,
});

/** Where and when the person was seen: nobody is looked for by it. */
function isOnlyMoved(before: PersonRecord, after: PersonRecord): boolean {
  const still = ({ stays: _stays, lastActive: _active, ...rest }: PersonRecord) => rest;
  return fingerprintOf(still(before)) === fingerprintOf(still(after));
}

const saidMax = 50_000;

function remember(lastSaid: Map<RecordNo, Said>, record: RecordNo, said: Said): void {
  if (lastSaid.size >= saidMax) lastSaid.clear();
  lastSaid.set(record, said);
}

/** Equal for messages that say the same of who the patient is. */
function hashOfSaid({ patient, mother, contacts }: PatientSaid): number {
  const { set, remove, initial, whole } = patient;
  const said: unknown[] = [whole, remove, initial, mother?.set.identifier];
  for (const element of identityElements) said.push(set[element]);
  if (contacts !== noContacts) said.push(contacts);
  return hash52(JSON.stringify(said));
}

/** One patient of a message with what its other resources say of them. */
export function saidOf(
  contributions: readonly Contribution[],
  patient: Contribution,
  facility: string,
): PatientSaid {
  const reference = `Patient/${patient.id}`;
  const mother = contributions.find(
    ({ type, set }) =>
      type === 'RelatedPerson' &&
      objectOf(set.patient)?.reference === reference &&
      listOf(set.relationship).some(({ coding }) =>
        listOf(coding).some(({ code }) => code === 'MTH'),
      ),
  );
  return { patient, mother, contacts: contactsOf(contributions, reference, facility) };
}
