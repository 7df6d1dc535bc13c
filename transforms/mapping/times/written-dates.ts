import { type DateParts, realParts } from './date-parts.ts';

const hl7Pattern = /^(\d{4,17})(?:[.,](\d{1,9}))?(?:([+-])(\d{1,4})|([+-])(\d{2}):(\d{2})|(Z))?$/;

/**
 * HL7`s own form (v2.5.1 section 2.A.22): YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]. Seen in
 * the wild and read with a flag: digits after the seconds without a point, an offset of another
 * length, zeros for what is not known. Undefined for any other text, and for what no calendar has.
 */
export function readHl7Date(text: string): DateParts | undefined {
  const parts = plainDate(text) ?? hl7Date(text);
  return parts && realParts(parts);
}

/** The usual shapes: a day, a minute or a second in digits alone. */
function plainDate(text: string): DateParts | undefined {
  const { length } = text;
  if (length !== 8 && length !== 12 && length !== 14) return undefined;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return undefined;
  }
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 4);
  const day = pair(text, 6);
  if (length === 8) return { year, month, day };
  const hour = pair(text, 8);
  const minute = pair(text, 10);
  if (length === 12) return { year, month, day, hour, minute };
  return { year, month, day, hour, minute, second: pair(text, 12) };
}

const pair = (text: string, at: number): number =>
  text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;

type Building = { -readonly [K in keyof DateParts]: DateParts[K] };

function hl7Date(text: string): DateParts | undefined {
  const match = hl7Pattern.exec(text);
  if (!match) return undefined;
  const [, digits = '', fraction, sign, offsetDigits = ''] = match;
  const { length } = digits;
  if (length < 14 && (length % 2 === 1 || fraction !== undefined)) return undefined;
  const parts: Building = { year: Number(digits.slice(0, 4)) };
  // `2024-07`: a year with an offset, or ISO 8601`s month; the year is the same in both.
  if (length === 4 && sign === '-' && offsetDigits.length < 3)
    return { ...parts, odd: 'timestamp-ambiguous' };
  if (length > 4) parts.month = Number(digits.slice(4, 6));
  if (length > 6) parts.day = Number(digits.slice(6, 8));
  if (length > 8) parts.hour = Number(digits.slice(8, 10));
  if (length > 10) parts.minute = Number(digits.slice(10, 12));
  if (length > 12) parts.second = Number(digits.slice(12, 14));
  if (fraction !== undefined) parts.fraction = fraction;
  if (length > 14) parts.odd = 'timestamp-malformed';
  addOffset(parts, hl7Offset(match));
  return parts;
}

function addOffset(parts: Building, offset: number | 'invalid' | undefined): void {
  if (offset === 'invalid') parts.odd = 'offset-invalid';
  else if (offset !== undefined) parts.offset = offset;
}

function hl7Offset(match: RegExpExecArray): number | 'invalid' | undefined {
  const [, , , sign, digits, sign2, hours, minutes, zulu] = match;
  if (zulu) return 0;
  if (sign2) return signed(sign2, Number(hours), Number(minutes));
  if (!sign || !digits) return undefined;
  if (digits.length === 4) return signed(sign, Number(digits.slice(0, 2)), Number(digits.slice(2)));
  return digits.length === 2 ? signed(sign, Number(digits), 0) : 'invalid';
}

/** Minutes east of UTC; no zone of the world lies further than 14 hours east or 12 west. */
export function signed(sign: string, hours: number, minutes: number): number | 'invalid' {
  const total = hours * 60 + minutes;
  if (minutes > 59 || total > (sign === '-' ? 12 : 14) * 60) return 'invalid';
  return sign === '-' ? 0 - total : total;
}

const isoDay = '(\\d{4})-?(\\d{2})-?(\\d{2})';
const isoClock = '(\\d{2})(?::?(\\d{2})(?::?(\\d{2})(?:[.,](\\d{1,9}))?)?)?';
const isoPattern = new RegExp(
  `^${isoDay}(?:[T ]${isoClock}(?:(Z)|([+-])(\\d{2})(?::?(\\d{2}))?)?)?$`,
);

/** ISO 8601 (2004, section 4.3), basic or extended, with T or a blank: year, month, day. */
export function readIsoDate(text: string): DateParts | undefined {
  const match = isoPattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zulu, ...offset] = match;
  const [sign, hours, minutes = '0'] = offset;
  const parts: Building = { year: Number(year), month: Number(month), day: Number(day) };
  if (hour !== undefined) parts.hour = Number(hour);
  if (minute !== undefined) parts.minute = Number(minute);
  if (second !== undefined) parts.second = Number(second);
  if (fraction !== undefined) parts.fraction = fraction;
  if (zulu) parts.offset = 0;
  if (sign) addOffset(parts, signed(sign, Number(hours), Number(minutes)));
  return realParts(parts);
}
