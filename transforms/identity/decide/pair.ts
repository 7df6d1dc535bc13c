import { type ComparisonName, comparisonNames } from '../assessment.ts';
import {
  compare,
  comparisonLevels,
  isGivenName,
  isOneEdit,
  newLevels,
  nullLevel,
  type Prepared,
} from '../compare/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import type { PersonRecord } from '../record.ts';
import {
  areNamesCrossed,
  areNamesExchanged,
  givenNamesBehind,
  isOneWord,
  isSpacedOtherwise,
  type KnowsName,
  mayBeFamilyNameFirst,
} from './crossing.ts';
import { areFurtherNamesApart, type Spelling, spellingOf } from './spelling.ts';
import { relateIdentifiers, type StrongIdentifiers } from './strong-identifiers.ts';

/**
 * How two names stand to each other. `similar` may be one name misspelt, or two names that a letter
 * tells apart (Mia, Mya); `loose` an initial, a middle name, several letters or the same sound
 * (Ethan, Jayden): who needs to know must look elsewhere.
 */
export type NameRelation =
  | 'unknown'
  | 'equal'
  | 'swapped'
  | 'nickname'
  | 'similar'
  | 'loose'
  | 'different';

/** How two birth dates stand; `near` is one date misread, or known only in part. */
export type BirthRelation = 'unknown' | 'equal' | 'near' | 'different';

/** What vetoes and evidence groups look at: two records and how they stand to each other. */
export type Pair = {
  readonly a: PersonRecord;
  readonly b: PersonRecord;
  readonly given: NameRelation;
  /** How given names that are not the same came about. */
  readonly spelling: Spelling;
  readonly family: NameRelation;
  readonly birth: BirthRelation;
  /** The birth years lie so far apart that a shared name is inherited. */
  readonly isGenerationApart: boolean;
  readonly sexesDiffer: boolean;
  readonly sharesPlace: boolean;
  /**
   * The family name agrees, or one family name stands as the other's given name, or the two live in
   * one street: less than `sharesPlace`, and enough beside a number of one person alone.
   */
  readonly sharesHome: boolean;
  readonly sharesContact: boolean;
  readonly strong: StrongIdentifiers;
};

/** Symmetric, but for the order of `a` and `b` themselves. */
export function relatePair(
  policy: IdentityPolicy,
  a: Prepared,
  b: Prepared,
  isName: KnowsName = isGivenName,
): Pair {
  const levels = newLevels();
  compare(a, b, levels);
  const levelOf = (name: ComparisonName): string => {
    const level = levels[comparisonNames.indexOf(name)] ?? nullLevel;
    return level === nullLevel ? 'null' : (comparisonLevels[name][level] ?? 'null');
  };
  const family = relateFamily(a.record, b.record, levelOf('family'));
  const strong = relateIdentifiers(policy, a.record, b.record);
  const relation = relateNames(a.record, b.record, levelOf, isName);
  const isFamilyName =
    isSameName(relation) && !agrees(family) && mayBeFamilyName(a.record, b.record, isName, strong);
  const [born, otherBorn] = [a.record.birthDate, b.record.birthDate];
  return {
    a: a.record,
    b: b.record,
    given: isFamilyName ? 'loose' : relation,
    spelling: isSameName(relation) ? 'untold' : spellingOf(a.record, b.record, isName),
    family,
    birth: relateBirth(policy, born, otherBorn, levelOf('birthDate')),
    isGenerationApart: areGenerationsApart(policy, born, otherBorn),
    sexesDiffer: levelOf('sex') === 'different',
    sharesPlace: samePlace.has(levelOf('address')),
    sharesHome:
      agrees(family) || sameStreet.has(levelOf('address')) || areNamesCrossed(a.record, b.record),
    sharesContact: levelOf('phone') === 'exact' || levelOf('email') === 'exact',
    strong,
  };
}

/** Whether a relation speaks for one person; unknown never does. */
export const agrees = (relation: NameRelation): boolean =>
  relation !== 'different' && relation !== 'unknown';

/** Whether no more than one letter tells the two names apart. */
export const isOneSpelling = (relation: NameRelation): boolean =>
  isSameName(relation) || relation === 'similar';

/** Whether nothing at all tells the two names apart. */
export const isSameName = (relation: NameRelation): boolean =>
  relation === 'equal' || relation === 'swapped';

/**
 * One digit of a number was mistyped, and in name and birth date there is no more than a typing
 * error either: the numbers of two relatives are not that near, unless they were given together.
 */
export const isMistypedNumber = ({ strong, given, family, birth }: Pair): boolean =>
  strong.isMistyped &&
  isOneSpelling(given) &&
  agrees(family) &&
  (birth === 'equal' || birth === 'near');

/** Of the given names, in whichever field they stand. */
function relateNames(
  a: PersonRecord,
  b: PersonRecord,
  levelOf: (name: ComparisonName) => string,
  isName: KnowsName,
): NameRelation {
  const behind = givenNamesBehind(a, b, isName);
  if (behind !== undefined) return isOneWord(...behind) ? 'similar' : 'different';
  return relateGiven(a, b, levelOf('given'), levelOf('middle'));
}

function relateGiven(
  a: PersonRecord,
  b: PersonRecord,
  level: string,
  middle: string,
): NameRelation {
  const relation = nameRelation[level] ?? 'unknown';
  if (isSpacedOtherwise(a, b)) return 'equal';
  switch (relation) {
    case 'different':
      return areNamesExchanged(a, b) ? 'similar' : 'different';
    case 'equal':
      if (!shareFullGiven(a, b) || middle === 'different') return 'loose';
      if (areFurtherNamesApart(a, b)) return 'loose';
      return middle === 'jaro-winkler-85' ? 'similar' : 'equal';
    case 'swapped':
      return isSwappedExactly(a, b) ? 'swapped' : 'similar';
    case 'similar':
      // Twins may share a first given name, or nearly, and be told apart by the second.
      return middle === 'different' || !areOneEditApart(a, b) ? 'loose' : 'similar';
    default:
      return relation;
  }
}

const relateFamily = (a: PersonRecord, b: PersonRecord, level: string): NameRelation => {
  const relation = nameRelation[level] ?? 'unknown';
  return relation === 'different' && areNamesExchanged(a, b) ? 'swapped' : relation;
};

const areOneEditApart = (a: PersonRecord, b: PersonRecord): boolean =>
  a.names.some((x) => b.names.some((y) => isOneEdit(x.given ?? '', y.given ?? '')));

/** One letter on both sides is no name, J. is John and Jan. */
const shareFullGiven = (a: PersonRecord, b: PersonRecord): boolean =>
  a.names.some((x) => b.names.some((y) => x.given === y.given && (x.given?.length ?? 0) > 1));

const isSwappedExactly = (a: PersonRecord, b: PersonRecord): boolean =>
  a.names.some((x) => b.names.some((y) => x.given === y.family && x.family === y.given));

const nameRelation: Readonly<Record<string, NameRelation>> = {
  exact: 'equal',
  swapped: 'swapped',
  nickname: 'nickname',
  'jaro-winkler-92': 'similar',
  'jaro-winkler-85': 'similar',
  part: 'similar',
  phonetic: 'loose',
  middle: 'loose',
  initial: 'loose',
  'jaro-winkler-75': 'different',
  different: 'different',
};

const samePlace: ReadonlySet<string> = new Set(['exact', 'line-and-place', 'line-near-place']);
const sameStreet: ReadonlySet<string> = new Set([...samePlace, 'line', 'street-and-place']);

/**
 * Whether what agrees as the given name may be the family name: LI NA LI and YAN LI, who is written
 * LI YAN. A number that both have tells the woman who married from her brother.
 */
function mayBeFamilyName(
  a: PersonRecord,
  b: PersonRecord,
  isName: KnowsName,
  { familyAgrees, personalAgrees }: StrongIdentifiers,
): boolean {
  const isTwice = [...a.names, ...b.names].some(
    ({ given, family }) => given === family || isOneWord(given, family),
  );
  return isTwice || (!familyAgrees && !personalAgrees && mayBeFamilyNameFirst(a, b, isName));
}

function relateBirth(
  policy: IdentityPolicy,
  a: string | undefined,
  b: string | undefined,
  level: string,
): BirthRelation {
  if (a === undefined || b === undefined) return 'unknown';
  if (level === 'exact') return 'equal';
  if (areGenerationsApart(policy, a, b)) return 'different';
  if (['swapped-day-month', 'one-edit', 'near'].includes(level)) return 'near';
  const isPartial = a.length < 10 || b.length < 10;
  return isPartial && ['year-and-month', 'year'].includes(level) ? 'near' : 'different';
}

const areGenerationsApart = ({ vetoes }: IdentityPolicy, a?: string, b?: string): boolean =>
  a !== undefined && b !== undefined && yearsApart(a, b) >= vetoes.generationYears;

const yearsApart = (a: string, b: string): number =>
  Math.abs(Number(a.slice(0, 4)) - Number(b.slice(0, 4)));
