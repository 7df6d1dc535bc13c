import { type Cell, cellText, component } from '../cell.ts';
import { toDateTime, toTime } from '../datetime.ts';
import type { Choice, Conversion, Environment, Settings } from '../environment.ts';
import { codeableConcept } from './codes.ts';
import { splitComparator, toNumber, unitOf } from './quantities.ts';
import { drop } from './shape.ts';
import { timeIssue } from './times.ts';

const repairedTypes: Readonly<Record<string, string>> = {
  TXT: 'TX',
  TEXT: 'TX',
  STRING: 'ST',
  NUM: 'NM',
  NUMERIC: 'NM',
  CODED: 'CWE',
};

/** OBX-2 as the standard spells it; what is not in it is repaired and flagged, or read as text. */
function valueType(cell: Cell, environment: Environment, settings: Settings): string {
  const typeCell = settings.sibling(2);
  const written = typeCell ? component(typeCell, 1) : '';
  if (written === '') {
    environment.issue('value-type-missing', 'has no type in OBX-2; it was read as text', cell);
    return 'ST';
  }
  const repaired = repairedTypes[written.toUpperCase()];
  if (repaired === undefined) return written.toUpperCase();
  environment.issue('value-type-repaired', `has a type in OBX-2 that means ${repaired}`, cell);
  return repaired;
}

const text = (value: string): Choice | undefined =>
  value === '' ? undefined : { type: 'string', value };

function number(cell: Cell, environment: Environment, settings: Settings): Choice | undefined {
  const written = cellText(cell);
  if (written === '') return undefined;
  const { comparator, rest } = splitComparator(written);
  const value = toNumber(rest);
  if (value === undefined) {
    environment.issue('number-invalid', 'is no number though OBX-2 says so; kept as text', cell);
    return text(written);
  }
  if (comparator)
    environment.issue('number-malformed', 'has a comparator, which a number cannot have', cell);
  const unit = unitOf(settings.sibling(6), environment);
  return { type: 'Quantity', value: drop({ value, comparator, ...unit }) };
}

/** SN (v2.5.1 section 2.A.70): comparator, number, separator, number. */
function structured(cell: Cell, environment: Environment, settings: Settings): Choice | undefined {
  const words = [1, 2, 3, 4].map((index) => component(cell, index));
  const [comparator = '', first = '', separator = '', second = ''] = words;
  const unit = unitOf(settings.sibling(6), environment);
  const low = toNumber(first);
  const high = toNumber(second);
  const known = ['', '=', '<', '>', '<=', '>='].includes(comparator);
  const asText = () => text(words.filter((word) => word !== '').join(' '));
  if (low === undefined || !known) return asText();
  const sign = comparator === '=' ? '' : comparator;
  if (separator === '' && second === '')
    return { type: 'Quantity', value: drop({ value: low, comparator: sign, ...unit }) };
  if (high === undefined) return asText();
  if (separator === '-' && sign === '')
    return {
      type: 'Range',
      value: { low: { value: low, ...unit }, high: { value: high, ...unit } },
    };
  if (separator === ':' || separator === '/')
    return {
      type: 'Ratio',
      value: { numerator: drop({ value: low, comparator: sign }), denominator: { value: high } },
    };
  return asText();
}

function time(cell: Cell, environment: Environment): Choice | undefined {
  const written = cellText(cell);
  if (written === '') return undefined;
  const found = toDateTime(written, environment.time);
  timeIssue(found, cell, environment);
  return found.value === undefined ? text(written) : { type: 'dateTime', value: found.value };
}

function period(cell: Cell, environment: Environment): Choice | undefined {
  const start = toDateTime(component(cell, 1), environment.time).value;
  const end = toDateTime(component(cell, 2), environment.time).value;
  return start || end ? { type: 'Period', value: drop({ start, end }) } : undefined;
}

function range(cell: Cell, environment: Environment, settings: Settings): Choice | undefined {
  const unit = unitOf(settings.sibling(6), environment);
  const bound = (index: number) => {
    const value = toNumber(component(cell, index));
    return value === undefined ? undefined : { value, ...unit };
  };
  const [low, high] = [bound(1), bound(2)];
  return low || high ? { type: 'Range', value: drop({ low, high }) } : text(cellText(cell));
}

function byType(
  type: string,
  cells: readonly Cell[],
  environment: Environment,
  settings: Settings,
): Choice | undefined {
  const cell = cells[0]!;
  switch (type) {
    case 'NM':
      return number(cell, environment, settings);
    case 'SN':
      return structured(cell, environment, settings);
    case 'CE':
    case 'CWE':
    case 'CNE':
    case 'CF':
    case 'IS':
    case 'ID': {
      const value = codeableConcept(cell, environment, settings);
      return value && { type: 'CodeableConcept', value };
    }
    case 'DT':
    case 'TS':
    case 'DTM':
      return time(cell, environment);
    case 'TM': {
      const value = toTime(cellText(cell));
      return value === undefined ? text(cellText(cell)) : { type: 'time', value };
    }
    case 'DR':
      return period(cell, environment);
    case 'NR':
      return range(cell, environment, settings);
    case 'ED':
    case 'RP':
      return undefined; // An attachment: the report presents it.
    default:
      return text(
        cells
          .map(cellText)
          .filter((line) => line !== '')
          .join('\n'),
      );
  }
}

const listed = new Set(['NM', 'SN', 'DT', 'TS', 'DTM', 'TM', 'DR', 'NR', 'CE', 'CWE', 'CNE']);

export const observationValueConversion: Conversion = {
  name: 'ObservationValue',
  summary: 'OBX-5 by the type in OBX-2, with the unit in OBX-6, to Observation.value[x].',
  gives: ['Quantity', 'CodeableConcept', 'string', 'Range', 'Ratio', 'time', 'dateTime', 'Period'],
  reads: [2, 6],
  settings: ['system'],
  convert: (cell, environment, settings) => convertAll([cell], environment, settings),
  convertAll,
};

function convertAll(
  cells: readonly Cell[],
  environment: Environment,
  settings: Settings,
): Choice | undefined {
  const first = cells[0];
  if (!first) return undefined;
  const type = valueType(first, environment, settings);
  if (cells.length > 1 && listed.has(type))
    environment.issue('repetitions-left-out', 'repeats; the first value was taken', first);
  return byType(type, cells, environment, settings);
}
