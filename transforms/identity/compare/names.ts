import { levelNo, nullLevel } from './levels.ts';
import { shareNickname } from './nicknames.ts';
import type { NameWord, Prepared, PreparedName } from './prepare.ts';
import { jaroWinkler, similarityFrom } from './strings.ts';

const given = {
  exact: levelNo('given', 'exact'),
  jw92: levelNo('given', 'jaro-winkler-92'),
  nickname: levelNo('given', 'nickname'),
  jw85: levelNo('given', 'jaro-winkler-85'),
  phonetic: levelNo('given', 'phonetic'),
  middle: levelNo('given', 'middle'),
  initial: levelNo('given', 'initial'),
  jw75: levelNo('given', 'jaro-winkler-75'),
  swapped: levelNo('given', 'swapped'),
  different: levelNo('given', 'different'),
};
const family = {
  exact: levelNo('family', 'exact'),
  jw92: levelNo('family', 'jaro-winkler-92'),
  part: levelNo('family', 'part'),
  jw85: levelNo('family', 'jaro-winkler-85'),
  phonetic: levelNo('family', 'phonetic'),
  jw75: levelNo('family', 'jaro-winkler-75'),
  swapped: levelNo('family', 'swapped'),
  different: levelNo('family', 'different'),
};
const middle = {
  exact: levelNo('middle', 'exact'),
  jw85: levelNo('middle', 'jaro-winkler-85'),
  initial: levelNo('middle', 'initial'),
  different: levelNo('middle', 'different'),
};

/** Below this similarity two words are not taken as the same one in another field. */
const sameWord = 0.9;

type Named = Pick<Prepared, 'names'>;

/** Levels of given name, surname and middle names, the best over current and former names. */
export function compareNames(a: Named, b: Named, levels: Int8Array): void {
  let bestGiven = nullLevel;
  let bestFamily = nullLevel;
  let bestMiddle = nullLevel;
  // Run for every pair: loops over positions make no iterators.
  for (let no = 0; no < a.names.length; no += 1) {
    for (let other = 0; other < b.names.length; other += 1) {
      const nameA = a.names[no]!;
      const nameB = b.names[other]!;
      const levelGiven = givenLevel(nameA, nameB);
      const levelFamily = familyLevel(nameA, nameB);
      bestGiven = better(bestGiven, levelGiven);
      bestFamily = better(bestFamily, levelFamily);
      bestMiddle = better(bestMiddle, middleLevel(nameA.middle, nameB.middle));
    }
  }
  if (bestGiven === given.different && bestFamily === family.different && areSwapped(a, b)) {
    bestGiven = given.swapped;
    bestFamily = family.swapped;
  }
  levels[0] = bestGiven;
  levels[1] = bestFamily;
  levels[2] = bestMiddle;
}

const better = (a: number, b: number): number =>
  a === nullLevel ? b : b === nullLevel ? a : Math.min(a, b);

function givenLevel(a: PreparedName, b: PreparedName): number {
  if (a.given === undefined || b.given === undefined) return nullLevel;
  const x = a.given;
  const y = b.given;
  if (x.text === y.text) return given.exact;
  const isInitial = x.text.length === 1 || y.text.length === 1;
  if (isInitial && x.text.charCodeAt(0) === y.text.charCodeAt(0)) return given.initial;
  const similarity = isInitial ? 0 : likeness(x, y);
  if (similarity >= 0.92) return given.jw92;
  if (shareNickname(x.nicknames, y.nicknames)) return given.nickname;
  if (similarity >= 0.85) return given.jw85;
  if (soundsAlike(x, y)) return given.phonetic;
  if (a.middle.includes(y.text) || b.middle.includes(x.text)) return given.middle;
  return similarity >= 0.75 ? given.jw75 : given.different;
}

function familyLevel(a: PreparedName, b: PreparedName): number {
  if (a.family === undefined || b.family === undefined) return nullLevel;
  const x = a.family;
  const y = b.family;
  if (x.text === y.text) return family.exact;
  const similarity = likeness(x, y);
  if (similarity >= 0.92) return family.jw92;
  if (sharePart(a, b)) return family.part;
  if (similarity >= 0.85) return family.jw85;
  if (soundsAlike(x, y)) return family.phonetic;
  return similarity >= 0.75 ? family.jw75 : family.different;
}

function sharePart(a: PreparedName, b: PreparedName): boolean {
  if (a.parts.length === 0 && b.parts.length === 0) return false;
  const partsA = a.parts.length === 0 ? [a.family?.text ?? ''] : a.parts;
  const partsB = b.parts.length === 0 ? [b.family?.text ?? ''] : b.parts;
  return partsA.some((part) => part.length > 1 && partsB.includes(part));
}

function soundsAlike(a: NameWord, b: NameWord): boolean {
  if (a.sound.length < 2 || b.sound.length < 2) return false;
  return (
    a.sound === b.sound ||
    a.sound === b.otherSound ||
    a.otherSound === b.sound ||
    a.otherSound === b.otherSound
  );
}

function middleLevel(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return nullLevel;
  let best = middle.different;
  for (const x of a) {
    for (const y of b) {
      if (x === y) return middle.exact;
      if (x.length === 1 || y.length === 1) {
        if (x.charCodeAt(0) === y.charCodeAt(0)) best = Math.min(best, middle.initial);
      } else if (jaroWinkler(x, y) >= 0.85) best = Math.min(best, middle.jw85);
    }
  }
  return best;
}

const likeness = (a: NameWord, b: NameWord): number =>
  similarityFrom(a.text, a.letters, b.text, b.letters, 0.75);

const isSame = (a: NameWord, b: NameWord): boolean =>
  a.text === b.text || similarityFrom(a.text, a.letters, b.text, b.letters, sameWord) >= sameWord;

/** Given name and surname in each other's field. */
function areSwapped(a: Named, b: Named): boolean {
  for (const x of a.names) {
    for (const y of b.names) {
      if (!x.given || !x.family || !y.given || !y.family) continue;
      if (isSame(x.given, y.family) && isSame(x.family, y.given)) return true;
    }
  }
  return false;
}
