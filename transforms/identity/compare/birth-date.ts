import { levelNo, nullLevel } from './levels.ts';
import { isOneEdit, placesDiffering } from './strings.ts';

const level = {
  exact: levelNo('birthDate', 'exact'),
  swapped: levelNo('birthDate', 'swapped-day-month'),
  oneEdit: levelNo('birthDate', 'one-edit'),
  near: levelNo('birthDate', 'near'),
  twoEdits: levelNo('birthDate', 'two-edits'),
  yearAndMonth: levelNo('birthDate', 'year-and-month'),
  dayAndMonth: levelNo('birthDate', 'day-and-month'),
  year: levelNo('birthDate', 'year'),
  different: levelNo('birthDate', 'different'),
};

/** Two dates closer than this may be the day of birth and the day it was written down. */
const nearDays = 10;

/** Level of two dates in digits; a date without its day agrees with any day of that month. */
export function birthDateLevel(a: string, b: string): number {
  if (a === '' || b === '') return nullLevel;
  if (a.length < 8 || b.length < 8) return partialLevel(a, b);
  if (a === b) return level.exact;
  const [year, otherYear] = [digits(a, 0, 4), digits(b, 0, 4)];
  const [month, otherMonth] = [digits(a, 4, 6), digits(b, 4, 6)];
  const [day, otherDay] = [digits(a, 6, 8), digits(b, 6, 8)];
  const isYear = year === otherYear;
  if (isYear && month === otherDay && day === otherMonth) return level.swapped;
  const differing = placesDiffering(a, b, 2);
  if (differing === 1 || (differing === 2 && isOneEdit(a, b))) return level.oneEdit;
  // About, with months of 31 days: only small differences are asked for.
  const days = (year - otherYear) * 372 + (month - otherMonth) * 31 + day - otherDay;
  if (Math.abs(days) <= nearDays) return level.near;
  if (isYear && month === otherMonth) return level.yearAndMonth;
  if (month === otherMonth && day === otherDay) return level.dayAndMonth;
  if (differing === 2) return level.twoEdits;
  return isYear ? level.year : level.different;
}

function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
  return number;
}

function partialLevel(a: string, b: string): number {
  if (a.slice(0, 4) !== b.slice(0, 4)) return level.different;
  if (a.length === 4 || b.length === 4) return level.year;
  return a.slice(4, 6) === b.slice(4, 6) ? level.yearAndMonth : level.different;
}
