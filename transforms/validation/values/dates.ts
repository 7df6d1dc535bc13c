/**
 * FHIR's dates and times (https://hl7.org/fhir/R4/datatypes.html#dateTime), read by character:
 * they stand in every resource. Each function says whether the text is one.
 */
const zero = 48;

/** The number that stands at `at`, of `digits` digits; -1 when it does not. */
function digitsAt(text: string, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = text.charCodeAt(index) - zero;
    // NaN past the end of the text is none either.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function isDay(year: number, month: number, day: number): boolean {
  if (day < 1) return false;
  const isLeap = month === 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0);
  return day <= (daysOf[month - 1] ?? 0) + (isLeap ? 1 : 0);
}

/** How much of a date stands at the beginning: 4, 7 or 10 characters; 0 when there is none. */
function dateLength(text: string): 0 | 4 | 7 | 10 {
  const year = digitsAt(text, 0, 4);
  if (year < 1) return 0;
  if (text[4] !== '-') return 4;
  const month = digitsAt(text, 5, 2);
  if (month < 1 || month > 12) return 0;
  if (text[7] !== '-') return 7;
  return isDay(year, month, digitsAt(text, 8, 2)) ? 10 : 0;
}

/** Where the time that begins at `from` ends; -1 when there is no time. */
function timeEnd(text: string, from: number): number {
  const hour = digitsAt(text, from, 2);
  const minute = digitsAt(text, from + 3, 2);
  const second = digitsAt(text, from + 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  if (text[from + 2] !== ':' || text[from + 5] !== ':') return -1;
  let end = from + 8;
  if (text[end] !== '.') return end;
  do end += 1;
  while (digitsAt(text, end, 1) >= 0);
  return text[end - 1] === '.' ? -1 : end;
}

function isZone(text: string, from: number): boolean {
  if (text[from] === 'Z') return text.length === from + 1;
  if (text[from] !== '+' && text[from] !== '-') return false;
  const hours = digitsAt(text, from + 1, 2);
  const minutes = digitsAt(text, from + 4, 2);
  if (text.length !== from + 6 || text[from + 3] !== ':') return false;
  return hours >= 0 && minutes >= 0 && minutes <= 59 && hours * 60 + minutes <= 14 * 60;
}

export function isDate(text: string): boolean {
  const length = dateLength(text);
  return length > 0 && length === text.length;
}

export function isDateTime(text: string): boolean {
  const length = dateLength(text);
  if (length === 0) return false;
  return length === text.length || (length === 10 && isTimeWithZone(text));
}

export const isInstant = (text: string): boolean => dateLength(text) === 10 && isTimeWithZone(text);

function isTimeWithZone(text: string): boolean {
  if (text[10] !== 'T') return false;
  const end = timeEnd(text, 11);
  return end > 0 && isZone(text, end);
}

export const isTime = (text: string): boolean => timeEnd(text, 0) === text.length;

/**
 * Does what begins at `start` begin before the end of `end`? Both as written; to the precision that
 * they share, so that an end without a time is its whole day. What is no date begins anywhere.
 */
export function startsBeforeEnd(start: string, end: string): boolean {
  const [from, to] = [dateLength(start), dateLength(end)];
  if (from === 0 || to === 0) return true;
  if (start.length > from && end.length > to) {
    const [first, last] = [Date.parse(start), Date.parse(end)];
    return !(first > last);
  }
  const length = Math.min(from, to);
  return start.slice(0, length) <= end.slice(0, length);
}
