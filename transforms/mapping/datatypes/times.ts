import { type Conversion, type Environment, unsaid } from '../environment.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import {
  type TimeValue,
  timeTexts,
  toDate,
  toDateTime,
  toInstant,
  toTime,
} from '../times/index.ts';

/** Reports what was odd about a timestamp. */
export function timeIssue(found: TimeValue, cell: Cell, environment: Environment): void {
  if (found.code) environment.issue(found.code, timeTexts[found.code], cell);
}

/** Senders fill an unknown date with zeros. */
const isNothing = (text: string): boolean =>
  text === '' || (text.startsWith('0') && /^0+$/.test(text));

function timeConversion(
  name: string,
  summary: string,
  read: (text: string, rules: Environment['time']) => TimeValue,
  gives: readonly string[],
): Conversion {
  return {
    name,
    summary,
    remembers: { for: 'message' },
    gives,
    convert(cell, environment) {
      const text = component(cell, 1);
      if (isNothing(text)) return undefined;
      const found = read(text, environment.time);
      if (found.code) timeIssue(found, cell, environment);
      return found.value;
    },
    plain(text, environment) {
      if (isNothing(text)) return undefined;
      const { code, value } = read(text, environment.time);
      return code === undefined ? value : unsaid;
    },
  };
}

export const dateConversion = timeConversion(
  'date',
  'DT, TS or DTM to a date, precision kept; the day as written in whatever zone.',
  toDate,
  ['date'],
);
export const dateTimeConversion = timeConversion(
  'dateTime',
  'TS or DTM to a dateTime; offset from the value, the dialect`s zone, or MSH-7.',
  toDateTime,
  ['dateTime'],
);
export const instantConversion = timeConversion(
  'instant',
  'TS or DTM to an instant; nothing when it has no time of day.',
  toInstant,
  ['instant'],
);

export const timeOfDayConversion: Conversion = {
  name: 'time',
  summary: 'TM to a time of day.',
  gives: ['time'],
  convert(cell, environment) {
    const text = cellText(cell);
    if (text === '') return undefined;
    const value = toTime(text);
    if (value === undefined) environment.issue('time-unparsable', 'is no time of day', cell);
    else if (/[+-]\d{4}$/.test(text))
      environment.issue('time-offset-lost', 'has an offset, which a FHIR time cannot say', cell);
    return value;
  },
};

/** A Period of the timestamps in two components that stand beside each other. */
export function periodOf(
  cell: Cell,
  first: number,
  environment: Environment,
): fhir4.Period | undefined {
  if (cell.parts.length < first) return undefined;
  const start = boundary(cell, first, environment);
  const end = boundary(cell, first + 1, environment);
  if (start === undefined) return end === undefined ? undefined : { end };
  if (end === undefined) return { start };
  if (!isReversed(start, end)) return { start, end };
  const text = 'has a range that ends before it begins; the range was left out';
  environment.issue('period-reversed', text, cell);
  return undefined;
}

/** R4 has no such period (per-1). Times of different precision are compared as far as both go. */
export function isReversed(start: string, end: string): boolean {
  if (start.includes('T') && end.includes('T')) return Date.parse(end) < Date.parse(start);
  const length = Math.min(start.length, end.length, 10);
  return end.slice(0, length) < start.slice(0, length);
}

function boundary(cell: Cell, number: number, environment: Environment): string | undefined {
  const text = component(cell, number);
  if (isNothing(text)) return undefined;
  const found = toDateTime(text, environment.time);
  if (found.code) timeIssue(found, { ...cell, path: `${cell.path}.${number}` }, environment);
  return found.value;
}
