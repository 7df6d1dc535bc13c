import type { PersonIdentifier } from '../record.ts';
import { isPlaceholder } from './placeholders.ts';
import type { RawIdentifier } from './raw-person.ts';

/**
 * Types of identifier (https://terminology.hl7.org/CodeSystem-v2-0203.html) that several persons
 * share or that name no person: accounts, visits, specimens, anonymous, insurance of a family.
 */
const impersonal = new Set(
  'ACSN AM AN ANC AND ANON ANT BA BC FILL GN MB NIIP PHC PLAC PNT SN SNO U VN VS XX'.split(' '),
);

export type NormalIdentifiers = {
  /** Medical record numbers first. */
  readonly identifiers: readonly PersonIdentifier[];
  /** How many were left out as placeholders (`UNKNOWN`, `000-00-0000`). */
  readonly placeholders: number;
};

/** The identifiers that can stand for a person; expired and impersonal ones are left out. */
export function normaliseIdentifiers(raw: readonly RawIdentifier[]): NormalIdentifiers {
  const records: PersonIdentifier[] = [];
  const others: PersonIdentifier[] = [];
  let placeholders = 0;
  for (const { system, value, type, isOld } of raw) {
    // Without an assigning authority the same value may be another person's.
    if (system.trim() === '' || isOld === true) continue;
    const types = type === undefined ? [] : typeof type === 'string' ? [type] : type;
    if (types.some((code) => impersonal.has(code))) continue;
    const trimmed = value.trim();
    if (isPlaceholder(trimmed)) {
      placeholders += 1;
      continue;
    }
    const code = types.includes('MR') ? 'MR' : types[0];
    const identifier = { system: system.trim(), value: trimmed };
    const typed = code === undefined ? identifier : { ...identifier, type: code };
    (code === 'MR' ? records : others).push(typed);
  }
  return { identifiers: [...records, ...others], placeholders };
}

/** The form in which values are compared: without case and punctuation. */
export function comparableValue(value: string): string {
  return /^[A-Z0-9]+$/.test(value) ? value : value.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
