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
  /** Of a date; absent: within the day, month or year that the value names. */
  readonly prefix?: DatePrefix;
};

const datePrefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le'] as const;
type DatePrefix = (typeof datePrefixes)[number];

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
  switch (kind) {
    case 'date':
      return readDate(elements, value);
    case 'reference': {
      const wanted = patientOrReference(name, value);
      return wanted === undefined ? undefined : { kind, elements, value: wanted };
    }
    case 'token':
      // The system of a plain code is its element's own, which a sender may write differently.
      if (value.includes('|') && elements.every((one) => plainCodes.has(one))) return undefined;
      return { kind, elements, value };
    default:
      return { kind, elements, value };
  }
}

const plainCodes = new Set(['active', 'gender', 'intent', 'status']);

function readDate(elements: readonly string[], written: string): Term | undefined {
  const [, prefix, value = ''] = /^([a-z]{2})?(\d{4}(?:-\d\d(?:-\d\d)?)?)$/.exec(written) ?? [];
  if (value === '') return undefined;
  if (prefix === undefined || prefix === 'eq') return { kind: 'date', elements, value };
  const known = datePrefixes.find((one) => one === prefix);
  return known && { kind: 'date', elements, value, prefix: known };
}

/** `patient=1` is `Patient/1`. */
function patientOrReference(name: string, value: string): string | undefined {
  const text = name === 'patient' && !value.includes('/') ? `Patient/${value}` : value;
  const found = readReference(text);
  return found?.base === '' ? `${found.type}/${found.id}` : undefined;
}

/** Does the resource of this source, as it is stored, meet it? */
export function meets(resource: Json, term: Term, source: string): boolean {
  const { kind, elements, value } = term;
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
      return found.some((one) => typeof one === 'string' && isAt(one, value, term.prefix));
    case 'string':
      return found.some((one) => typeof one === 'string' && plain(one).startsWith(plain(value)));
    default:
      return kind satisfies never;
  }
}

/**
 * Compares as https://hl7.org/fhir/R4/search.html#prefix: a date stands for all of its day, month
 * or year. Of a moment its own date counts, in the time zone in which it was written.
 */
function isAt(stored: string, value: string, prefix: DatePrefix = 'eq'): boolean {
  const length = Math.min(value.length, stored.length);
  const [own, wanted] = [stored.slice(0, length), value.slice(0, length)];
  const isWithin = own === wanted && stored.length >= value.length;
  /** A month may begin before one of its days, and end behind it. */
  const isWider = own === wanted && !isWithin;
  switch (prefix) {
    case 'eq':
      return isWithin;
    case 'ne':
      return !isWithin;
    case 'gt':
      return own > wanted || isWider;
    case 'lt':
      return own < wanted || isWider;
    case 'ge':
      return own > wanted || own === wanted;
    case 'le':
      return own < wanted || own === wanted;
    default:
      return prefix satisfies never;
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

/** `code`, `system|code`, `|code` or `system|`, of a code, a Coding, a concept or a boolean. */
function hasToken(value: unknown, token: string): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value) === token;
  const { coding, system, code } = (value ?? {}) as Json;
  if (Array.isArray(coding)) return coding.some((one) => hasToken(one, token));
  const at = token.indexOf('|');
  if (at < 0) return code === token;
  if (at === token.length - 1) return code !== undefined && system === token.slice(0, at);
  return code === token.slice(at + 1) && (system ?? '') === token.slice(0, at);
}

/** https://hl7.org/fhir/R4/search.html#string: without case and accents, from the beginning. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
