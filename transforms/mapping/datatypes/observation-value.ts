import { decimalOf, isDecimal } from '../../fhir/index.ts';
import {
  type Choice,
  type Conversion,
  type Environment,
  type Settings,
  unsaid,
} from '../environment.ts';
import { type Cell, cellText, component, nested } from '../reading/index.ts';
import { toDateTime, toTime } from '../times/index.ts';
import { looksLikePressure, pressureIn } from './blood-pressure.ts';
import { codeableConcept } from './codes.ts';
import { splitComparator } from './quantities.ts';
import { drop } from './shape.ts';
import { isReversed, timeIssue } from './times.ts';
import { quietUnitOf, unitOf } from './units.ts';
import { repairedTypes, valueType } from './value-types.ts';
import { isMeasured } from './vital-signs.ts';

const text = (value: string): Choice | undefined =>
  value === '' ? undefined : { type: 'string', value };

function number(cell: Cell, environment: Environment, settings: Settings): Choice | undefined {
  const written = cellText(cell);
  if (written === '') return undefined;
  const { comparator, rest } = splitComparator(written);
  const value = decimalOf(rest);
  if (value === undefined) {
    environment.issue('number-invalid', 'is no number though OBX-2 says so; kept as text', cell);
    return text(written);
  }
  if (comparator)
    environment.issue('number-malformed', 'has a comparator, which a number cannot have', cell);
  const unit = unitOf(settings.sibling(6), environment);
  return { type: 'Quantity', value: quantityOf(value, comparator, unit) };
}

function quantityOf(
  value: number,
  comparator: fhir4.Quantity['comparator'],
  unit: fhir4.Quantity,
): fhir4.Quantity {
  const quantity: fhir4.Quantity = { value };
  if (comparator !== undefined) quantity.comparator = comparator;
  if (unit.unit !== undefined) quantity.unit = unit.unit;
  if (unit.system !== undefined) quantity.system = unit.system;
  if (unit.code !== undefined) quantity.code = unit.code;
  return quantity;
}

/** SN (v2.5.1 section 2.A.70): comparator, number, separator, number. */
function structured(cell: Cell, environment: Environment, settings: Settings): Choice | undefined {
  const words = [1, 2, 3, 4].map((index) => component(cell, index));
  const [comparator = '', first = '', separator = '', second = ''] = words;
  const unit = unitOf(settings.sibling(6), environment);
  // `<5`, which leaves out what divides it.
  if (
    first + separator + second === '' &&
    decimalOf(splitComparator(comparator).rest) !== undefined
  )
    return number(cell, environment, settings);
  const low = decimalOf(first);
  const high = decimalOf(second);
  const written = words.filter((word) => word !== '').join(' ');
  const asText = () => text(unit.unit && written ? `${written} ${unit.unit}` : written);
  const sign = comparatorOf(comparator);
  if (low === undefined || sign === undefined) return asText();
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

/** As FHIR writes it; '' for none or `=`; undefined for `<>` and what is not known. */
function comparatorOf(written: string): string | undefined {
  if (written === '' || written === '=') return '';
  if (written === '=>') return '>=';
  if (written === '=<') return '<=';
  return ['<', '>', '<=', '>='].includes(written) ? written : undefined;
}

function time(cell: Cell, environment: Environment): Choice | undefined {
  const written = cellText(cell);
  if (written === '') return undefined;
  const found = toDateTime(written, environment.time);
  timeIssue(found, cell, environment);
  return found.value === undefined ? text(written) : { type: 'dateTime', value: found.value };
}

function period(cell: Cell, environment: Environment): Choice | undefined {
  const ends = [1, 2].map((index) => {
    const written = component(cell, index);
    if (written === '') return undefined;
    const found = toDateTime(written, environment.time);
    timeIssue(found, cell, environment);
    return found.value ?? null;
  });
  const [start, end] = ends;
  // Half of what was said would say something else.
  if (start === null || end === null) return text(cellText(cell));
  if (start && end && isReversed(start, end)) {
    environment.issue('period-reversed', 'begins after its end; kept as text', cell);
    return text(cellText(cell));
  }
  return start || end ? { type: 'Period', value: drop({ start, end }) } : undefined;
}

function range(cell: Cell, environment: Environment, settings: Settings): Choice | undefined {
  const unit = unitOf(settings.sibling(6), environment);
  const bounds = [1, 2].map((index) => {
    const written = component(cell, index);
    if (written === '') return undefined;
    const value = decimalOf(written);
    return value === undefined ? null : { value, ...unit };
  });
  const [low, high] = bounds;
  if (low === null || high === null) {
    environment.issue('number-invalid', 'is no range of numbers; kept as text', cell);
    return text(cellText(cell));
  }
  return low || high ? { type: 'Range', value: drop({ low, high }) } : undefined;
}

function whole(cell: Cell, environment: Environment): Choice | undefined {
  const written = cellText(cell);
  if (/^\d{1,9}$/.test(written)) return { type: 'integer', value: Number(written) };
  if (written !== '') environment.issue('number-invalid', 'is no whole number; kept as text', cell);
  return text(written);
}

function composite(cell: Cell, environment: Environment): Choice | undefined {
  const value = decimalOf(component(cell, 1));
  if (value === undefined) return text(cellText(cell));
  const unit = component(cell, 2) === '' ? undefined : nested(cell, 2);
  return { type: 'Quantity', value: { value, ...unitOf(unit, environment) } };
}

/** Types under which senders hide a number: codes and texts. */
const hiding = new Set('ST TX FT CE CWE CNE CF IS ID'.split(' '));

function byType(
  type: string,
  cells: readonly Cell[],
  environment: Environment,
  settings: Settings,
): Choice | undefined {
  const cell = cells[0]!;
  if (hiding.has(type) && isMeasured(cell, environment, settings)) {
    environment.issue('value-type-repaired', 'has a type in OBX-2 that means NM', cell);
    return number(cell, environment, settings);
  }
  // Its components say it.
  if (pressureIn(cell, environment, settings) !== undefined) return undefined;
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
    case 'SI':
      return whole(cell, environment);
    case 'CQ':
      return composite(cell, environment);
    case 'VR':
      return text([component(cell, 1), component(cell, 2)].filter((one) => one !== '').join('-'));
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

/** Types of which each repetition is a value of its own, and so a component. */
const listed = new Set('NM SN DT TS DTM TM DR NR CE CWE CNE CF IS ID SI CQ'.split(' '));

const gives = 'Quantity CodeableConcept string integer Range Ratio time dateTime Period'.split(' ');

export const observationValueConversion: Conversion = {
  name: 'ObservationValue',
  summary: 'OBX-5 by the type in OBX-2, with the unit in OBX-6, to Observation.value[x].',
  gives,
  reads: [2, 3, 6],
  settings: ['system'],
  convert: (cell, environment, settings) => convertAll([cell], environment, settings),
  convertAll,
  plain(written, environment, settings) {
    switch (settings.siblingText(2)) {
      case 'NM': {
        const value = decimalOf(written);
        if (value === undefined) return unsaid;
        const unit = unitOf(settings.sibling(6), environment);
        return { type: 'Quantity', value: quantityOf(value, undefined, unit) };
      }
      case 'ST':
      case 'TX':
      case 'FT':
        return isDecimal(written) || looksLikePressure(written)
          ? unsaid
          : { type: 'string', value: written };
      default:
        return unsaid;
    }
  },
};

function convertAll(
  cells: readonly Cell[],
  environment: Environment,
  settings: Settings,
): Choice | undefined {
  const first = cells[0];
  if (!first) return undefined;
  const type = valueType(first, environment, settings);
  // What repeats so has no value itself: `observation-component` makes a component of each.
  if (cells.length > 1 && listed.has(type)) return undefined;
  return byType(type, cells, environment, settings);
}

/** Types whose value has room for a unit, or that have none. */
const withUnit = new Set('SN NR CQ ED RP DT TS DTM TM DR CE CWE CNE CF IS ID'.split(' '));

export const unitNoteConversion: Conversion = {
  name: 'UnitNote',
  summary:
    'The unit in OBX-6 to an Annotation, where the value in OBX-5 is a text: `5.4` says nothing ' +
    'without it.',
  gives: ['Annotation'],
  reads: [2, 3, 5, 6],
  convert(cell, environment, settings) {
    const value = settings.sibling(5);
    const type = settings.sibling(2);
    const written = type ? component(type, 1).toUpperCase() : '';
    const named = repairedTypes[written] ?? written;
    if (!value || cellText(value) === '' || withUnit.has(named)) return undefined;
    if (named === 'NM' && decimalOf(splitComparator(cellText(value)).rest) !== undefined)
      return undefined;
    if (isMeasured(value, environment, settings)) return undefined;
    if (pressureIn(value, environment, settings) !== undefined) return undefined;
    const { unit } = quietUnitOf(cell, environment);
    return unit === undefined ? undefined : { text: `Unit: ${unit}` };
  },
  plain(_text, _environment, settings) {
    if (settings.siblingText(2) !== 'NM') return unsaid;
    const value = settings.siblingText(5);
    return value !== undefined && isDecimal(value) ? undefined : unsaid;
  },
};
