import { decimalOf } from '../../fhir/index.ts';
import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, component } from '../reading/index.ts';
import { unitOf } from './units.ts';

const loinc = 'http://loinc.org';
const panel = '85354-9';

type Part = 'systolic' | 'diastolic';
const parts: Readonly<Record<Part, { readonly name: string; readonly display: string }>> = {
  systolic: { name: '8480-6', display: 'Systolic blood pressure' },
  diastolic: { name: '8462-4', display: 'Diastolic blood pressure' },
};

const shape = /^(?<systolic>\d{2,3})\s?\/\s?(?<diastolic>\d{2,3})$/;

/** Could it be one? What is asked of every text, before its code is looked at. */
export const looksLikePressure = (text: string): boolean => text.length < 10 && text.includes('/');

/**
 * The two numbers of `120/80` (in SN: `^120^/^80`), where OBX-3 is the LOINC code of a systolic and
 * a diastolic pressure: R4 has them as the components of one observation that has no value.
 */
export function pressureIn(
  cell: Cell,
  environment: Environment,
  settings: Settings,
): Readonly<Record<string, string>> | undefined {
  const numbers = shape.exec(cell.parts.join(''))?.groups;
  const named = numbers === undefined ? undefined : settings.sibling(3);
  if (named === undefined) return undefined;
  const isPanel =
    component(named, 1) === panel && environment.codeSystem(component(named, 3)) === loinc;
  return isPanel ? numbers : undefined;
}

const partOf = ({ with: { part } }: Settings): Part => (part === 'systolic' ? part : 'diastolic');

export const pressureCodeConversion: Conversion = {
  name: 'BloodPressureCode',
  summary: 'OBX-5 of a blood pressure `120/80` to the LOINC code of its `part`.',
  gives: ['CodeableConcept'],
  reads: [3],
  settings: ['part'],
  words: { part: Object.keys(parts) },
  convert(cell, environment, settings) {
    if (pressureIn(cell, environment, settings) === undefined) return undefined;
    const { name: code, display } = parts[partOf(settings)];
    return { coding: [{ system: loinc, code, display }] };
  },
};

export const pressureConversion: Conversion = {
  name: 'BloodPressure',
  summary:
    'OBX-5 of a blood pressure `120/80`, with the unit in OBX-6, to the number of its `part`.',
  gives: ['Quantity'],
  reads: [3, 6],
  settings: ['part'],
  words: { part: Object.keys(parts) },
  convert(cell, environment, settings) {
    const written = pressureIn(cell, environment, settings)?.[partOf(settings)];
    const value = written === undefined ? undefined : decimalOf(written);
    return value === undefined ? undefined : { value, ...unitOf(settings.sibling(6), environment) };
  },
};
