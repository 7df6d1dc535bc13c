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
  if (a.slice(0, 4) === b.slice(0, 4)) {
    if (a.slice(4, 6) === b.slice(6) && a.slice(6) === b.slice(4, 6)) return level.swapped;
    if (isOneEdit(a, b)) return level.oneEdit;
    if (daysApart(a, b) <= nearDays) return level.near;
    if (a.slice(4, 6) === b.slice(4, 6)) return level.yearAndMonth;
    return placesDiffering(a, b, 2) === 2 ? level.twoEdits : level.year;
  }
  if (isOneEdit(a, b)) return level.oneEdit;
  if (daysApart(a, b) <= nearDays) return level.near;
  if (a.slice(4) === b.slice(4)) return level.dayAndMonth;
  return placesDiffering(a, b, 2) === 2 ? level.twoEdits : level.different;
}

function partialLevel(a: string, b: string): number {
  if (a.slice(0, 4) !== b.slice(0, 4)) return level.different;
  if (a.length === 4 || b.length === 4) return level.year;
  return a.slice(4, 6) === b.slice(4, 6) ? level.yearAndMonth : level.different;
}

/** About, with months of 31 days: only small differences are asked for. */
function daysApart(a: string, b: string): number {
  return Math.abs(dayNo(a) - dayNo(b));
}

function dayNo(date: string): number {
  const digits = Number(date);
  const day = digits % 100;
  const month = ((digits - day) / 100) % 100;
  return Math.floor(digits / 10_000) * 372 + month * 31 + day;
}
