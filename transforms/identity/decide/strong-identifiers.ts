import { isOneEdit } from '../compare/index.ts';
import { comparableValue } from '../normalise/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import type { PersonIdentifier, PersonRecord } from '../record.ts';

/**
 * What the strong identifiers of two records say, authority by authority. Several may be true at
 * once: the national number agrees, the hospital's numbers conflict.
 */
export type StrongIdentifiers = {
  /** A value that only one person uses is the same. */
  readonly personalAgrees: boolean;
  /** A value that a family may use together is the same. */
  readonly familyAgrees: boolean;
  /** Within one authority the values differ by one edit, and it is not one that counts up. */
  readonly isMisread: boolean;
  /**
   * As `isMisread`, and the edit is not in the last two places: no two numbers that were given one
   * after the other, as twins get theirs.
   */
  readonly isMistyped: boolean;
  /** Within one authority the values differ. */
  readonly conflicts: boolean;
};

const silent: StrongIdentifiers = {
  personalAgrees: false,
  familyAgrees: false,
  isMisread: false,
  isMistyped: false,
  conflicts: false,
};

export function relateIdentifiers(
  policy: IdentityPolicy,
  a: PersonRecord,
  b: PersonRecord,
): StrongIdentifiers {
  if (a.identifiers.length === 0 || b.identifiers.length === 0) return silent;
  const found = { ...silent };
  for (const system of new Set(a.identifiers.map((one) => one.system))) {
    const own = strongOf(policy, a, system);
    const others = strongOf(policy, b, system);
    if (own.length === 0 || others.length === 0) continue;
    const pairs = own.flatMap((one) => others.map((other) => [one, other] as const));
    const same = pairs.filter(([one, other]) => isSame(one, other));
    if (same.length > 0) {
      const isFamily = same.some((pair) => pair.some((one) => isFamilyType(policy, one)));
      if (isFamily) found.familyAgrees = true;
      else found.personalAgrees = true;
    } else if (pairs.every(([one, other]) => isMisreading(policy, one, other))) {
      const isMistyped = !pairs.some(([one, other]) => areNeighbours(one, other));
      found.isMistyped = isMistyped && (found.isMistyped || !found.isMisread);
      found.isMisread = true;
    } else found.conflicts = true;
  }
  return found;
}

/** Whether the two are one value of one authority. */
export const isSame = (a: PersonIdentifier, b: PersonIdentifier): boolean =>
  a.system === b.system && comparableValue(a.value) === comparableValue(b.value);

const isFamilyType = (policy: IdentityPolicy, { type = '' }: PersonIdentifier): boolean =>
  policy.identifiers.familyTypes.includes(type);

function strongOf(policy: IdentityPolicy, record: PersonRecord, system: string) {
  const { strongTypes, weakSystems } = policy.identifiers;
  if (weakSystems.includes(system)) return [];
  return record.identifiers.filter(
    ({ system: its, type }) =>
      its === system && (type === undefined || strongTypes.includes(type) || isNational(type)),
  );
}

/** `NNAUS`, `NNITA`: table 0203 has one code a country. */
const isNational = (type: string): boolean => /^NN[A-Z]{3}$/.test(type);

/** A number shorter than this is another number when one digit is another. */
const misreadLength = 6;

function isMisreading(policy: IdentityPolicy, a: PersonIdentifier, b: PersonIdentifier): boolean {
  const isCounted = (type?: string) =>
    type !== undefined && policy.identifiers.countedTypes.includes(type);
  if (isCounted(a.type) || isCounted(b.type)) return false;
  const [x, y] = [comparableValue(a.value), comparableValue(b.value)];
  return Math.min(x.length, y.length) >= misreadLength && isOneEdit(x, y);
}

/** Numbers are counted up in their last digits. */
function areNeighbours(a: PersonIdentifier, b: PersonIdentifier): boolean {
  const [x, y] = [comparableValue(a.value), comparableValue(b.value)];
  return x.length === y.length && x.slice(0, -2) === y.slice(0, -2);
}
