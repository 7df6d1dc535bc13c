import type { DateFormat, YearPivot } from './date-formats.ts';
import { type DateParts, localMs, type OddCode } from './date-parts.ts';
import { readHl7Date, readIsoDate } from './written-dates.ts';
import { formatOffset, type Zone } from './zones.ts';

/** Where the offset of a timestamp may come from, in the order in which it is looked for. */
export type TimeRules = {
  readonly formats: readonly DateFormat[];
  readonly yearPivot?: YearPivot;
  readonly zone: Zone | undefined;
  /** MSH-7`s offset, the standard`s default for a message; minutes east of UTC. */
  readonly messageOffset: number | undefined;
  readonly messageYear: number | undefined;
  /** Timestamps of the message that were read before: results repeat theirs. */
  readonly known?: Map<string, TimeValue>;
};

/**
 * A FHIR date, dateTime or instant, and what was odd about it. Without `value` it cannot be read.
 */
export type TimeValue = { readonly value?: string; readonly code?: TimeCode };

export type TimeCode =
  | OddCode
  | 'timestamp-unparsable'
  | 'timezone-unknown'
  | 'time-precision-lost'
  | 'seconds-assumed'
  | 'offset-disagrees'
  | 'date-from-instant'
  | 'time-in-dst-gap'
  | 'time-in-dst-overlap';

/** Why each code was given, for an analyst. */
export const timeTexts: Readonly<Record<TimeCode, string>> = {
  'timestamp-unparsable': 'is neither an HL7 timestamp nor in a format that the dialect declares',
  'timestamp-malformed': 'has more digits than a timestamp; the first fourteen were read',
  'timestamp-partial': 'has zeros for a month or a day; what is known was kept',
  'timestamp-ambiguous': 'can be read as more than one date; what they agree in was kept',
  'offset-invalid': 'ends in no valid UTC offset; the facility`s time zone was taken instead',
  'offset-disagrees': 'has another UTC offset than the facility`s time zone has then; it was kept',
  'year-assumed': 'has a year of two digits and the dialect declares no `year_pivot`',
  'timezone-unknown':
    'has a time but no offset, and neither the dialect nor MSH-7 gives one; the date was kept',
  'time-precision-lost': 'has an hour without minutes, which FHIR cannot say; the date was kept',
  'seconds-assumed': 'has no seconds, which an instant must have; they were written as zero',
  'date-from-instant': 'counts from 1970, which tells no local day',
  'time-end-of-day': 'says 24:00, which was written as 00:00 of the next day',
  'time-leap-second': 'is a leap second, which was written as the second after it',
  'time-in-dst-gap': 'names a local time that the clocks skipped',
  'time-in-dst-overlap': 'names a local time that came twice; the offset was chosen by rule',
};

/** Years outside of these are no timestamps of a hospital where another reading is at hand. */
const isPlausible = ({ year }: DateParts): boolean => year >= 1850 && year < 2200;

/**
 * Reads the parts of a timestamp: HL7`s own form first, then the dialect`s formats, then ISO 8601.
 * Two readings that differ give `timestamp-ambiguous`, never one of them.
 */
export function readParts(text: string, rules: TimeRules): DateParts | TimeValue {
  const own = readHl7Date(text);
  if (own && (rules.formats.length === 0 || (isPlausible(own) && !hasBare(rules)))) return own;
  let found = own && isPlausible(own) ? own : undefined;
  for (const format of rules.formats) {
    if (own && !format.isBare) continue;
    const parts = format.read(text, rules.messageYear, rules.yearPivot);
    if (parts === undefined) continue;
    if (found && !isSame(found, parts)) return { code: 'timestamp-ambiguous' };
    found = parts;
  }
  return found ?? own ?? readIsoDate(text) ?? unparsable;
}

const unparsable: TimeValue = { code: 'timestamp-unparsable' };

const hasBare = ({ formats }: TimeRules): boolean => formats.some(({ isBare }) => isBare);

const isSame = (left: DateParts, right: DateParts): boolean =>
  localMs(left) === localMs(right) && left.offset === right.offset;

const two = (number: number) => (number < 10 ? `0${number}` : `${number}`);

function dateText({ year, month, day }: DateParts): string {
  const y = String(year).padStart(4, '0');
  if (month === undefined) return y;
  return day === undefined ? `${y}-${two(month)}` : `${y}-${two(month)}-${two(day)}`;
}

/** A FHIR date: the day as written, whatever zone it was written in. Precision is kept. */
export function toDate(text: string, rules: TimeRules): TimeValue {
  const parts = readParts(text, rules);
  if (!('year' in parts)) return parts;
  if (parts.isCounted) return dateOfInstant(parts, rules);
  const value = dateText(parts);
  const { odd } = parts;
  // What is odd about the time of day does not touch the day.
  if (odd === undefined || odd === 'offset-invalid' || odd.startsWith('time-')) return { value };
  return { value, code: odd };
}

/** A day that was counted from 1970 is certain only at a midnight, UTC`s or the facility`s. */
function dateOfInstant(parts: DateParts, { zone }: TimeRules): TimeValue {
  const utcMs = localMs(parts);
  if (utcMs % dayMs === 0) return { value: dateText(parts) };
  const local = zone && utcMs + zone.offsetOf(utcMs) * 60_000;
  if (local === undefined || local % dayMs !== 0) return { code: 'date-from-instant' };
  return { value: dateText(partsOf(local)) };
}

const dayMs = 86_400_000;

/** A FHIR dateTime. A time whose offset nobody tells is cut to its date, with a code. */
export function toDateTime(text: string, rules: TimeRules): TimeValue {
  const before = rules.known?.get(text);
  if (before) return before;
  const found = readDateTime(text, rules);
  rules.known?.set(text, found);
  return found;
}

function readDateTime(text: string, rules: TimeRules): TimeValue {
  const parts = readParts(text, rules);
  return 'year' in parts ? dateTimeOf(parts, rules) : parts;
}

/**
 * Seconds that were not written are zero: FHIR R4 has no dateTime without (datatypes, `dateTime`).
 */
function dateTimeOf(parts: DateParts, rules: TimeRules): TimeValue {
  const { hour, minute, second = 0, odd } = parts;
  if (hour === undefined || parts.day === undefined) return asRead(dateText(parts), odd);
  if (minute === undefined) return { value: dateText(parts), code: 'time-precision-lost' };
  if (hour === 24) return dateTimeOf(rolled(parts, 'time-end-of-day'), rules);
  const offset = offsetOf(parts, rules);
  if (offset.minutes === undefined) return { value: dateText(parts), code: 'timezone-unknown' };
  if (second === 60) {
    if (!isLeapSecond(parts, offset.minutes)) return unparsable;
    const next = rolled({ ...parts, offset: offset.minutes }, 'time-leap-second');
    return dateTimeOf(next, rules);
  }
  const fraction = parts.fraction === undefined ? '' : `.${parts.fraction}`;
  const clock = `${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
  return asRead(`${dateText(parts)}T${clock}${formatOffset(offset.minutes)}`, odd ?? offset.code);
}

const asRead = (value: string, code: TimeCode | undefined): TimeValue =>
  code === undefined ? { value } : { value, code };

/** Parts past the end of their day or minute, as the clock shows them from then on. */
function rolled(parts: DateParts, odd: OddCode): DateParts {
  const { fraction, offset } = parts;
  return {
    ...partsOf(localMs(parts)),
    ...(fraction === undefined ? {} : { fraction }),
    ...(offset === undefined ? {} : { offset }),
    odd,
  };
}

function partsOf(ms: number): DateParts & { readonly month: number } {
  const at = new Date(ms);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
}

/** Leap seconds end a quarter in UTC (ITU-R TF.460); elsewhere a 60th second is a mistake. */
function isLeapSecond(parts: DateParts, offset: number): boolean {
  const next = localMs(parts) - offset * 60_000;
  const { month, day, hour, minute } = partsOf(next);
  return day === 1 && month % 3 === 1 && hour === 0 && minute === 0;
}

/**
 * A FHIR instant: a dateTime with a time of day, else nothing. Seconds that were not written are
 * zero, and it is said so.
 */
export function toInstant(text: string, rules: TimeRules): TimeValue {
  const parts = readParts(text, rules);
  if (!('year' in parts)) return parts;
  const time = toDateTime(text, rules);
  if (time.value === undefined) return time;
  if (!time.value.includes('T')) return { code: time.code ?? 'time-precision-lost' };
  return parts.second === undefined ? { code: 'seconds-assumed', ...time } : time;
}

type Offset = { readonly minutes: number | undefined; readonly code?: TimeCode };

function offsetOf(parts: DateParts, rules: TimeRules): Offset {
  const { offset } = parts;
  const { zone, messageOffset } = rules;
  if (!zone) return { minutes: offset ?? messageOffset };
  if (offset !== undefined) {
    if (parts.isCounted || zone.offsetOf(localMs(parts) - offset * 60_000) === offset)
      return { minutes: offset };
    return { minutes: offset, code: 'offset-disagrees' };
  }
  const found = zone.offsetAt(localMs(parts));
  if (found.change === 'gap') return { minutes: found.minutes, code: 'time-in-dst-gap' };
  if (found.change === undefined) return { minutes: found.minutes };
  const told = messageOffset === found.other ? found.other : undefined;
  return { minutes: told ?? found.minutes, code: 'time-in-dst-overlap' };
}

/** A time of day (HL7 TM) as FHIR writes it, which has no zone; undefined when it is none. */
export function toTime(text: string): string | undefined {
  const match = /^(\d{2}):?(\d{2})(?::?(\d{2})(\.\d{1,6})?)?(?:[+-]\d{4})?$/.exec(text);
  if (!match) return undefined;
  const [, hour = '', minute = '', second = '00', fraction = ''] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${hour}:${minute}:${second}${fraction}`;
}
