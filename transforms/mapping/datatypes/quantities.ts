import { type Cell, cellText, component } from '../cell.ts';
import type { Conversion, Environment } from '../environment.ts';
import { drop } from './shape.ts';

const ucumUri = 'http://unitsofmeasure.org';
const ucumNames = new Set(['UCUM', 'ucum', 'http://unitsofmeasure.org']);

/** Unit (CE, CWE) to Quantity`s unit, system and code. UCUM only where it is said or declared. */
export function unitOf(cell: Cell | undefined, environment: Environment): fhir4.Quantity {
  if (!cell) return {};
  const code = component(cell, 1);
  const unit = component(cell, 2) || code || component(cell, 9);
  if (unit === '') return {};
  if (ucumNames.has(component(cell, 3))) return { unit, system: ucumUri, code };
  if (ucumNames.has(component(cell, 6)))
    return { unit, system: ucumUri, code: component(cell, 4) || code };
  const known = environment.ucum(code || unit);
  return known === undefined ? { unit } : { unit, system: ucumUri, code: known };
}

const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** A decimal as HL7 NM writes it; undefined when it is none. */
export function toNumber(text: string): number | undefined {
  return numberPattern.test(text) ? Number(text) : undefined;
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
    const number = toNumber(cellText(cell));
    if (number === undefined && cellText(cell) !== '')
      environment.issue('number-invalid', 'is no number', cell);
    return number;
  },
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
};

export const quantityConversion: Conversion = {
  name: 'Quantity',
  summary: 'NM (unit in `with: {unit}`) or CQ to Quantity.',
  gives: ['Quantity'],
  settings: ['unit'],
  convert(cell, environment, settings) {
    const value = toNumber(component(cell, 1));
    if (value === undefined) {
      if (component(cell, 1) !== '')
        environment.issue('number-invalid', 'begins with no number', cell);
      return undefined;
    }
    const unit = component(cell, 2) || String(settings.with.unit ?? '');
    const code = unit && environment.ucum(unit);
    return drop({ value, unit, system: code ? ucumUri : undefined, code });
  },
};

const rangePattern = /^(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)$/;

export const referenceRangeConversion: Conversion = {
  name: 'ReferenceRange',
  summary: 'OBX-7 text to a reference range: the text, and `low-high` as quantities too.',
  gives: ['Backbone'],
  reads: [6],
  convert(cell, environment, settings) {
    const text = cellText(cell);
    if (text === '') return undefined;
    const match = rangePattern.exec(text);
    if (!match) return { text };
    const unit = unitOf(settings.sibling(6), environment);
    return {
      low: { value: Number(match[1]), ...unit },
      high: { value: Number(match[2]), ...unit },
      text,
    };
  },
};
