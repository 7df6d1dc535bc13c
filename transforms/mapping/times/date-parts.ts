/** What is odd about a timestamp though it can be read; each a stable issue code. */
export type OddCode =
  | 'timestamp-malformed'
  | 'timestamp-partial'
  | 'timestamp-ambiguous'
  | 'offset-invalid'
  | 'year-assumed'
  | 'time-end-of-day'
  | 'time-leap-second';

/** The parts of a date or time as they were written; what was not written is absent. */
export type DateParts = {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
  /** 24 only as the end of the day, 24:00. */
  readonly hour?: number;
  readonly minute?: number;
  /** 60 only as a leap second. */
  readonly second?: number;
  /** Digits after the point, as written. */
  readonly fraction?: string;
  /** Minutes east of UTC. */
  readonly offset?: number;
  /** Counted from an epoch: a moment, of which nobody wrote what day it was there. */
  readonly isCounted?: true;
  readonly odd?: OddCode;
};

const shortMonths = [4, 6, 9, 11];

/** Does the calendar know this date, and the clock this time? */
export function isReal(parts: DateParts): boolean {
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  return day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return shortMonths.includes(month) ? 30 : 31;
}

/**
 * The parts, when they name a real date and time; undefined when they do not. Zeros for a month or
 * a day that is not known leave what is known; 24:00 and a 60th second are kept and marked.
 */
export function realParts(parts: DateParts): DateParts | undefined {
  if (isReal(parts)) return parts;
  const { year, month, day, hour = 0, minute = 0, second = 0, fraction = '' } = parts;
  const isMidnight = minute === 0 && second === 0 && /^0*$/.test(fraction);
  if (month === 0 || day === 0) {
    if (hour !== 0 || !isMidnight || (month === 0 && (day ?? 0) !== 0)) return undefined;
    const known = month === 0 || month === undefined ? { year } : { year, month };
    return isReal(known) ? { ...known, odd: 'timestamp-partial' } : undefined;
  }
  if (hour === 24 && isMidnight && isReal({ ...parts, hour: 0 }))
    return { ...parts, odd: parts.odd ?? 'time-end-of-day' };
  if (second === 60 && isReal({ ...parts, second: 59 }))
    return { ...parts, odd: parts.odd ?? 'time-leap-second' };
  return undefined;
}

/** Milliseconds of these parts as if they were UTC; what was not written is the earliest. */
export function localMs(parts: DateParts): number {
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const utc = (of: number) => Date.UTC(of, month - 1, day, hour, minute, second);
  // Date.UTC takes years below 100 for those of the last century; the calendar repeats in 400.
  return year < 100 ? utc(year + 400) - 400 * 365.2425 * 86_400_000 : utc(year);
}
