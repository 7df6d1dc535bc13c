import { decimalOf, numberOf } from '../../fhir/index.ts';
import { type Conversion, type Settings, unsaid } from '../environment.ts';
import { type Cell, cellText, component, nested } from '../reading/index.ts';
import { unitOf } from './units.ts';

/** A decimal as HL7 NM writes it, to count with; FHIR is given its digits, by `decimalOf`. */
export function toNumber(text: string): number | undefined {
  const value = decimalOf(text);
  return value === undefined ? undefined : numberOf(value);
}

const comparators = ['<=', '>=', '<', '>'] as const;
type Comparator = (typeof comparators)[number];

/** Splits `<5.0`, which senders write although NM has no comparator. */
export function splitComparator(text: string): { comparator?: Comparator; rest: string } {
  const code = text.charCodeAt(0);
  if (code !== 60 && code !== 62) return { rest: text };
  const comparator = comparators.find((candidate) => text.startsWith(candidate));
  if (comparator === undefined) return { rest: text };
  return { comparator, rest: text.slice(comparator.length).trim() };
}

export const decimalConversion: Conversion = {
  name: 'decimal',
  summary: 'NM to a decimal.',
  gives: ['decimal'],
  convert(cell, environment) {
    const number = decimalOf(cellText(cell));
    if (number === undefined && cellText(cell) !== '')
      environment.issue('number-invalid', 'is no number', cell);
    return number;
  },
  plain: (text) => decimalOf(text) ?? unsaid,
};

export const integerConversion: Conversion = {
  name: 'integer',
  summary: 'NM or SI to a whole number.',
  gives: ['integer', 'positiveInt', 'unsignedInt'],
  convert(cell, environment) {
    const text = cellText(cell);
    if (/^\d{1,9}$/.test(text)) return Number(text);
    if (text !== '') environment.issue('number-invalid', 'is no whole number', cell);
    return undefined;
  },
  plain: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : unsaid),
};

export const quantityConversion: Conversion = {
  name: 'Quantity',
  summary:
    'NM (its unit in `with: {unit}`, or in the field `unit_field` of the segment) or CQ to ' +
    'Quantity.',
  gives: ['Quantity', 'Duration'],
  reads: [24],
  settings: ['unit', 'unit_field'],
  convert(cell, environment, settings) {
    const value = decimalOf(component(cell, 1));
    if (value === undefined) {
      if (component(cell, 1) !== '')
        environment.issue('number-invalid', 'begins with no number', cell);
      return undefined;
    }
    return { value, ...unitOf(unitCell(cell, settings), environment) };
  },
};

function unitCell(cell: Cell, settings: Settings): Cell | undefined {
  const { unit, unit_field: field } = settings.with;
  if (component(cell, 2) !== '') return nested(cell, 2);
  if (field !== undefined) return settings.sibling(Number(field));
  return unit === undefined ? undefined : { ...cell, parts: [String(unit)] };
}
