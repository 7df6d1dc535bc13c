import { levelNo, levelSet, nullLevel } from './levels.ts';
import type { PreparedAddress } from './prepare.ts';
import {
  type BigramSketch,
  isOneEdit,
  sharedAtMost,
  sharedFrom,
  similarityFrom,
} from './strings.ts';

const level = {
  exact: levelNo('address', 'exact'),
  lineAndPlace: levelNo('address', 'line-and-place'),
  lineNearPlace: levelNo('address', 'line-near-place'),
  line: levelNo('address', 'line'),
  streetAndPlace: levelNo('address', 'street-and-place'),
  postalCodeAndCity: levelNo('address', 'postal-code-and-city'),
  postalCode: levelNo('address', 'postal-code'),
  city: levelNo('address', 'city'),
  different: levelNo('address', 'different'),
};

/** Similarity of two lines above which they are one line with typing errors. */
const sameLine = 0.8;
/** Above which they are the same street or building, perhaps with one part missing. */
const sameStreet = 0.6;

/** Level of the best pair of addresses. */
export function addressLevel(a: readonly PreparedAddress[], b: readonly PreparedAddress[]): number {
  let best = nullLevel;
  for (const x of a) {
    for (const y of b) {
      const found = oneAddress(x, y);
      if (found !== nullLevel && (best === nullLevel || found < best)) best = found;
      if (best === level.exact) return best;
    }
  }
  return best;
}

function oneAddress(a: PreparedAddress, b: PreparedAddress): number {
  const hasLine = a.line !== '' && b.line !== '';
  const postal = likeness(a.postalCode, b.postalCode);
  const city = cityLikeness(a, b);
  return levelOf(hasLine ? lineLikeness(a, b) : unknown, postal, city);
}

/** An address of which of the line only a hash and a summary of its letters is kept. */
export type SketchedAddress = Pick<PreparedAddress, 'city' | 'cityLetters' | 'postalCode'> & {
  /** 0 when unknown. */
  readonly lineHash: number;
  readonly bigrams: BigramSketch;
};

/** The levels that two addresses may have, the least that is sure: see `levelSet`. */
export function addressLevelsOf(a: SketchedAddress, b: SketchedAddress): number {
  const postal = likeness(a.postalCode, b.postalCode);
  const city = cityLikeness(a, b);
  if (a.lineHash === 0 || b.lineHash === 0) return levelSet(levelOf(unknown, postal, city));
  if (a.lineHash === b.lineHash) return levelSet(levelOf(same, postal, city));
  const most = sharedAtMost(a.bigrams, b.bigrams);
  let levels = 0;
  for (let line = likestLine(most, a.bigrams.count, b.bigrams.count); line >= other; line -= 1)
    levels |= levelSet(levelOf(line, postal, city));
  return levels;
}

function levelOf(line: number, postal: number, city: number): number {
  if (line === unknown && postal === unknown && city === unknown) return nullLevel;
  if (line === same || line === near) {
    if (line === same && postal !== other && city !== other && (postal === same || city === same))
      return isPlaceSame(postal, city) ? level.exact : level.lineAndPlace;
    if (postal === same || city === same) return level.lineAndPlace;
    return postal === near || city === near || (postal === unknown && city === unknown)
      ? level.lineNearPlace
      : level.line;
  }
  const isPlace = postal === same || city === same;
  if (line === partly && isPlace) return level.streetAndPlace;
  if (postal === same)
    return city === same || city === near ? level.postalCodeAndCity : level.postalCode;
  if (city === same && postal === near) return level.postalCode;
  if (city === same || city === near) return level.city;
  return level.different;
}

const unknown = -1;
const other = 0;
const partly = 1;
const near = 2;
const same = 3;

const isPlaceSame = (postal: number, city: number): boolean =>
  (postal === same || postal === unknown) && (city === same || city === unknown);

function likeness(a: string, b: string): number {
  if (a === '' || b === '') return unknown;
  if (a === b) return same;
  return isOneEdit(a, b) ? near : other;
}

type City = Pick<PreparedAddress, 'city' | 'cityLetters'>;

function cityLikeness(a: City, b: City): number {
  const found = likeness(a.city, b.city);
  if (found !== other || a.city.length < 6 || b.city.length < 6) return found;
  return similarityFrom(a.city, a.cityLetters, b.city, b.cityLetters, 0.9) >= 0.9 ? near : other;
}

function lineLikeness(a: PreparedAddress, b: PreparedAddress): number {
  if (a.line === b.line) return same;
  const both = a.bigrams.length + b.bigrams.length;
  const shorter = Math.min(a.bigrams.length, b.bigrams.length);
  const byContainment = shorter < 6 ? both : shorter * sameLine;
  const shared = sharedFrom(a.bigrams, b.bigrams, Math.min((both * sameStreet) / 2, byContainment));
  const isNumberSame = a.numbers === b.numbers;
  const isLike = () => isNumberSame || isOneEdit(a.numbers, b.numbers);
  return likenessFrom(shared, both, shorter, isNumberSame, isLike);
}

/** What two lines that share so many pairs of letters are to each other, whatever their numbers. */
const likestLine = (shared: number, one: number, two: number): number =>
  likenessFrom(shared, one + two, Math.min(one, two), true, () => true);

/** Never less for more that is shared. */
function likenessFrom(
  shared: number,
  both: number,
  shorter: number,
  isNumberSame: boolean,
  isNumberNear: () => boolean,
): number {
  const dice = both === 0 ? 1 : (2 * shared) / both;
  // One part of the line missing: everything of the shorter one is in the longer one.
  const contained = shorter < 6 ? 0 : shared / shorter;
  if (dice < sameStreet && contained < sameLine) return other;
  if (isNumberSame && dice >= 0.97) return same;
  if (isNumberSame && (dice >= sameLine || contained >= 0.9)) return near;
  if (dice >= 0.9 && isNumberNear()) return near;
  return partly;
}
