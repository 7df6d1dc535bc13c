import { isOneEdit } from '../compare/index.ts';
import type { InpatientStay, PersonName, PersonRecord } from '../record.ts';
import { isSame } from './strong-identifiers.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Whether `mother` carries an identifier that `child` gives as its mother's. */
export const isMother = (mother: PersonRecord, child: PersonRecord): boolean =>
  (child.motherIdentifiers ?? []).some((theirs) =>
    mother.identifiers.some((own) => isSame(own, theirs)),
  );

/** Whether a placeholder stands where the name should be, and no real name beside it. */
export const isNameless = ({ flags, names }: PersonRecord): boolean =>
  names.some(isMisspeltNewborn) ||
  ((flags.includes('placeholder-name') || flags.includes('newborn-name')) &&
    !names.some(({ given, family }) => given !== undefined && family !== undefined));

/** ABY BOY, BABI GIRL: two words, each at most one edit away; Abby and Gaby alone are names. */
function isMisspeltNewborn({ given = '', middle = [], surnames = [] }: PersonName): boolean {
  const words = [given, ...middle, ...surnames];
  const isLike = (text: string, word: string) => text === word || isOneEdit(text, word);
  return words.some((word, at) => {
    const next = words[at + 1] ?? '';
    return isLike(word, 'BABY') && (isLike(next, 'BOY') || isLike(next, 'GIRL'));
  });
}

/** Whether `dead` had died before `other` was born or last active; an unknown day says nothing. */
export function isDeathBeforeActivity(
  dead: PersonRecord,
  other: PersonRecord,
  graceDays: number,
): boolean {
  if (typeof dead.deceased !== 'string') return false;
  const died = Date.parse(dead.deceased);
  const born = Date.parse(other.birthDate ?? '');
  const active = Date.parse(other.lastActive ?? '');
  // What is no date compares as false.
  return born > died + dayMs || active > died + graceDays * dayMs;
}

/** Whether both were inpatients of different facilities for longer than a late discharge takes. */
export function staysOverlap(a: PersonRecord, b: PersonRecord, toleratedHours: number): boolean {
  return (a.stays ?? []).some((own) =>
    (b.stays ?? []).some(
      (other) => own.facility !== other.facility && overlapMs(own, other) > toleratedHours * hourMs,
    ),
  );
}

/** A stay without an end goes on. */
function overlapMs(a: InpatientStay, b: InpatientStay): number {
  const endOf = ({ to }: InpatientStay) =>
    to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
  const from = Math.max(Date.parse(a.from), Date.parse(b.from));
  return Math.min(endOf(a), endOf(b)) - from;
}
