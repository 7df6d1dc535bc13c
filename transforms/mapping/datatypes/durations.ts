import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, component } from '../reading/index.ts';
import { toDateTime, toInstant } from '../times/index.ts';
import { toNumber } from './quantities.ts';
import { isReversed, timeIssue } from './times.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const unitWords: Readonly<Record<string, string>> = {
  S: 's sec secs second seconds',
  M: 'm min mins minute minutes',
  H: 'h hr hrs hour hours',
  D: 'd day days',
  W: 'w wk wks week weeks',
};
const unitLengths: Readonly<Record<string, number>> = {
  S: 1_000,
  M: minute,
  H: 60 * minute,
  D: day,
  W: 7 * day,
};
const units: ReadonlyMap<string, number> = new Map(
  Object.entries(unitWords).flatMap(([letter, words]) =>
    words.split(' ').map((word) => [word, unitLengths[letter]!] as const),
  ),
);

/**
 * Milliseconds of a unit. One that is not named is the rule's (`with: {unit}`): people leave it out
 * and mean minutes, where the standard says seconds; so without that, nothing is calculated.
 */
function unitLength(unit: Cell | undefined, settings: Settings): number | undefined {
  if (!unit) return units.get(String(settings.with.unit ?? ''));
  for (const number of [1, 2]) {
    const length = units.get(component(unit, number).toLowerCase());
    if (length !== undefined) return length;
  }
  return undefined;
}

/** A number and the cell of its unit as milliseconds; undefined with an issue when it is none. */
function lengthOf(
  cell: Cell | undefined,
  unit: Cell | undefined,
  environment: Environment,
  settings: Settings,
): number | undefined {
  if (!cell || component(cell, 1) === '') return undefined;
  const number = toNumber(component(cell, 1));
  const length = unitLength(unit, settings);
  if (number !== undefined && length !== undefined) return number * length;
  const text = number === undefined ? 'is no number' : 'is in a unit that is no time';
  if (unit || number === undefined) environment.issue('duration-invalid', text, cell);
  else environment.issue('duration-unit-missing', 'has no unit and was not counted with', cell);
  return undefined;
}

/** TQ.3 (v2.5.1 section 2.A.81): `M30`, `H2`; or what people write, `30 min`. */
function textLength(text: string): number | undefined {
  const coded = /^([SMHDW])(\d+)$/.exec(text);
  if (coded) return unitLengths[coded[1]!]! * Number(coded[2]);
  const [, number, word] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? [];
  const length = word === undefined ? undefined : units.get(word.toLowerCase());
  return length === undefined ? undefined : length * Number(number);
}

const two = (number: number) => String(number).padStart(2, '0');

/** A dateTime with an offset, so much later, in the same offset; undefined for one without time. */
export function later(time: string, milliseconds: number): string | undefined {
  const match = /^(.{19})(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(time);
  if (!match) return undefined;
  const [, clock, fraction = '', offset] = match;
  const at = new Date(Date.parse(`${clock}Z`) + milliseconds);
  if (Number.isNaN(at.getTime())) return undefined;
  const date = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()].map(two).join('-');
  const hours = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `${date}T${hours}${fraction}${offset}`;
}

function dateTimeOf(cell: Cell | undefined, number: number, environment: Environment) {
  if (!cell || component(cell, number) === '') return undefined;
  const found = toDateTime(component(cell, number), environment.time);
  timeIssue(found, cell, environment);
  return found.value;
}

/** The unit is that of `with: {unit}`, else it stands in the field behind the duration. */
function periodFrom(start: string, environment: Environment, settings: Settings): fhir4.Period {
  const number = Number(settings.with.duration);
  const unit = settings.with.unit === undefined ? settings.sibling(number + 1) : undefined;
  const length = lengthOf(settings.sibling(number), unit, environment, settings);
  // What lasts less than nothing has no end that could be told.
  const end = length === undefined || length < 0 ? undefined : later(start, length);
  return end === undefined ? { start } : { start, end };
}

const durationFields = [7, 9, 10, 11, 12];

export const timedPeriodConversion: Conversion = {
  name: 'TimedPeriod',
  summary: 'TS to a Period whose end is the duration in field `with: {duration}` later.',
  gives: ['Period'],
  reads: durationFields,
  settings: ['duration', 'unit'],
  convert(cell, environment, settings) {
    const start = dateTimeOf(cell, 1, environment);
    return start === undefined ? undefined : periodFrom(start, environment, settings);
  },
};

export const offsetPeriodConversion: Conversion = {
  name: 'OffsetPeriod',
  summary: 'NM (unit in the next field) after the start of the appointment to a Period.',
  gives: ['Period'],
  reads: [8, ...durationFields, 'TQ1-7', 'SCH-11'],
  settings: ['duration', 'unit'],
  convert(cell, environment, settings) {
    const unit = settings.sibling(Number(cell.field.slice(cell.field.indexOf('-') + 1)) + 1);
    const offset = lengthOf(cell, unit, environment, settings);
    const base =
      dateTimeOf(settings.sibling('TQ1-7'), 1, environment) ??
      dateTimeOf(settings.sibling('SCH-11'), 4, environment);
    if (offset === undefined || base === undefined) return undefined;
    const start = later(base, offset);
    return start === undefined ? undefined : periodFrom(start, environment, settings);
  },
};

export const timeOrPeriodConversion: Conversion = {
  name: 'TimeOrPeriod',
  summary: 'DR or TS to a dateTime, or to a Period where an end is given.',
  gives: ['dateTime', 'Period'],
  convert(cell, environment) {
    const start = dateTimeOf(cell, 1, environment);
    const end = dateTimeOf(cell, 2, environment);
    if (start !== undefined && end !== undefined && isReversed(start, end)) {
      environment.issue('period-reversed', 'begins after its end', cell);
      return { type: 'dateTime', value: start };
    }
    if (end !== undefined) return { type: 'Period', value: start ? { start, end } : { end } };
    return start === undefined ? undefined : { type: 'dateTime', value: start };
  },
};

export const minutesConversion: Conversion = {
  name: 'Minutes',
  summary: 'NM, its unit in the next field, to whole minutes.',
  gives: ['positiveInt'],
  reads: [8, 10],
  settings: ['unit'],
  convert(cell, environment, settings) {
    const unit = settings.sibling(Number(cell.field.slice(cell.field.indexOf('-') + 1)) + 1);
    const length = lengthOf(cell, unit, environment, settings);
    if (length === undefined) return undefined;
    const minutes = length / minute;
    if (Number.isInteger(minutes) && minutes > 0) return minutes;
    environment.issue('duration-invalid', 'is no whole number of minutes', cell);
    return undefined;
  },
};

const appointmentReads = ['TQ1-6', 'TQ1-8', 'SCH-9', 'SCH-10', 'SCH-11', 'AIS-7', 'AIS-8'];

type Times = { readonly start: string; readonly end: string };

/**
 * R4 wants start and end, or neither. The end is said (TQ1-8, TQ.5), or follows from a duration:
 * that of the timing, of the appointment, of its service.
 */
function appointmentTimes(cell: Cell, environment: Environment, settings: Settings) {
  const found = toInstant(component(cell, 1), environment.time);
  timeIssue(found, cell, environment);
  const start = found.value;
  if (start === undefined) return undefined;
  const quantity = settings.sibling('SCH-11');
  const timing = settings.sibling('TQ1-6');
  const said =
    cell.field === 'TQ1-7'
      ? dateTimeOf(settings.sibling('TQ1-8'), 1, environment)
      : dateTimeOf(quantity, 5, environment);
  if (said?.includes('T')) return { start, end: said } satisfies Times;
  const length =
    (timing && textLength(`${component(timing, 1)} ${component(timing, 2)}`)) ??
    lengthOf(settings.sibling('SCH-9'), settings.sibling('SCH-10'), environment, settings) ??
    (quantity && textLength(component(quantity, 3))) ??
    lengthOf(settings.sibling('AIS-7'), settings.sibling('AIS-8'), environment, settings);
  const end = length === undefined ? undefined : later(start, length);
  if (end !== undefined) return { start, end } satisfies Times;
  const text = 'begins an appointment of which neither an end nor a duration is said';
  environment.issue('appointment-end-missing', text, cell);
  return undefined;
}

export const appointmentStartConversion: Conversion = {
  name: 'AppointmentStart',
  summary: 'TS to the start of an appointment whose end is said or follows from a duration.',
  gives: ['instant'],
  reads: appointmentReads,
  settings: ['unit'],
  convert: (cell, environment, settings) => appointmentTimes(cell, environment, settings)?.start,
};

export const appointmentEndConversion: Conversion = {
  name: 'AppointmentEnd',
  summary: 'The start (TS) of an appointment to its end: as said, or by a duration.',
  gives: ['instant'],
  reads: appointmentReads,
  settings: ['unit'],
  convert: (cell, environment, settings) => appointmentTimes(cell, environment, settings)?.end,
};
