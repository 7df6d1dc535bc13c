import { type DateParts, realParts } from './date-parts.ts';
import { signed } from './written-dates.ts';

/**
 * How the century of a year of two digits is found. A number is the dialect`s declared pivot: up to
 * it years are of this century, above it of the last. `message`: the latest such year that is not
 * after the message`s own; undefined: the same, but nobody has declared it, and it is said so.
 */
export type YearPivot = number | 'message' | undefined;

export type DateFormat = {
  readonly text: string;
  /** Digits and nothing else: what it reads may be read as HL7`s own form, too. */
  readonly isBare: boolean;
  /**
   * `messageYear`: the year of the message, for years of two digits; undefined when it is not
   * known. Undefined for a text of another form, and for what no calendar has.
   */
  read(text: string, messageYear: number | undefined, pivot: YearPivot): DateParts | undefined;
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
  hh: '(?<half>\\d{2})',
  h: '(?<half>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<fraction>\\d{1,9})',
  A: '(?<noon>[AaPp][Mm])',
  Z: '(?<zone>Z|[+-]\\d{2}:?\\d{2})',
};
const tokenPattern = /(YYYY|YY|MON|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z)/;

/** What a group says, coarse to fine: a format may not leave one out between two others. */
const order = ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction'];
const meanings: Readonly<Record<string, string>> = { short: 'year', name: 'month', half: 'hour' };

/**
 * Compiles a dialect's date format such as `MM/DD/YYYY HH:mm` or `DD-MON-YYYY`, or `X` and `x` for
 * seconds and milliseconds since 1970. Undefined when it names no year, one part twice, or a part
 * without the coarser ones.
 */
export function compileDateFormat(text: string): DateFormat | undefined {
  if (text === 'X' || text === 'x') return epochFormat(text);
  const pieces = text.split(tokenPattern);
  const groups = pieces.flatMap((piece) => /<(\w+)>/.exec(tokens[piece] ?? '')?.[1] ?? []);
  const parts = groups.map((group) => meanings[group] ?? group);
  if (new Set(parts).size !== parts.length) return undefined;
  const written = parts.filter((part) => order.includes(part));
  if (written.length === 0 || written.some((part) => order.indexOf(part) >= written.length))
    return undefined;
  if (groups.includes('half') !== groups.includes('noon')) return undefined;
  const source = pieces
    .map((piece) => tokens[piece] ?? piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('');
  const pattern = new RegExp(`^${source}$`);
  const isBare = pieces.every((piece) => piece === '' || /^(YYYY|YY|MM|DD|HH|mm|ss)$/.test(piece));
  return {
    text,
    isBare,
    read(value, messageYear, pivot) {
      const groupsFound = pattern.exec(value)?.groups;
      const found = groupsFound && fromGroups(groupsFound, messageYear, pivot);
      return found && realParts(found);
    },
  };
}

type Groups = Record<string, string | undefined>;
type Building = { -readonly [K in keyof DateParts]: DateParts[K] };

function fromGroups(
  groups: Groups,
  messageYear: number | undefined,
  pivot: YearPivot,
): DateParts | undefined {
  const { year: full, short, name, half, noon, fraction, zone } = groups;
  const year = full ? Number(full) : century(Number(short), messageYear, pivot);
  if (year === undefined) return undefined;
  const parts: Building = { year };
  if (!full && pivot === undefined) parts.odd = 'year-assumed';
  const month = name ? months.indexOf(name.toUpperCase()) + 1 : numberIn(groups.month);
  if (month !== undefined) parts.month = month;
  if (name && month === 0) return undefined;
  const day = numberIn(groups.day);
  if (day !== undefined) parts.day = day;
  const hour = half ? hourOf(Number(half), noon ?? '') : numberIn(groups.hour);
  if (half && hour === undefined) return undefined;
  if (hour !== undefined) parts.hour = hour;
  const minute = numberIn(groups.minute);
  if (minute !== undefined) parts.minute = minute;
  const second = numberIn(groups.second);
  if (second !== undefined) parts.second = second;
  if (fraction) parts.fraction = fraction;
  return zone ? withZone(parts, zone) : parts;
}

const numberIn = (text: string | undefined) => (text ? Number(text) : undefined);

function withZone(parts: Building, zone: string): DateParts {
  const digits = zone.replace(':', '');
  const offset =
    zone === 'Z'
      ? 0
      : signed(digits.slice(0, 1), Number(digits.slice(1, 3)), Number(digits.slice(3)));
  return offset === 'invalid' ? { ...parts, odd: 'offset-invalid' } : { ...parts, offset };
}

/** 12 AM is midnight and 12 PM is noon. */
function hourOf(half: number, noon: string): number | undefined {
  if (half < 1 || half > 12) return undefined;
  return (half % 12) + (noon.toUpperCase() === 'PM' ? 12 : 0);
}

function century(
  short: number,
  messageYear: number | undefined,
  pivot: YearPivot,
): number | undefined {
  if (typeof pivot === 'number') return short <= pivot ? 2000 + short : 1900 + short;
  if (messageYear === undefined) return undefined;
  const year = Math.floor(messageYear / 100) * 100 + short;
  return year > messageYear ? year - 100 : year;
}

/** Nine or ten digits of seconds, twelve or thirteen of milliseconds: from 1973 to 2286. */
function epochFormat(text: 'X' | 'x'): DateFormat {
  const pattern = text === 'X' ? /^\d{9,10}$/ : /^\d{12,13}$/;
  return {
    text,
    isBare: true,
    read(value) {
      if (!pattern.test(value)) return undefined;
      const at = new Date(Number(value) * (text === 'X' ? 1000 : 1));
      const parts: DateParts = {
        year: at.getUTCFullYear(),
        month: at.getUTCMonth() + 1,
        day: at.getUTCDate(),
        hour: at.getUTCHours(),
        minute: at.getUTCMinutes(),
        second: at.getUTCSeconds(),
        offset: 0,
        isCounted: true,
      };
      return text === 'X' ? parts : { ...parts, fraction: value.slice(-3) };
    },
  };
}
