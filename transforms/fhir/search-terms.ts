import { readReference } from './references.ts';
import { resourceId } from './resource-id.ts';

/** How a value is compared (https://hl7.org/fhir/R4/search.html#ptypes). */
type Kind = 'token' | 'reference' | 'date' | 'string';

/** A parameter beside `identifier` and `_id`: what these find must meet it as well. */
export type Term = {
  readonly kind: Kind;
  /** Elements of the resource, of which one must meet it. */
  readonly elements: readonly string[];
  readonly value: string;
};

type Json = Readonly<Record<string, unknown>>;

const subject = { subject: 'reference subject', patient: 'reference subject' };
const coded = { code: 'token code', status: 'token status', category: 'token category' };
const clinical = { ...coded, ...subject, encounter: 'reference encounter' };
const person = {
  active: 'token active',
  gender: 'token gender',
  birthdate: 'date birthDate',
  family: 'string name.family',
  given: 'string name.given',
};
const place = { name: 'string name', status: 'token status', type: 'token type' };

/** Parameters by resource type: how they compare, and what; R4's own names and meanings. */
const parameters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Patient: { ...person, organization: 'reference managingOrganization' },
  Practitioner: person,
  Organization: { active: 'token active', name: 'string name', type: 'token type' },
  Location: { ...place, organization: 'reference managingOrganization' },
  Encounter: {
    ...subject,
    status: 'token status',
    class: 'token class',
    type: 'token type',
    date: 'date period.start',
  },
  Observation: {
    ...clinical,
    date: 'date effectiveDateTime effectivePeriod.start effectiveInstant',
  },
  DiagnosticReport: { ...clinical, date: 'date effectiveDateTime effectivePeriod.start' },
  Procedure: { ...clinical, date: 'date performedDateTime performedPeriod.start' },
  Condition: {
    ...subject,
    code: 'token code',
    category: 'token category',
    encounter: 'reference encounter',
    'clinical-status': 'token clinicalStatus',
    'recorded-date': 'date recordedDate',
  },
  AllergyIntolerance: {
    patient: 'reference patient',
    code: 'token code',
    'clinical-status': 'token clinicalStatus',
    date: 'date recordedDate',
  },
  MedicationRequest: {
    ...subject,
    status: 'token status',
    intent: 'token intent',
    code: 'token medicationCodeableConcept',
    encounter: 'reference encounter',
    authoredon: 'date authoredOn',
  },
  ServiceRequest: { ...clinical, intent: 'token intent', authored: 'date authoredOn' },
  Immunization: {
    patient: 'reference patient',
    status: 'token status',
    'vaccine-code': 'token vaccineCode',
    date: 'date occurrenceDateTime',
  },
};

/** Undefined for a parameter that the type does not have here, or a value that it cannot have. */
export function readTerm(type: string, name: string, value: string): Term | undefined {
  const own = Object.hasOwn(parameters, type) ? parameters[type] : undefined;
  const said = own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
  if (said === undefined) return undefined;
  const [kind, ...elements] = said.split(' ') as [Kind, ...string[]];
  const isReadable =
    kind === 'date'
      ? /^\d{4}(-\d\d(-\d\d)?)?$/.test(value)
      : kind !== 'reference' || patientOrReference(name, value) !== undefined;
  if (!isReadable) return undefined;
  const wanted = kind === 'reference' ? patientOrReference(name, value)! : value;
  return { kind, elements, value: wanted };
}

/** `patient=1` is `Patient/1`. */
function patientOrReference(name: string, value: string): string | undefined {
  const text = name === 'patient' && !value.includes('/') ? `Patient/${value}` : value;
  const found = readReference(text);
  return found?.base === '' ? `${found.type}/${found.id}` : undefined;
}

/** Does the resource of this source, as it is stored, meet it? */
export function meets(resource: Json, { kind, elements, value }: Term, source: string): boolean {
  const found = elements.flatMap((path) => valuesAt([resource], path.split('.')));
  switch (kind) {
    case 'token':
      return found.some((one) => hasToken(one, value));
    case 'reference': {
      const [type = '', id = ''] = value.split('/');
      const stored = `${type}/${resourceId(source, type, id)}`;
      return found.some((one) => (one as Json | null)?.reference === stored);
    }
    case 'date':
      return found.some((one) => typeof one === 'string' && one.startsWith(value));
    case 'string':
      return found.some((one) => typeof one === 'string' && plain(one).startsWith(plain(value)));
    default:
      return kind satisfies never;
  }
}

function valuesAt(values: readonly unknown[], path: readonly string[]): readonly unknown[] {
  const [name, ...rest] = path;
  if (name === undefined) return values;
  const next = values.flatMap((value) => {
    const inner = typeof value === 'object' && value !== null ? (value as Json)[name] : undefined;
    return inner === undefined ? [] : inner;
  });
  return valuesAt(next, rest);
}

/** `code`, `system|code` or `|code`, of a code, a Coding, a CodeableConcept or a boolean. */
function hasToken(value: unknown, token: string): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value) === token;
  const { coding, system, code } = (value ?? {}) as Json;
  if (Array.isArray(coding)) return coding.some((one) => hasToken(one, token));
  const at = token.indexOf('|');
  if (at < 0) return code === token;
  return code === token.slice(at + 1) && (system ?? '') === token.slice(0, at);
}

/** https://hl7.org/fhir/R4/search.html#string: without case and accents, from the beginning. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
