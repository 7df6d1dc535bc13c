import { decimalOf, numberOf } from '../../fhir/index.ts';
import type { Choice, Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component, nested, subcomponent } from '../reading/index.ts';
import { quietUnitOf, unitOf } from './units.ts';

/** A unit may be a thing that is counted (a tablet in SNOMED CT), so any code system will do. */
function amountUnit(cell: Cell | undefined, environment: Environment): fhir4.Quantity {
  const unit = quietUnitOf(cell, environment);
  if (!cell || unit.system !== undefined) return unit;
  const code = component(cell, 1);
  const name = component(cell, 3);
  if (code === '' || name === '') return unitOf(cell, environment);
  const system = environment.codeSystem(name);
  return system === undefined ? unit : { ...unit, system, code };
}

/** Fields that hold the unit of an amount, or its other bound, in RXA, RXC, RXD, RXE, RXO, RXV. */
const beside = [3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 17, 19, 22, 24, 25, 26, 28, 29, 33, 34];

const siblingNamed = (settings: Settings, name: string): Cell | undefined =>
  settings.with[name] === undefined ? undefined : settings.sibling(Number(settings.with[name]));

function amountOf(cell: Cell, environment: Environment, settings: Settings): number | undefined {
  const text = cellText(cell);
  if (text === '') return undefined;
  const value = decimalOf(text);
  if (value === undefined) environment.issue('number-invalid', 'is no number', cell);
  else if (numberOf(value) < 0)
    environment.issue('number-invalid', 'is an amount below nothing', cell);
  else if (numberOf(value) !== Number(settings.with.unknown ?? Number.NaN)) return value;
  return undefined;
}

export const amountConversion: Conversion = {
  name: 'Amount',
  summary:
    'NM to Quantity, its unit from field `with: {units}` of the segment; `unknown` is the number ' +
    'that means none is known.',
  gives: ['Quantity'],
  reads: beside,
  settings: ['units', 'unknown'],
  convert(cell, environment, settings) {
    const value = amountOf(cell, environment, settings);
    if (value === undefined) return undefined;
    return { value, ...amountUnit(siblingNamed(settings, 'units'), environment) };
  },
};

export const doseConversion: Conversion = {
  name: 'Dose',
  summary:
    'NM to Quantity, or to a Range where field `with: {max}` holds a greater amount; the unit ' +
    'from field `with: {units}`.',
  gives: ['Range', 'Quantity'],
  reads: beside,
  settings: ['units', 'max'],
  convert(cell, environment, settings): Choice | undefined {
    const low = amountOf(cell, environment, settings);
    if (low === undefined) return undefined;
    const unit = amountUnit(siblingNamed(settings, 'units'), environment);
    const max = siblingNamed(settings, 'max');
    const high = max && amountOf(max, environment, settings);
    if (high === undefined || numberOf(high) === numberOf(low))
      return { type: 'Quantity', value: { value: low, ...unit } };
    if (numberOf(high) > numberOf(low))
      return {
        type: 'Range',
        value: { low: { value: low, ...unit }, high: { value: high, ...unit } },
      };
    environment.issue('range-reversed', 'is more than the greatest amount', cell);
    return undefined;
  },
};

export const strengthConversion: Conversion = {
  name: 'Strength',
  summary:
    'NM to a Ratio: the amount (unit in field `units`) in the volume of field `volume` (unit in ' +
    '`volume_units`), else in one of the whole.',
  gives: ['Ratio'],
  reads: beside,
  settings: ['units', 'volume', 'volume_units'],
  convert(cell, environment, settings) {
    const value = amountOf(cell, environment, settings);
    if (value === undefined) return undefined;
    const numerator = { value, ...amountUnit(siblingNamed(settings, 'units'), environment) };
    const volume = siblingNamed(settings, 'volume');
    const per = volume && amountOf(volume, environment, settings);
    if (per === undefined || numberOf(per) === 0) return { numerator, denominator: { value: 1 } };
    const unit = amountUnit(siblingNamed(settings, 'volume_units'), environment);
    return { numerator, denominator: { value: per, ...unit } };
  },
};

/** CQ: a number, and its unit in component 2, whose parts are subcomponents. */
export function compositeQuantity(
  cell: Cell,
  environment: Environment,
): fhir4.Quantity | undefined {
  const text = subcomponent(cell, 1, 1);
  if (text === '') return undefined;
  const value = decimalOf(text);
  if (value !== undefined) return { value, ...amountUnit(nested(cell, 2), environment) };
  environment.issue('number-invalid', 'begins with no number', cell);
  return undefined;
}

export const compositeQuantityConversion: Conversion = {
  name: 'CompositeQuantity',
  summary: 'CQ to Quantity, its unit with code and system.',
  gives: ['Quantity'],
  convert: compositeQuantity,
};

export const dailyAmountConversion: Conversion = {
  name: 'DailyAmount',
  summary: 'CQ (a total a day) to a Ratio over one day.',
  gives: ['Ratio'],
  convert(cell, environment) {
    const numerator = compositeQuantity(cell, environment);
    const day = { value: 1, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' };
    return numerator && { numerator, denominator: day };
  },
};
