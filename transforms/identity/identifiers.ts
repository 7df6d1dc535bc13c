import type { Contribution } from '../fhir/index.ts';

/** An identifier that can stand for a person: a value within one assigning authority. */
export type PersonIdentifier = { readonly system: string; readonly value: string };

/** What a Patient offers: the identifier that its source files it under first. */
export type Offered = {
  readonly usable: readonly PersonIdentifier[];
  /** How many were left out as placeholders (`UNKNOWN`, `000-00-0000`). */
  readonly placeholders: number;
};

/**
 * Types of identifier (https://terminology.hl7.org/CodeSystem-v2-0203.html) that several persons
 * share or that name no person: accounts, visits, specimens, anonymous, insurance of a family.
 */
const impersonal = new Set([
  'ACSN',
  'AM',
  'AN',
  'ANC',
  'AND',
  'ANON',
  'ANT',
  'BA',
  'BC',
  'FILL',
  'GN',
  'MB',
  'NIIP',
  'PHC',
  'PLAC',
  'PNT',
  'SN',
  'SNO',
  'U',
  'VN',
  'VS',
  'XX',
]);

/** What people type where they have no number; compared without case and punctuation. */
const placeholderWords = new Set([
  'ANONYMOUS',
  'DUMMY',
  'NA',
  'NIL',
  'NONE',
  'NOTAVAILABLE',
  'NOTKNOWN',
  'NULL',
  'PENDING',
  'TBA',
  'TBD',
  'TEST',
  'UNASSIGNED',
  'UNK',
  'UNKNOWN',
  'UNSPECIFIED',
]);

type LooseIdentifier = {
  readonly system?: unknown;
  readonly value?: unknown;
  readonly use?: unknown;
  readonly type?: { readonly coding?: readonly { readonly code?: unknown }[] };
};

/** The identifiers of a Patient by which it may be linked, the medical record number first. */
export function identifiersOf(patient: Contribution): Offered {
  const listed = patient.set.identifier;
  const usable: PersonIdentifier[] = [];
  const records: PersonIdentifier[] = [];
  let placeholders = 0;
  for (const identifier of Array.isArray(listed) ? (listed as LooseIdentifier[]) : []) {
    const { system, value, use } = identifier ?? {};
    // Without an assigning authority the same value may be another person's.
    if (typeof system !== 'string' || typeof value !== 'string' || system === '') continue;
    const codes = typesOf(identifier);
    if (use === 'old' || codes.some((code) => impersonal.has(code))) continue;
    const trimmed = value.trim();
    if (isPlaceholder(trimmed)) placeholders += 1;
    else (codes.includes('MR') ? records : usable).push({ system: system.trim(), value: trimmed });
  }
  return { usable: [...records, ...usable], placeholders };
}

function typesOf(identifier: LooseIdentifier): readonly string[] {
  const coding = identifier.type?.coding;
  if (!Array.isArray(coding)) return [];
  return coding.flatMap(({ code }) => (typeof code === 'string' ? [code] : []));
}

/** Is this what people type where they have no number? */
export function isPlaceholder(value: string): boolean {
  if (hasTwoDigits(value)) return false;
  const plain = value.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return (
    plain === '' ||
    placeholderWords.has(plain) ||
    /^(0+|X+)$/.test(plain) ||
    /^(.)\1{5,}$/u.test(plain)
  );
}

/** Two different digits: no placeholder has them, and nearly every number does. */
function hasTwoDigits(value: string): boolean {
  let first = 0;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x30 || code > 0x39 || code === first) continue;
    if (first !== 0) return true;
    first = code;
  }
  return false;
}
