import { type DateFormat, type DateParts, isReal, readHl7Date } from './date-formats.ts';
import { formatOffset, type Zone } from './zones.ts';

/** Where the offset of a timestamp may come from, in the order in which it is looked for. */
export type TimeRules = {
  readonly formats: readonly DateFormat[];
  readonly zone: Zone | undefined;
  /** MSH-7`s offset, the standard`s default for a message; minutes east of UTC. */
  readonly messageOffset: number | undefined;
  readonly messageYear: number | undefined;
};

/**
 * A FHIR date, dateTime or instant, and what was odd about it. Without `value` it cannot be read.
 */
export type TimeValue = { readonly value?: string; readonly code?: TimeCode };

export type TimeCode =
  | 'timestamp-unparsable'
  | 'timestamp-malformed'
  | 'offset-invalid'
  | 'timezone-unknown'
  | 'time-precision-lost'
  | 'time-in-dst-gap'
  | 'time-in-dst-overlap';

/** Why each code was given, for an analyst. */
export const timeTexts: Readonly<Record<TimeCode, string>> = {
  'timestamp-unparsable': 'is neither an HL7 timestamp nor in a format that the dialect declares',
  'timestamp-malformed': 'has more digits than a timestamp; the first fourteen were read',
  'offset-invalid': 'ends in no valid UTC offset; the facility`s time zone was taken instead',
  'timezone-unknown':
    'has a time but no offset, and neither the dialect nor MSH-7 gives one; the date was kept',
  'time-precision-lost': 'has an hour without minutes, which FHIR cannot say; the date was kept',
  'time-in-dst-gap': 'names a local time that the clocks skipped',
  'time-in-dst-overlap': 'names a local time that came twice; the offset was chosen by rule',
};

/** Reads the parts of a timestamp: HL7`s own form first, then the dialect`s formats. */
export function readParts(text: string, rules: TimeRules): DateParts | undefined {
  const own = readHl7Date(text);
  if (own && isReal(own)) return own;
  for (const format of rules.formats) {
    const parts = format.read(text, rules.messageYear);
    if (parts && isReal(parts)) return parts;
  }
  return undefined;
}

const two = (number: number) => (number < 10 ? `0${number}` : `${number}`);

function dateText({ year, month, day }: DateParts): string {
  const y = String(year).padStart(4, '0');
  if (month === undefined) return y;
  return day === undefined ? `${y}-${two(month)}` : `${y}-${two(month)}-${two(day)}`;
}

/** A FHIR date: the day as written, whatever zone it was written in. Precision is kept. */
export function toDate(text: string, rules: TimeRules): TimeValue {
  const parts = readParts(text, rules);
  if (!parts) return { code: 'timestamp-unparsable' };
  return { value: dateText(parts) };
}

/** A FHIR dateTime. A time whose offset nobody tells is cut to its date, with a code. */
export function toDateTime(text: string, rules: TimeRules): TimeValue {
  const parts = readParts(text, rules);
  if (!parts) return { code: 'timestamp-unparsable' };
  if (parts.hour === undefined || parts.day === undefined) return { value: dateText(parts) };
  if (parts.minute === undefined) return { value: dateText(parts), code: 'time-precision-lost' };
  const offset = offsetOf(parts, rules);
  if (offset.minutes === undefined) return { value: dateText(parts), code: 'timezone-unknown' };
  const fraction = parts.fraction === undefined ? '' : `.${parts.fraction}`;
  const clock = `${two(parts.hour)}:${two(parts.minute)}:${two(parts.second ?? 0)}${fraction}`;
  const value = `${dateText(parts)}T${clock}${formatOffset(offset.minutes)}`;
  const code = parts.odd ?? offset.code;
  return code ? { value, code } : { value };
}

/** A FHIR instant: a dateTime down to the second, else nothing. */
export function toInstant(text: string, rules: TimeRules): TimeValue {
  const time = toDateTime(text, rules);
  return time.value === undefined || time.value.includes('T')
    ? time
    : { code: time.code ?? 'time-precision-lost' };
}

function offsetOf(
  parts: DateParts,
  rules: TimeRules,
): { minutes: number | undefined; code?: TimeCode } {
  if (parts.offset !== undefined) return { minutes: parts.offset };
  if (!rules.zone) return { minutes: rules.messageOffset };
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const found = rules.zone.offsetAt(Date.UTC(year, month - 1, day, hour, minute, second));
  if (found.change === 'gap') return { minutes: found.minutes, code: 'time-in-dst-gap' };
  if (found.change === undefined) return { minutes: found.minutes };
  const told = rules.messageOffset === found.other ? found.other : undefined;
  return { minutes: told ?? found.minutes, code: 'time-in-dst-overlap' };
}

/** A time of day (HL7 TM) as FHIR writes it; undefined when it is none. */
export function toTime(text: string): string | undefined {
  const match = /^(\d{2}):?(\d{2})(?::?(\d{2})(\.\d{1,6})?)?(?:[+-]\d{4})?$/.exec(text);
  if (!match) return undefined;
  const [, hour = '', minute = '', second = '00', fraction = ''] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${hour}:${minute}:${second}${fraction}`;
}
