import type { RecordFlag } from '../record.ts';
import { isPlaceholderDate } from './placeholders.ts';

/** Which comes first where a date is written with its year last. */
export type DateOrder = 'day-first' | 'month-first';

export type NormalDate = { readonly date?: string; readonly flags: readonly RecordFlag[] };

const unknown: NormalDate = { flags: [] };
const empty: NormalDate = { flags: ['placeholder-birth-date'] };
const months = 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC';

/**
 * A date as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; times of day are left away. A day that is in no
 * calendar keeps its digits and is flagged: it is a real day with a typing error, which a
 * comparison can see. Two-digit years are unknown.
 */
export function normaliseDate(text: string, order: DateOrder = 'month-first'): NormalDate {
  const raw = text.trim();
  if (raw === '') return unknown;
  const found = yearFirst(raw) ?? yearLast(raw, order) ?? monthInLetters(raw);
  if (found === undefined) return unknown;
  const [year, month, day] = found;
  const date = [year, month, day].filter((part) => part !== '').join('-');
  if (isPlaceholderDate(date)) return empty;
  const number = Number(year);
  if (number < 1850 || number > 2100) return unknown;
  return isReal(number, month, day) ? { date, flags: [] } : { date, flags: ['impossible-date'] };
}

type Parts = readonly [year: string, month: string, day: string];

function yearFirst(raw: string): Parts | undefined {
  const compact = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:\d{2,}.*)?)?)?$/.exec(raw);
  if (compact) return [compact[1] ?? '', compact[2] ?? '', compact[3] ?? ''];
  const parts = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?$/.exec(raw);
  return parts ? [parts[1] ?? '', two(parts[2]), two(parts[3])] : undefined;
}

/** What a date with its year last says of the order that its source writes. */
export function dateOrderIn(text: string): DateOrder | 'either' | undefined {
  const parts = yearLastParts.exec(text.trim());
  if (!parts) return undefined;
  if (Number(parts[1]) > 12) return 'day-first';
  return Number(parts[2]) > 12 ? 'month-first' : 'either';
}

const yearLastParts = /^(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4})(?:[T ].*)?$/;

function yearLast(raw: string, order: DateOrder): Parts | undefined {
  const parts = yearLastParts.exec(raw);
  if (!parts) return undefined;
  const [first, second, year = ''] = [two(parts[1]), two(parts[2]), parts[3]];
  const isDayFirst = Number(first) > 12 || (order === 'day-first' && Number(second) <= 12);
  return isDayFirst ? [year, second, first] : [year, first, second];
}

function monthInLetters(raw: string): Parts | undefined {
  const letters = /[A-Za-z]{3,}/.exec(raw)?.[0].slice(0, 3).toUpperCase();
  const year = /\b\d{4}\b/.exec(raw)?.[0];
  const at = letters === undefined ? -1 : months.indexOf(letters);
  if (year === undefined || at < 0 || at % 3 !== 0) return undefined;
  const day = /\b\d{1,2}\b/.exec(raw.replace(year, ' '))?.[0];
  return [year, two(String(at / 3 + 1)), two(day)];
}

const two = (digits: string | undefined): string => (digits ?? '').padStart(digits ? 2 : 0, '0');

function isReal(year: number, month: string, day: string): boolean {
  if (month === '') return true;
  const inMonth = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const last = inMonth[Number(month) - 1];
  return last !== undefined && (day === '' || (Number(day) >= 1 && Number(day) <= last));
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
