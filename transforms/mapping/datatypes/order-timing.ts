import { decimalOf } from '../../fhir/index.ts';
import type { Conversion, Environment } from '../environment.ts';
import { type Cell, cellText, component, nested, subcomponent } from '../reading/index.ts';
import { toDateTime, toTime } from '../times/index.ts';
import { repeatOfCode } from './repeat-patterns.ts';
import { drop } from './shape.ts';
import { timeIssue } from './times.ts';
import { ucumUri } from './units.ts';

const pattern = 'http://terminology.hl7.org/CodeSystem/v2-0335';

/** What the parts of TQ (before 2.5) and of TQ1 have in common. */
type Parts = {
  readonly repeat: Cell | undefined;
  readonly times: readonly string[];
  readonly length: Cell | undefined;
  readonly start: Cell | undefined;
  readonly end: Cell | undefined;
  readonly lasts: Cell | undefined;
  readonly count: Cell | undefined;
};

const units: ReadonlyMap<string, string> = new Map([
  ...['s', 'sec', 'second', 'seconds'].map((unit) => [unit, 's'] as const),
  ...['min', 'minute', 'minutes', 'm'].map((unit) => [unit, 'min'] as const),
  ...['h', 'hr', 'hour', 'hours'].map((unit) => [unit, 'h'] as const),
  ...['d', 'day', 'days'].map((unit) => [unit, 'd'] as const),
  ...['wk', 'w', 'week', 'weeks'].map((unit) => [unit, 'wk'] as const),
  ...['mo', 'l', 'month', 'months'].map((unit) => [unit, 'mo'] as const),
  ...['a', 'y', 'yr', 'year', 'years'].map((unit) => [unit, 'a'] as const),
]);

const unitCode = (text: string): string | undefined => units.get(text.toLowerCase());

const minutes: Readonly<Record<string, number>> = { s: 1 / 60, min: 1, h: 60, d: 1440, wk: 10080 };

/** Codes of table 0528, which are FHIR`s; those of a meal itself take no offset. */
const events = new Set('HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV'.split(' '));
const meals = new Set(['C', 'CM', 'CD', 'CV']);

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** CQ with a unit of time (`15^min`, `1^d&Day&ANS+`). */
function span(cell: Cell | undefined): { value: number; unit: string } | undefined {
  if (!cell) return undefined;
  const value = decimalOf(component(cell, 1));
  const unit = unitCode(subcomponent(cell, 2, 1)) ?? unitCode(subcomponent(cell, 2, 2));
  return value === undefined || unit === undefined ? undefined : { value, unit };
}

/** A pattern of table 0335, or one that names no table. */
const isOfTable = (repeat: Cell): boolean => ['', 'HL70335'].includes(subcomponent(repeat, 1, 3));

function codeOf(
  repeat: Cell | undefined,
  environment: Environment,
): fhir4.CodeableConcept | undefined {
  if (!repeat) return undefined;
  const [code, display] = [subcomponent(repeat, 1, 1), subcomponent(repeat, 1, 2)];
  if (code === '') return display === '' ? undefined : { text: display };
  const system = isOfTable(repeat) ? pattern : environment.codeSystem(subcomponent(repeat, 1, 3));
  return { coding: [drop({ system, code, display })], text: display || code };
}

/** RPT (v2.5.1 section 2.A.66): how often, and around which event; its numbers say it best. */
function addPattern(into: fhir4.TimingRepeat, repeat: Cell, hasTimes: boolean): void {
  if (isOfTable(repeat) && component(repeat, 5) === '') {
    Object.assign(into, repeatOfCode(subcomponent(repeat, 1, 1).toUpperCase()), { ...into });
    // A time of the clock says more than `morning`, and R4 allows one of the two (tim-10).
    if (hasTimes) delete into.when;
  }
  const period = decimalOf(component(repeat, 5));
  const unit = unitCode(subcomponent(repeat, 6, 1)) ?? unitCode(subcomponent(repeat, 6, 2));
  if (period !== undefined && unit !== undefined) {
    into.period = period;
    into.periodUnit = unit as NonNullable<fhir4.TimingRepeat['periodUnit']>;
  }
  const event = component(repeat, 8);
  if (events.has(event)) into.when = [event as NonNullable<fhir4.TimingRepeat['when']>[number]];
  const offset = Number(component(repeat, 9)) * (minutes[unitOfOffset(repeat)] ?? Number.NaN);
  if (into.when && !meals.has(event) && component(repeat, 9) !== '' && Number.isInteger(offset))
    into.offset = offset;
  if (component(repeat, 2) !== 'DW') return;
  const named = [3, 4].flatMap((number) => days[Number(component(repeat, number)) - 1] ?? []);
  if (named.length > 0) into.dayOfWeek = named as NonNullable<fhir4.TimingRepeat['dayOfWeek']>;
}

const unitOfOffset = (repeat: Cell): string =>
  unitCode(subcomponent(repeat, 10, 1)) ?? unitCode(subcomponent(repeat, 10, 2)) ?? '';

function addBounds(into: fhir4.TimingRepeat, parts: Parts, environment: Environment): void {
  const at = (cell: Cell | undefined): string | undefined => {
    if (!cell) return undefined;
    const found = toDateTime(component(cell, 1), environment.time);
    timeIssue(found, cell, environment);
    return found.value;
  };
  const [start, end] = [at(parts.start), at(parts.end)];
  if (start !== undefined || end !== undefined) {
    into.boundsPeriod = drop({ start, end });
    return;
  }
  const bounds = span(parts.length);
  if (bounds) into.boundsDuration = { ...bounds, system: ucumUri, code: bounds.unit };
}

function timingOf(parts: Parts, environment: Environment): fhir4.Timing | undefined {
  const into: fhir4.TimingRepeat = {};
  addBounds(into, parts, environment);
  const count = parts.count ? component(parts.count, 1) : '';
  if (/^[1-9]\d{0,8}$/.test(count)) into.count = Number(count);
  const lasts = span(parts.lasts);
  if (lasts) {
    into.duration = lasts.value;
    into.durationUnit = lasts.unit as NonNullable<fhir4.TimingRepeat['durationUnit']>;
  }
  const times = parts.times.flatMap((text) => toTime(text) ?? []);
  if (parts.repeat) addPattern(into, parts.repeat, times.length > 0);
  if (times.length > 0 && into.when === undefined) into.timeOfDay = times;
  const code = codeOf(parts.repeat, environment);
  const repeat = Object.keys(into).length === 0 ? undefined : into;
  return repeat || code ? drop({ repeat, code }) : undefined;
}

export const orderTimingConversion: Conversion = {
  name: 'OrderTiming',
  summary: 'All of TQ1 to a Timing: pattern, times, bounds, duration and count.',
  gives: ['Timing'],
  reads: [3, 4, 6, 7, 8, 13, 14],
  convert(_cell, environment, settings) {
    const { sibling } = settings;
    const explicit = sibling(4);
    return timingOf(
      {
        repeat: sibling(3),
        times: explicit ? [cellText(explicit)] : [],
        length: sibling(6),
        start: sibling(7),
        end: sibling(8),
        lasts: sibling(13),
        count: sibling(14),
      },
      environment,
    );
  },
};

export const quantityTimingConversion: Conversion = {
  name: 'QuantityTiming',
  summary: 'TQ (ORC-7, OBR-27) to a Timing: interval, bounds and total occurrences.',
  gives: ['Timing'],
  convert(cell, environment) {
    const part = (number: number) =>
      component(cell, number) === '' ? undefined : nested(cell, number);
    const interval = part(2);
    return timingOf(
      {
        repeat: interval && { ...interval, parts: [subcomponent(cell, 2, 1)] },
        times: subcomponent(cell, 2, 2).split(','),
        length: undefined,
        start: part(4),
        end: part(5),
        lasts: undefined,
        count: part(12),
      },
      environment,
    );
  },
};
