type Json = Readonly<Record<string, unknown>>;

/** Elements in which R4's patient compartment names its patient, by how often they occur. */
const patientElements = ['subject', 'patient', 'beneficiary', 'individual', 'for'] as const;

/**
 * Whose order must hold for a FHIR payload: the patient that each resource is or speaks of, as
 * `Patient/ID` where it has an id and else as `system|value`. A Bundle gives each of its patients
 * once; references to an entry's fullUrl are followed. A Patient that is linked to another (or
 * replaced by one) keeps the order of both. Empty when nobody is named.
 */
export function fhirOrderingKeys(resource: Json): string[] {
  if (resource.resourceType !== 'Bundle')
    return unique([keyOf(resource, new Map()), ...linkedKeys(resource)]);
  const entries = listOf(resource.entry).map((entry) => ({
    url: textOf(entry.fullUrl),
    resource: objectOf(entry.resource),
  }));
  const patients = new Map<string, string>();
  for (const entry of entries) {
    if (entry.resource?.resourceType !== 'Patient' || entry.url === undefined) continue;
    const key = patientKey(entry.resource) ?? entry.url;
    patients.set(entry.url, key);
  }
  return unique(
    entries.flatMap(({ url, resource: inner }) =>
      inner === undefined
        ? []
        : [(url && patients.get(url)) ?? keyOf(inner, patients), ...linkedKeys(inner)],
    ),
  );
}

function keyOf(resource: Json, patients: ReadonlyMap<string, string>): string | undefined {
  if (resource.resourceType === 'Patient') return patientKey(resource);
  for (const element of patientElements) {
    const reference = objectOf(resource[element]);
    if (reference === undefined) continue;
    const text = textOf(reference.reference);
    if (text !== undefined) return patients.get(text) ?? localPatient(text);
    const identifier = objectOf(reference.identifier);
    if (identifier !== undefined) return identifierKey(identifier);
  }
  return undefined;
}

function linkedKeys(resource: Json): (string | undefined)[] {
  if (resource.resourceType !== 'Patient') return [];
  return listOf(resource.link).map((link) => {
    const other = objectOf(link.other);
    const identifier = objectOf(other?.identifier);
    if (identifier !== undefined) return identifierKey(identifier);
    const text = textOf(other?.reference);
    const searched = text === undefined ? undefined : /[?&]identifier=([^&]+)/.exec(text)?.[1];
    return searched ?? (text === undefined ? undefined : localPatient(text));
  });
}

function patientKey(patient: Json): string | undefined {
  const id = textOf(patient.id);
  if (id !== undefined) return `Patient/${id}`;
  return listOf(patient.identifier)
    .map(identifierKey)
    .find((key) => key !== undefined);
}

/** Absolute, relative and versioned references to one patient give one key. */
function localPatient(reference: string): string {
  const id = /(?:^|\/)Patient\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference)?.[1];
  return id === undefined ? reference : `Patient/${id}`;
}

function identifierKey(identifier: Json): string | undefined {
  const value = textOf(identifier.value);
  return value === undefined ? undefined : `${textOf(identifier.system) ?? ''}|${value}`;
}

export const unique = (keys: readonly (string | undefined)[]): string[] => [
  ...new Set(keys.filter((key) => key !== undefined)),
];

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;

const listOf = (value: unknown): Json[] =>
  Array.isArray(value) ? value.map(objectOf).filter((item) => item !== undefined) : [];
