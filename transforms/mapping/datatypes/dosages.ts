import type { Choice, Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import { toDateTime } from '../times/index.ts';
import { amountConversion } from './amounts.ts';
import { toNumber } from './quantities.ts';
import { isReversed, timeIssue } from './times.ts';
import { ucumUri } from './units.ts';

export const codedTextConversion: Conversion = {
  name: 'CodedText',
  summary: 'The texts of CE or CWE, all repetitions, as lines.',
  gives: ['string'],
  convert: (cell) => textOf([cell]),
  convertAll: textOf,
};

function textOf(cells: readonly Cell[]): string | undefined {
  const lines = cells.map((cell) => component(cell, 9) || component(cell, 2) || component(cell, 1));
  return lines.filter((line) => line !== '').join('\n') || undefined;
}

export const daysConversion: Conversion = {
  name: 'Days',
  summary: 'NM to a Duration in days.',
  gives: ['Duration', 'Quantity'],
  convert(cell, environment) {
    const value = toNumber(cellText(cell));
    if (value !== undefined) return { value, unit: 'day', system: ucumUri, code: 'd' };
    environment.issue('number-invalid', 'is no number', cell);
    return undefined;
  },
};

const timeUnits: Readonly<Record<string, readonly [code: string, unit: string]>> = {
  S: ['s', 'second'],
  M: ['min', 'minute'],
  H: ['h', 'hour'],
  D: ['d', 'day'],
  W: ['wk', 'week'],
  L: ['mo', 'month'],
};

export const ratePerTimeConversion: Conversion = {
  name: 'RatePerTime',
  summary:
    'A span such as `H2` (RXE-22) to a Ratio: the amount in field `amount`, its unit in `units`, ' +
    'in that span.',
  gives: ['Ratio'],
  reads: [2, 3, 4, 5, 6, 7],
  settings: ['amount', 'units'],
  convert(cell, environment, settings) {
    const amount = settings.sibling(Number(settings.with.amount));
    if (!amount) return undefined;
    const [, letter = '', count] = /^([SMHDWL])(\d{1,6})$/.exec(cellText(cell)) ?? [];
    const unit = timeUnits[letter];
    if (!unit || Number(count) === 0) {
      environment.issue('duration-invalid', 'is no span of time such as H2', cell);
      return undefined;
    }
    const numerator = amountConversion.convert(amount, environment, settings);
    if (numerator === undefined) return undefined;
    const [code, name] = unit;
    const denominator = { value: Number(count), unit: name, system: ucumUri, code };
    return { numerator, denominator };
  },
};

export const asNeededConversion: Conversion = {
  name: 'AsNeeded',
  summary: 'True where a repeat pattern (RPT.1, RI.1) says PRN; else nothing.',
  gives: ['boolean'],
  convert: (cell) => (/(?:^|[^A-Z])PRN/i.test(cellText(cell)) ? true : undefined),
};

export const otherRoutesConversion: Conversion = {
  name: 'OtherRoutes',
  summary:
    'Nothing, with an issue where several RXR give a choice of routes, of which a Dosage has one.',
  gives: ['CodeableConcept'],
  gathers: true,
  convert: () => undefined,
  convertAll(cells, environment) {
    const [first, ...others] = cells.filter((cell) => cellText(cell) !== '');
    const other = others.find((cell) => cellText(cell) !== cellText(first!));
    if (other) {
      const text = 'is another route that the order allows; the first was taken';
      environment.issue('route-choice-left-out', text, other);
    }
    return undefined;
  },
};

export const timeSpanConversion: Conversion = {
  name: 'TimeSpan',
  summary:
    'TS to a dateTime, or to a Period where field `with: {end}` of the segment says another.',
  gives: ['dateTime', 'Period'],
  reads: [4],
  settings: ['end'],
  convert(cell, environment, settings): Choice | undefined {
    const start = timeOf(cell, environment);
    const ending = endCell(settings);
    if (start === undefined) return undefined;
    const end = ending && component(ending, 1) ? timeOf(ending, environment) : undefined;
    if (end === undefined || end === start) return { type: 'dateTime', value: start };
    if (isReversed(start, end)) {
      environment.issue('period-reversed', 'begins after its end', cell);
      return { type: 'dateTime', value: start };
    }
    return { type: 'Period', value: { start, end } };
  },
};

const endCell = (settings: Settings): Cell | undefined =>
  settings.with.end === undefined ? undefined : settings.sibling(Number(settings.with.end));

function timeOf(cell: Cell, environment: Environment): string | undefined {
  const text = component(cell, 1);
  if (text === '' || /^0+$/.test(text)) return undefined;
  const found = toDateTime(text, environment.time);
  timeIssue(found, cell, environment);
  return found.value;
}
