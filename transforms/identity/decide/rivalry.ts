import { isOneSpelling, type Pair } from './pair.ts';

/**
 * Name, birth date and a number of one person alone agree: that these two are one person, nobody
 * doubts because of a third record with the name or the birth date of somebody else.
 */
export const isBeyondRivals = ({ given, birth, strong }: Pair): boolean =>
  isOneSpelling(given) && birth === 'equal' && strong.personalAgrees;

/**
 * Another person by a name or birth date that is no misspelling: a brother, a father. A twin whose
 * name a letter tells apart is not meant: the letter may be wrong.
 */
export const isSomebodyElse = ({ given, birth }: Pair): boolean =>
  given === 'different' || birth === 'different';
