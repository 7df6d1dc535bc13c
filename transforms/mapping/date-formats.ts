/** The parts of a date or time as they were written; what was not written is absent. */
export type DateParts = {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  /** Digits after the point, as written. */
  readonly fraction?: string;
  /** Minutes east of UTC. */
  readonly offset?: number;
  /** Stable code of what is odd about it, though it can be read. */
  readonly odd?: 'timestamp-malformed' | 'offset-invalid';
};

export type DateFormat = {
  readonly text: string;
  /**
   * `pivotYear`: the year of the message, for years of two digits; undefined when it is not known.
   */
  read(text: string, pivotYear: number | undefined): DateParts | undefined;
};

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

const tokens: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<short>\\d{2})',
  MON: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
};
const tokenPattern = /YYYY|YY|MON|MM|M|DD|D|HH|H|mm|ss/g;

/**
 * Compiles a dialect's date format such as `MM/DD/YYYY HH:mm` or `DD-MON-YYYY`; undefined when it
 * names no year or one part twice.
 */
export function compileDateFormat(text: string): DateFormat | undefined {
  const names = [...text.matchAll(tokenPattern)].map((match) => match[0]);
  const parts = names.map((name) => /<(\w+)>/.exec(tokens[name] ?? '')?.[1]);
  if (new Set(parts).size !== parts.length) return undefined;
  if (!names.includes('YYYY') && !names.includes('YY')) return undefined;
  const source = text
    .split(/(YYYY|YY|MON|MM|M|DD|D|HH|H|mm|ss)/)
    .map((piece) => tokens[piece] ?? piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('');
  const pattern = new RegExp(`^${source}$`);
  return { text, read: (value, pivotYear) => fromGroups(pattern.exec(value)?.groups, pivotYear) };
}

type Groups = Record<string, string | undefined> | undefined;

function fromGroups(groups: Groups, pivotYear: number | undefined): DateParts | undefined {
  if (!groups) return undefined;
  const year = groups.year ? Number(groups.year) : century(Number(groups.short), pivotYear);
  if (year === undefined) return undefined;
  const name = groups.name ? months.indexOf(groups.name.toUpperCase()) + 1 : undefined;
  if (name === 0) return undefined;
  const number = (text: string | undefined) => (text ? Number(text) : undefined);
  return compact({
    year,
    month: name ?? number(groups.month),
    day: number(groups.day),
    hour: number(groups.hour),
    minute: number(groups.minute),
    second: number(groups.second),
  });
}

/** Two digits mean the latest such year that is not after the message's own. */
function century(short: number, pivotYear: number | undefined): number | undefined {
  if (pivotYear === undefined) return undefined;
  const year = Math.floor(pivotYear / 100) * 100 + short;
  return year > pivotYear ? year - 100 : year;
}

function compact(parts: Record<string, number | undefined>): DateParts {
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined),
  ) as unknown as DateParts;
}

const hl7Pattern = /^(\d{4,17})(?:[.,](\d{1,6}))?(?:([+-])(\d{1,4})|([+-])(\d{2}):(\d{2})|(Z))?$/;

/**
 * HL7`s own form (v2.5.1 section 2.A.22): YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]. Seen in
 * the wild and read with a flag: digits after the seconds without a point, an offset of another
 * length.
 */
export function readHl7Date(text: string): DateParts | undefined {
  return plainDate(text) ?? oddDate(text);
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

function oddDate(text: string): DateParts | undefined {
  const match = hl7Pattern.exec(text);
  if (!match) return undefined;
  const [, digits = '', fraction] = match;
  if (digits.length < 14 && (digits.length % 2 === 1 || fraction !== undefined)) return undefined;
  const parts: { -readonly [K in keyof DateParts]: DateParts[K] } = {
    year: Number(digits.slice(0, 4)),
  };
  const { length } = digits;
  if (length > 4) parts.month = Number(digits.slice(4, 6));
  if (length > 6) parts.day = Number(digits.slice(6, 8));
  if (length > 8) parts.hour = Number(digits.slice(8, 10));
  if (length > 10) parts.minute = Number(digits.slice(10, 12));
  if (length > 12) parts.second = Number(digits.slice(12, 14));
  if (fraction !== undefined) parts.fraction = fraction;
  if (digits.length > 14) parts.odd = 'timestamp-malformed';
  const offset = readOffset(match);
  if (offset === 'invalid') parts.odd = 'offset-invalid';
  else if (offset !== undefined) parts.offset = offset;
  return parts;
}

function readOffset(match: RegExpExecArray): number | 'invalid' | undefined {
  const [, , , sign, digits, sign2, hours, minutes, zulu] = match;
  if (zulu) return 0;
  if (sign2) return signed(sign2, Number(hours), Number(minutes));
  if (!sign || !digits) return undefined;
  if (digits.length === 4) return signed(sign, Number(digits.slice(0, 2)), Number(digits.slice(2)));
  return digits.length === 2 ? signed(sign, Number(digits), 0) : 'invalid';
}

function signed(sign: string, hours: number, minutes: number): number | 'invalid' {
  if (hours > 14 || minutes > 59) return 'invalid';
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

const shortMonths = [4, 6, 9, 11];

/** Does the calendar know this date, and the clock this time? */
export function isReal(parts: DateParts): boolean {
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : shortMonths.includes(month) ? 30 : 31;
  return day <= days;
}
