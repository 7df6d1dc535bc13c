import { decimalOf } from '../../fhir/index.ts';
import type { Choice, Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component, nested } from '../reading/index.ts';
import { toDateTime, toTime } from '../times/index.ts';
import { codeableConcept } from './codes.ts';
import { splitComparator } from './quantities.ts';
import { drop } from './shape.ts';
import { timeIssue } from './times.ts';
import { quietUnitOf, unitOf } from './units.ts';

const repairedTypes: Readonly<Record<string, string>> = {
  TXT: 'TX',
  TEXT: 'TX',
  STRING: 'ST',
  NUM: 'NM',
  NUMERIC: 'NM',
  CODED: 'CWE',
};

/** Table 0125 and the types of chapter 2A that an OBX may carry. */
const types = new Set(
  (
    'AD AUI CCD CCP CD CE CF CK CN CNE CNN CP CQ CWE CX DDI DIN DLD DLN DLT DR DT DTM DTN ED EI ' +
    'EIP ERL FC FN FT GTS HD ICD ID IS JCC LA1 LA2 MA MO MOC MOP MSG NA NDL NM NR OCD OG OSD OSP ' +
    'PIP PL PLN PN PPN PRL PT PTA QIP QSC RCD RFR RI RMC RP RPT SAD SCV SI SN SNM SPD SPS SRT ST ' +
    'TM TN TQ TS TX UVC VH VID VR WVI WVS XAD XCN XON XPN XTN'
  ).split(' '),
);
const isKnownType = (type: string): boolean => types.has(type);

/** OBX-2 as the standard spells it; what is not in it is repaired and flagged, or read as text. */
function valueType(cell: Cell, environment: Environment, settings: Settings): string {
  const typeCell = settings.sibling(2);
  const written = typeCell ? component(typeCell, 1) : '';
  if (written === '') {
    environment.issue('value-type-missing', 'has no type in OBX-2; it was read as text', cell);
    return 'ST';
  }
  if (isKnownType(written)) return written;
  const upper = written.toUpperCase();
  const repaired = repairedTypes[upper];
  if (repaired === undefined) {
    if (!isKnownType(upper))
      environment.issue(
        'value-type-unknown',
        'has a type in OBX-2 that is none; read as text',
        cell,
      );
    return upper;
  }
  environment.issue('value-type-repaired', `has a type in OBX-2 that means ${repaired}`, cell);
  return repaired;
}

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
  reads: [2, 5],
  convert(cell, environment, settings) {
    const value = settings.sibling(5);
    const type = settings.sibling(2);
    const written = type ? component(type, 1).toUpperCase() : '';
    const named = repairedTypes[written] ?? written;
    if (!value || cellText(value) === '' || withUnit.has(named)) return undefined;
    if (named === 'NM' && decimalOf(splitComparator(cellText(value)).rest) !== undefined)
      return undefined;
    const { unit } = quietUnitOf(cell, environment);
    return unit === undefined ? undefined : { text: `Unit: ${unit}` };
  },
};
