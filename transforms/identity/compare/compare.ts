import { comparisonNames } from '../assessment.ts';
import { addressLevel } from './address.ts';
import { birthDateLevel } from './birth-date.ts';
import { levelNo, levelSet, nullLevel } from './levels.ts';
import { compareNames } from './names.ts';
import type { Prepared, PreparedIdentifier } from './prepare.ts';
import { isOneEdit, jaroWinkler, placesDiffering } from './strings.ts';

/** A vector that `compare` fills: one level a comparison, in the order of `comparisonNames`. */
export const newLevels = (): Int8Array => new Int8Array(comparisonNames.length);

const identifier = {
  exact: levelNo('identifier', 'exact'),
  oneEdit: levelNo('identifier', 'one-edit'),
  twoEdits: levelNo('identifier', 'two-edits'),
  different: levelNo('identifier', 'different'),
};
const phone = {
  exact: levelNo('phone', 'exact'),
  oneEdit: levelNo('phone', 'one-edit'),
  different: levelNo('phone', 'different'),
};
const email = {
  exact: levelNo('email', 'exact'),
  oneEdit: levelNo('email', 'one-edit'),
  similar: levelNo('email', 'similar'),
  different: levelNo('email', 'different'),
};

/** Compares two records: the level of each comparison, -1 where a side is unknown. Symmetric. */
export function compare(a: Prepared, b: Prepared, levels: Int8Array): void {
  compareNames(a, b, levels);
  levels[3] = birthDateLevel(a.birth, b.birth);
  levels[4] = sexLevel(a.record.sex, b.record.sex);
  levels[5] = addressLevel(a.addresses, b.addresses);
  levels[6] = phoneLevel(a.record.phones, b.record.phones);
  levels[7] = emailLevel(a.record.emails, b.record.emails);
  levels[8] = identifierLevel(a.identifiers, b.identifiers);
}

type Sex = Prepared['record']['sex'];

export function sexLevel(x: Sex, y: Sex): number {
  if (x === undefined || y === undefined) return nullLevel;
  if (x === y) return 0;
  // `other` says how it is recorded, not that it contradicts.
  return x === 'other' || y === 'other' ? nullLevel : 1;
}

export function phoneLevel(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return nullLevel;
  let best = phone.different;
  for (const x of a) {
    for (const y of b) {
      if (x === y || samePhoneTail(x, y)) return phone.exact;
      if (isOneEdit(x, y)) best = phone.oneEdit;
    }
  }
  return best;
}

/** One with and one without its area code. */
function samePhoneTail(a: string, b: string): boolean {
  return a.length !== b.length && (a.length === 7 || b.length === 7)
    ? a.slice(-7) === b.slice(-7)
    : false;
}

function emailLevel(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return nullLevel;
  let best = email.different;
  for (const x of a) {
    for (const y of b) {
      if (x === y) return email.exact;
      if (isOneEdit(x, y)) best = Math.min(best, email.oneEdit);
      else if (best > email.similar && areSimilar(x, y)) best = email.similar;
    }
  }
  return best;
}

/** The levels that two e-mail addresses may have, see `levelSet`. */
export const emailLevelsOf = (isSame: boolean, mayBeOneEdit: boolean): number => {
  if (isSame) return levelSet(email.exact);
  const unlike = levelSet(email.similar) | levelSet(email.different);
  return mayBeOneEdit ? unlike | levelSet(email.oneEdit) : unlike;
};

/** The same mailbox elsewhere, or all of it with typing errors. */
function areSimilar(a: string, b: string): boolean {
  if (jaroWinkler(a, b) >= 0.9) return true;
  const localA = a.slice(0, a.indexOf('@'));
  const localB = b.slice(0, b.indexOf('@'));
  return localA.length > 4 && localB.length > 4 && jaroWinkler(localA, localB) >= 0.93;
}

/** The best level over the authorities that both know. */
export function identifierLevel(
  a: readonly PreparedIdentifier[],
  b: readonly PreparedIdentifier[],
): number {
  let best = nullLevel;
  for (const x of a) {
    for (const y of b) {
      if (x.system !== y.system) continue;
      const found = oneIdentifier(x.value, y.value);
      if (found === identifier.exact) return found;
      if (best === nullLevel || found < best) best = found;
    }
  }
  return best;
}

function oneIdentifier(a: string, b: string): number {
  if (a === b) return identifier.exact;
  // Of a short number an edit leaves nothing that names anybody.
  if (a.length < 6 || b.length < 6) return identifier.different;
  if (isOneEdit(a, b)) return identifier.oneEdit;
  return placesDiffering(a, b, 2) === 2 ? identifier.twoEdits : identifier.different;
}
